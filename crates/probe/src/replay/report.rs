//! What a replay prints.

use super::journal::AgentSend;
use super::judge::{self, Fault, Violation};
use super::{Log, Options, Stage, customer::Played};
use crate::Source;
use serde::Serialize;
use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::time::Duration;
use uuid::Uuid;

/// Findings that are printed one by one; all are counted.
const SHOWN: usize = 50;

/// The outcome of a replay.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// What was played.
    pub conversations: Conversations,
    /// What was said.
    pub messages: Messages,
    /// Requests for a person; absent without a key, because only the desk's log tells them apart.
    pub handovers: Option<Handovers>,
    /// What played agents did.
    pub agents: AgentCounts,
    /// What happened to the hub and to the lines to it.
    pub hub: HubCounts,
    /// Acknowledged and gone, or never delivered. Must be 0.
    pub lost: u64,
    /// Twice. Must be 0.
    pub doubled: u64,
    /// Not in order. Must be 0.
    pub out_of_order: u64,
    /// The bot spoke while a person held. Must be 0.
    pub bot_over_person: u64,
    /// Anything else that must not happen. Must be 0.
    pub other: u64,
    /// The first findings.
    pub violations: Vec<Violation>,
    /// From the first customer to the last.
    pub seconds: f64,
    /// The seed of the draws.
    pub seed: u64,
}

/// What was played.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Conversations {
    /// Written by people.
    pub human: u64,
    /// Made from templates.
    pub template: u64,
    /// Played to the end.
    pub finished: u64,
}

/// What was said.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Messages {
    /// By customers, written by people.
    pub sent_human: u64,
    /// By customers, made from templates.
    pub sent_template: u64,
    /// Acknowledged by the hub.
    pub acknowledged: u64,
    /// Refused by the hub, by code.
    pub refused: BTreeMap<String, u64>,
    /// Events that sockets of customers brought.
    pub received: u64,
    /// What customers were told by the house, by code.
    pub notices: BTreeMap<String, u64>,
    /// Agents' messages that the hub acknowledged.
    pub agents_acknowledged: u64,
    /// Turns to a bot without a word in return within 30 s.
    pub unanswered: u64,
    /// Customers' messages per second, acknowledged.
    pub per_second: f64,
}

/// Requests for a person.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Handovers {
    /// All of them.
    pub total: u64,
    /// By what led to them.
    pub by_trigger: BTreeMap<String, u64>,
    /// Those of them in conversations that were made from templates.
    pub by_trigger_template: BTreeMap<String, u64>,
    /// Each has one.
    pub answers: BTreeMap<String, u64>,
    /// Each has one in the end.
    pub outcomes: BTreeMap<String, u64>,
    /// Still waiting when the log was read: messages that nobody has answered yet.
    pub open: u64,
    /// From asked to accepted.
    pub waits: Waits,
    /// Back to the bot.
    pub hand_backs: u64,
    /// How turns given to the bot ended.
    pub asks: BTreeMap<String, u64>,
    /// Words of the bot that came too late and were kept from the customer.
    pub withheld: u64,
    /// Failures that the log tells.
    pub failures: BTreeMap<String, u64>,
}

/// Seconds.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Waits {
    /// How many.
    pub count: u64,
    /// Half waited no longer.
    pub p50: f64,
    /// Nine of ten waited no longer.
    pub p90: f64,
    /// The longest.
    pub max: f64,
}

/// What played agents did.
#[derive(Clone, Debug, Default, Serialize)]
pub struct AgentCounts {
    /// How many played.
    pub agents: u64,
    /// Offers accepted.
    pub accepted: u64,
    /// Left messages taken by hand.
    pub picked: u64,
    /// Offers and messages that another had taken, or that were gone.
    pub too_late: u64,
    /// Handed back to the bot.
    pub handed_back: u64,
    /// Closed.
    pub closed: u64,
    /// Calls that the hub refused, those that came too late among them.
    pub refused: u64,
    /// Rows that a list showed and the stream had not brought within seconds.
    pub found_by_asking: u64,
    /// What stopped an agent.
    pub trouble: Vec<String>,
}

/// What happened to the hub and to the lines to it.
#[derive(Clone, Debug, Default, Serialize)]
pub struct HubCounts {
    /// SIGKILLs, each followed by a restart.
    pub kills: u32,
    /// Customers' sockets that were opened again and went on at their cursor.
    pub resumed: u64,
    /// Of those, broken by the customer itself.
    pub cuts: u64,
    /// Cursors that the hub no longer knew.
    pub cursors_gone: u64,
    /// Agents' streams that were opened again.
    pub agents_resumed: u64,
}

impl Report {
    /// Nothing happened that must not.
    pub fn clean(&self) -> bool {
        self.lost + self.doubled + self.out_of_order + self.bot_over_person + self.other == 0
    }

    /// Prints it to the standard output.
    pub fn print(&self, json: bool) {
        if json {
            println!("{}", serde_json::to_string(self).unwrap_or_default());
        } else {
            println!("{self}");
        }
    }
}

pub(super) fn write(
    stage: &Stage,
    options: &Options,
    played: &[Played],
    logs: &HashMap<Uuid, Log>,
    kills: u32,
    played_for: Duration,
) -> Report {
    let desk = stage.desk.read();
    let mut by_agents: HashMap<Uuid, Vec<&AgentSend>> = HashMap::new();
    for send in &desk.sends {
        by_agents.entry(send.conversation).or_default().push(send);
    }
    let mut found = Vec::new();
    let mut conversations = Conversations::default();
    let mut messages = Messages { agents_acknowledged: desk.sends.len() as u64, ..Messages::default() };
    let mut hub = HubCounts { kills, agents_resumed: desk.reconnects, ..HubCounts::default() };
    let mut handovers: Option<Handovers> = None;
    let mut waits = Vec::new();
    let nothing = Log::default();
    for journal in played.iter().map(|played| &played.journal) {
        let log = journal.conversation.and_then(|id| logs.get(&id)).unwrap_or(&nothing);
        let agents = journal.conversation.and_then(|id| by_agents.get(&id)).map_or(&[][..], Vec::as_slice);
        found.extend(judge::customer(journal, &log.chat, agents));
        if let Some(events) = &log.desk {
            let (story, violations) = judge::desk(&journal.id, &log.chat, events);
            found.extend(violations);
            count_story(handovers.get_or_insert_default(), &story, journal.source, &mut waits);
        }
        let sent = journal.sends.iter().filter(|send| send.refused.is_none()).count() as u64;
        match journal.source {
            Source::Human => {
                (conversations.human, messages.sent_human) = (conversations.human + 1, messages.sent_human + sent)
            }
            Source::Template => {
                (conversations.template, messages.sent_template) =
                    (conversations.template + 1, messages.sent_template + sent);
            }
        }
        conversations.finished += u64::from(journal.trouble.is_none());
        messages.acknowledged += journal.sends.iter().filter(|send| !send.acks.is_empty()).count() as u64;
        messages.received += journal.received.len() as u64;
        messages.unanswered += u64::from(journal.unanswered);
        for code in journal.received.iter().filter_map(|event| event.notice.clone()) {
            *messages.notices.entry(code).or_default() += 1;
        }
        for code in journal.sends.iter().filter_map(|send| send.refused.clone()) {
            *messages.refused.entry(code).or_default() += 1;
        }
        hub.resumed += u64::from(journal.reconnects);
        hub.cuts += u64::from(journal.cuts);
        hub.cursors_gone += u64::from(journal.cursors_gone);
    }
    for trouble in &desk.trouble {
        found.push(Violation { fault: Fault::Unfinished, conversation: "(an agent)".into(), what: trouble.clone() });
    }
    if let Some(handovers) = &mut handovers {
        handovers.waits = spread(waits);
    }
    messages.per_second = messages.acknowledged as f64 / played_for.as_secs_f64().max(0.001);
    let count = |fault: Fault| found.iter().filter(|violation| violation.fault == fault).count() as u64;
    Report {
        conversations,
        messages,
        handovers,
        agents: AgentCounts {
            agents: options.agents as u64,
            accepted: desk.accepted,
            picked: desk.picked,
            too_late: desk.too_late,
            handed_back: desk.handed_back,
            closed: desk.closed,
            refused: desk.refused,
            found_by_asking: desk.found_by_asking,
            trouble: desk.trouble,
        },
        hub,
        lost: count(Fault::Lost),
        doubled: count(Fault::Doubled),
        out_of_order: count(Fault::OutOfOrder),
        bot_over_person: count(Fault::BotOverPerson),
        other: count(Fault::Changed) + count(Fault::Handover) + count(Fault::Unfinished),
        violations: found.into_iter().take(SHOWN).collect(),
        seconds: played_for.as_secs_f64(),
        seed: options.seed,
    }
}

fn count_story(handovers: &mut Handovers, story: &judge::Story, source: Source, waits: &mut Vec<f64>) {
    let add = |to: &mut BTreeMap<String, u64>, name: &str, more: u64| *to.entry(name.to_owned()).or_default() += more;
    for handover in story.handovers.values() {
        handovers.total += 1;
        add(&mut handovers.by_trigger, &handover.trigger, 1);
        if source == Source::Template {
            add(&mut handovers.by_trigger_template, &handover.trigger, 1);
        }
        handover.answers.iter().for_each(|answer| add(&mut handovers.answers, answer, 1));
        handover.outcomes.iter().for_each(|(outcome, _)| add(&mut handovers.outcomes, outcome, 1));
        handovers.open += u64::from(handover.outcomes.is_empty());
        let joined = handover.outcomes.iter().find(|(outcome, _)| outcome == "accepted");
        // A message that was left is a promise, not somebody who stands and waits.
        if let Some((_, at)) = joined.filter(|_| handover.trigger != "message_left") {
            waits.push((at - handover.asked).max(0) as f64 / 1_000.0);
        }
    }
    handovers.hand_backs += story.hand_backs;
    handovers.withheld += story.withheld;
    story.asks.iter().for_each(|(how, count)| add(&mut handovers.asks, how, *count));
    story.failures.iter().for_each(|(what, count)| add(&mut handovers.failures, what, *count));
}

fn spread(mut waits: Vec<f64>) -> Waits {
    waits.sort_by(f64::total_cmp);
    let at = |share: f64| {
        let index = (share * waits.len() as f64).ceil() as usize;
        waits.get(index.max(1) - 1).copied().unwrap_or(0.0)
    };
    Waits { count: waits.len() as u64, p50: at(0.5), p90: at(0.9), max: at(1.0) }
}

impl fmt::Display for Report {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (talks, said) = (&self.conversations, &self.messages);
        writeln!(
            to,
            "conversations   {} human-written, {} template-made; {} played to the end",
            talks.human, talks.template, talks.finished
        )?;
        writeln!(
            to,
            "messages        {} human-written and {} template-made sent, {} acknowledged, {} events received",
            said.sent_human, said.sent_template, said.acknowledged, said.received
        )?;
        writeln!(
            to,
            "                {} agents' messages acknowledged; {} turns unanswered; {:.0} messages/s for {:.1} s",
            said.agents_acknowledged, said.unanswered, said.per_second, self.seconds
        )?;
        if !said.refused.is_empty() {
            writeln!(to, "                refused: {}", list(&said.refused))?;
        }
        writeln!(to, "notices         {}", list(&said.notices))?;
        match &self.handovers {
            Some(handovers) => {
                writeln!(to, "handovers       {}: {}", handovers.total, list(&handovers.by_trigger))?;
                writeln!(to, "  of these      template-made: {}", list(&handovers.by_trigger_template))?;
                writeln!(to, "  answers       {}", list(&handovers.answers))?;
                writeln!(to, "  outcomes      {}; still open {}", list(&handovers.outcomes), handovers.open)?;
                let waits = &handovers.waits;
                writeln!(
                    to,
                    "  waits         {} joined; half within {:.1} s, nine of ten within {:.1} s, longest {:.1} s",
                    waits.count, waits.p50, waits.p90, waits.max
                )?;
                writeln!(
                    to,
                    "  bot           turns {}; {} late words withheld; {} hand-backs; failures: {}",
                    list(&handovers.asks),
                    handovers.withheld,
                    handovers.hand_backs,
                    list(&handovers.failures)
                )?;
            }
            None => writeln!(to, "handovers       not told apart: that needs an API key")?,
        }
        let agents = &self.agents;
        writeln!(
            to,
            "agents          {}: {} offers accepted, {} messages picked, {} too late, {} handed back, {} closed",
            agents.agents, agents.accepted, agents.picked, agents.too_late, agents.handed_back, agents.closed
        )?;
        let hub = &self.hub;
        writeln!(
            to,
            "hub             {} SIGKILLs; {} customers' sockets resumed ({} cut by the customer), {} agents' streams",
            hub.kills, hub.resumed, hub.cuts, hub.agents_resumed
        )?;
        for violation in &self.violations {
            writeln!(to, "  {:?} in {}: {}", violation.fault, violation.conversation, violation.what)?;
        }
        write!(
            to,
            "lost {}, doubled {}, out of order {}, bot over person {}, other faults {}",
            self.lost, self.doubled, self.out_of_order, self.bot_over_person, self.other
        )
    }
}

fn list(counts: &BTreeMap<String, u64>) -> String {
    if counts.is_empty() {
        return "none".into();
    }
    counts.iter().map(|(name, count)| format!("{name} {count}")).collect::<Vec<_>>().join(", ")
}
