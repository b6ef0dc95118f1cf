//! Compares what the journals hold with each other and with the hub's log. Pure: the same journals give the same
//! verdict.

use super::journal::{AgentSend, CustomerJournal, Message, Received};
use crate::wire::{DeskEvent, Speaker, word};
use serde::Serialize;
use std::collections::{BTreeMap, HashMap, HashSet};
use uuid::Uuid;

/// What must not happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    /// Acknowledged and gone, or in the log and never delivered.
    Lost,
    /// One thing twice.
    Doubled,
    /// Not in the order of the log, or of sending.
    OutOfOrder,
    /// Two looks at one event differ.
    Changed,
    /// The bot spoke while a person held.
    BotOverPerson,
    /// A request for a person without its one answer, or with two outcomes.
    Handover,
    /// A conversation that could not be played to its end.
    Unfinished,
}

/// One finding.
#[derive(Clone, Debug, Serialize)]
pub struct Violation {
    /// Of which kind.
    pub fault: Fault,
    /// In which conversation of the file.
    pub conversation: String,
    /// What was seen.
    pub what: String,
}

/// The findings of one conversation.
struct Findings<'a> {
    id: &'a str,
    out: Vec<Violation>,
}

impl Findings<'_> {
    fn add(&mut self, fault: Fault, what: String) {
        self.out.push(Violation { fault, conversation: self.id.to_owned(), what });
    }
}

/// Judges one customer's journal against the log as it was read at the end.
pub(crate) fn customer(journal: &CustomerJournal, log: &[Received], agents: &[&AgentSend]) -> Vec<Violation> {
    let mut findings = Findings { id: &journal.id, out: Vec::new() };
    if let Some(trouble) = &journal.trouble {
        findings.add(Fault::Unfinished, trouble.clone());
    }
    witness(log, &mut findings);
    let by_position: HashMap<u64, &Received> = log.iter().map(|event| (event.position, event)).collect();
    deliveries(journal, &by_position, &mut findings);
    own_sends(journal, &by_position, &mut findings);
    agent_sends(journal, agents, &mut findings);
    findings.out
}

/// The log itself: dense positions, times that rise, nothing twice.
fn witness(log: &[Received], findings: &mut Findings<'_>) {
    let mut messages = HashSet::new();
    let mut sent = HashSet::new();
    let mut last: Option<&Received> = None;
    for event in log {
        let expected = last.map_or(1, |last| last.position + 1);
        if event.position > expected {
            findings.add(Fault::Lost, format!("the log goes from position {} to {}", expected - 1, event.position));
        } else if event.position < expected {
            findings
                .add(Fault::OutOfOrder, format!("the log has position {} at the place of {expected}", event.position));
        }
        if last.is_some_and(|last| event.at <= last.at) {
            findings.add(Fault::OutOfOrder, format!("the time of position {} does not rise", event.position));
        }
        if let Some(message) = &event.message {
            if !messages.insert(message.id) {
                findings.add(Fault::Doubled, format!("message {} stands twice in the log", message.id));
            }
            if let Some((client, counter)) = message.once
                && !sent.insert((client, counter))
            {
                findings.add(Fault::Doubled, format!("count {counter} of {client} stands twice in the log"));
            }
        }
        last = Some(event);
    }
}

/// What the socket brought, over all its lives: each position once, rising by one, as in the log.
fn deliveries(journal: &CustomerJournal, log: &HashMap<u64, &Received>, findings: &mut Findings<'_>) {
    let mut seen: BTreeMap<u64, &Received> = BTreeMap::new();
    let mut messages: HashMap<Uuid, u64> = HashMap::new();
    let mut highest = 0;
    for event in &journal.received {
        let position = event.position;
        if let Some(before) = seen.get(&position) {
            let other = if before.digest == event.digest { "" } else { ", with another content" };
            findings.add(Fault::Doubled, format!("position {position} was delivered twice{other}"));
            continue;
        }
        if position < highest {
            findings.add(Fault::OutOfOrder, format!("position {position} was delivered after {highest}"));
        }
        highest = highest.max(position);
        seen.insert(position, event);
        if let Some(message) = &event.message
            && let Some(other) = messages.insert(message.id, position)
        {
            findings.add(Fault::Doubled, format!("message {} came at positions {other} and {position}", message.id));
        }
        match log.get(&position) {
            None => findings.add(Fault::Lost, format!("position {position} was delivered and is not in the log")),
            Some(kept) if kept.digest != event.digest => {
                findings.add(Fault::Changed, format!("position {position} is another in the log than at the socket"));
            }
            Some(_) => {}
        }
    }
    for position in (1..=journal.left_at).filter(|position| !seen.contains_key(position)) {
        findings.add(Fault::Lost, format!("position {position} was never delivered"));
    }
}

/// What the customer sent and the hub acknowledged: in the log once, as acknowledged, in the order of sending.
fn own_sends(journal: &CustomerJournal, log: &HashMap<u64, &Received>, findings: &mut Findings<'_>) {
    let mut before = 0;
    for send in &journal.sends {
        let Some(ack) = send.acks.first() else { continue };
        let counter = send.counter;
        if send.acks.iter().any(|other| other != ack) {
            findings.add(Fault::Doubled, format!("the message with count {counter} was acknowledged as two messages"));
        }
        let kept = log.get(&ack.position).filter(|kept| {
            kept.at == ack.at
                && kept.message.as_ref().is_some_and(|message| {
                    message.id == ack.message
                        && message.by == Speaker::Customer
                        && message.plain == send.text
                        && message.once.is_none_or(|once| once == (journal.client, counter))
                })
        });
        if kept.is_none() {
            let what =
                format!("the message with count {counter} was acknowledged and is not in the log as it was sent");
            findings.add(Fault::Lost, what);
        }
        if ack.position <= before {
            let what = format!("the message with count {counter} stands before one that was sent earlier");
            findings.add(Fault::OutOfOrder, what);
        }
        before = ack.position;
    }
    let known: HashSet<u64> = journal.sends.iter().map(|send| send.counter).collect();
    for message in log.values().filter_map(|event| event.message.as_ref()) {
        if let Some((client, counter)) = message.once
            && client == journal.client
            && !known.contains(&counter)
        {
            findings.add(Fault::Changed, format!("the log holds count {counter}, which was never sent"));
        }
    }
}

/// What agents sent and the hub acknowledged: at the customer's socket once, in the order of sending.
fn agent_sends(journal: &CustomerJournal, agents: &[&AgentSend], findings: &mut Findings<'_>) {
    let mut arrived: HashMap<Uuid, Vec<(u64, &Message)>> = HashMap::new();
    for event in &journal.received {
        if let Some(message) = &event.message {
            arrived.entry(message.id).or_default().push((event.position, message));
        }
    }
    let mut before: HashMap<usize, u64> = HashMap::new();
    // What came after the customer had gone was not meant for its socket; the log keeps it.
    for send in agents.iter().filter(|send| send.ack.position <= journal.left_at) {
        match arrived.get(&send.ack.message).map(Vec::as_slice) {
            None => findings.add(Fault::Lost, format!("an agent's message at {} never arrived", send.ack.position)),
            Some([(position, message)]) => {
                if *position != send.ack.position || message.plain != send.text || message.by != Speaker::Agent {
                    let what = format!("an agent's message acknowledged at {} arrived as another", send.ack.position);
                    findings.add(Fault::Changed, what);
                }
            }
            // Found as a position that came twice already.
            Some(_) => {}
        }
        let last = before.entry(send.agent).or_default();
        if send.ack.position <= *last {
            let what = format!("an agent's message {} stands before one sent earlier", send.counter);
            findings.add(Fault::OutOfOrder, what);
        }
        *last = send.ack.position;
    }
}

/// What the desk's log says of one conversation.
#[derive(Debug, Default)]
pub(crate) struct Story {
    pub(crate) handovers: BTreeMap<String, Handover>,
    pub(crate) hand_backs: u64,
    pub(crate) withheld: u64,
    pub(crate) asks: BTreeMap<String, u64>,
    pub(crate) failures: BTreeMap<String, u64>,
}

/// One request for a person.
#[derive(Debug, Default)]
pub(crate) struct Handover {
    pub(crate) trigger: String,
    pub(crate) asked: i64,
    pub(crate) answers: Vec<String>,
    pub(crate) outcomes: Vec<(String, i64)>,
}

/// Reads the desk's log of one conversation and judges what only it shows.
pub(crate) fn desk(id: &str, log: &[Received], events: &[DeskEvent]) -> (Story, Vec<Violation>) {
    let mut findings = Findings { id, out: Vec::new() };
    let mut story = Story::default();
    let mut holder = String::new();
    let mut expected = 1;
    let mut positions: BTreeMap<u64, Option<Uuid>> = BTreeMap::new();
    for event in events {
        if event.seq != expected {
            findings.add(Fault::Lost, format!("the desk's log has seq {} at the place of {expected}", event.seq));
        }
        expected = event.seq + 1;
        positions.extend(event.position.map(|position| (position, event.message)));
        let fate = event.fate.as_ref().and_then(word).unwrap_or_default();
        match event.kind.as_str() {
            "holder-set" => {
                holder = event.facts.get("holder").and_then(word).unwrap_or_default().to_owned();
                if event.facts.get("why").and_then(word) == Some("handed_back") {
                    story.hand_backs += 1;
                }
            }
            "said" if event.actor.kind == "bot" => {
                if fate == "withheld" {
                    story.withheld += 1;
                }
                if matches!(fate, "shown" | "released" | "interrupted") && matches!(holder.as_str(), "agent" | "target")
                {
                    findings
                        .add(Fault::BotOverPerson, format!("the bot spoke at seq {} while {holder} held", event.seq));
                }
            }
            _ => handovers(event, &mut story),
        }
    }
    for event in log {
        let position = event.position;
        match (positions.get(&position), &event.message) {
            (None, _) => findings.add(Fault::Lost, format!("the desk's log does not show position {position}")),
            (Some(message), Some(seen)) if *message != Some(seen.id) => {
                findings.add(Fault::Changed, format!("position {position} is another message at the desk"));
            }
            (Some(_), _) => {}
        }
    }
    for (handover, told) in &story.handovers {
        if told.answers.len() != 1 {
            findings.add(Fault::Handover, format!("handover {handover} has {} answers", told.answers.len()));
        }
        if told.outcomes.len() > 1 {
            findings.add(Fault::Handover, format!("handover {handover} has {} outcomes", told.outcomes.len()));
        }
    }
    (story, findings.out)
}

fn handovers(event: &DeskEvent, story: &mut Story) {
    let fact = |name: &str| event.facts.get(name).and_then(word).unwrap_or("unknown").to_owned();
    let count = |map: &mut BTreeMap<String, u64>, name: String| *map.entry(name).or_default() += 1;
    match event.kind.as_str() {
        "handover-asked" => {
            let told = story.handovers.entry(fact("handover")).or_default();
            told.trigger = fact("trigger");
            told.asked = event.at;
        }
        "handover-answered" => story.handovers.entry(fact("handover")).or_default().answers.push(fact("answer")),
        "handover-ended" => {
            story.handovers.entry(fact("handover")).or_default().outcomes.push((fact("outcome"), event.at));
        }
        "ask-ended" => count(&mut story.asks, fact("how")),
        "failed" => count(&mut story.failures, fact("what")),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::super::journal::{Ack, Send};
    use super::super::sabotage::{Sabotage, Tap};
    use super::*;
    use crate::Source;
    use crate::ambient::Dice;
    use serde_json::json;
    use std::collections::BTreeSet;

    const CLIENT: Uuid = Uuid::from_u128(7);

    fn event(position: u64) -> Received {
        let own = position % 2 == 1;
        let message = Message {
            id: Uuid::from_u128(100 + u128::from(position)),
            by: if own { Speaker::Customer } else { Speaker::Bot },
            plain: format!("text {position}"),
            once: own.then_some((CLIENT, position.div_ceil(2))),
        };
        Received { position, at: 1_000 + position as i64, message: Some(message), notice: None, digest: position }
    }

    /// Twenty messages, each second one the customer's, all acknowledged and delivered.
    fn played(fault: Option<Sabotage>) -> (CustomerJournal, Vec<Received>) {
        let log: Vec<_> = (1..=40).map(event).collect();
        let mut journal = CustomerJournal::new("one".into(), Source::Human, CLIENT, Tap::new(fault, Dice::new(3)));
        for kept in log.iter().filter(|kept| kept.position % 2 == 1) {
            let message = kept.message.clone().unwrap();
            journal.sends.push(Send {
                counter: kept.position.div_ceil(2),
                text: message.plain,
                acks: vec![Ack { position: kept.position, at: kept.at, message: message.id }],
                refused: None,
            });
        }
        log.iter().cloned().for_each(|event| journal.receive(event));
        journal.seal(40);
        (journal, log)
    }

    fn faults(journal: &CustomerJournal, log: &[Received]) -> BTreeSet<Fault> {
        customer(journal, log, &[]).into_iter().map(|violation| violation.fault).collect()
    }

    #[test]
    fn a_faultless_play_is_faultless() {
        let (journal, log) = played(None);
        assert!(customer(&journal, &log, &[]).is_empty());
    }

    #[test]
    fn each_planted_fault_is_found_as_what_it_is() {
        for (sabotage, fault) in
            [(Sabotage::Drop, Fault::Lost), (Sabotage::Double, Fault::Doubled), (Sabotage::Swap, Fault::OutOfOrder)]
        {
            let (journal, log) = played(Some(sabotage));
            assert_eq!(faults(&journal, &log), BTreeSet::from([fault]), "{sabotage:?}");
        }
    }

    #[test]
    fn an_acknowledged_message_that_the_log_lacks_is_lost() {
        let (mut journal, mut log) = played(None);
        log.truncate(38);
        journal.received.truncate(38);
        journal.left_at = 38;
        assert_eq!(faults(&journal, &log), BTreeSet::from([Fault::Lost]));
    }

    #[test]
    fn one_count_twice_in_the_log_is_doubled() {
        let (mut journal, mut log) = played(None);
        let mut again = event(41);
        again.message.as_mut().unwrap().once = Some((CLIENT, 1));
        log.push(again.clone());
        journal.received.push(again);
        assert_eq!(faults(&journal, &log), BTreeSet::from([Fault::Doubled]));
    }

    #[test]
    fn sends_in_another_order_are_out_of_order() {
        let (mut journal, log) = played(None);
        journal.sends.swap(0, 1);
        assert_eq!(faults(&journal, &log), BTreeSet::from([Fault::OutOfOrder]));
    }

    #[test]
    fn an_agents_acknowledged_message_that_never_arrives_is_lost() {
        let (journal, log) = played(None);
        let ack = Ack { position: 12, at: 0, message: Uuid::from_u128(9_999) };
        let send = AgentSend { conversation: Uuid::nil(), agent: 0, counter: 1, text: "Hello".into(), ack };
        let found = customer(&journal, &log, &[&send]);
        assert_eq!(found[0].fault, Fault::Lost);
    }

    #[test]
    fn another_content_in_the_log_is_a_change() {
        let (journal, mut log) = played(None);
        log[4].digest = 77;
        assert_eq!(faults(&journal, &log), BTreeSet::from([Fault::Changed]));
    }

    fn desk_event(seq: u64, kind: &str, actor: &str, facts: serde_json::Value) -> DeskEvent {
        let event =
            json!({"seq": seq, "at": seq, "kind": kind, "actor": {"kind": actor}, "fate": "shown", "facts": facts});
        serde_json::from_value(event).unwrap()
    }

    #[test]
    fn a_bot_that_speaks_over_a_person_is_found() {
        let events = [
            desk_event(1, "holder-set", "system", json!({"holder": {"kind": "bot"}})),
            desk_event(2, "said", "bot", json!({})),
            desk_event(3, "holder-set", "agent", json!({"holder": {"kind": "agent"}})),
            desk_event(4, "said", "bot", json!({})),
        ];
        let (_, found) = desk("one", &[], &events);
        assert_eq!(found.iter().map(|violation| violation.fault).collect::<Vec<_>>(), [Fault::BotOverPerson]);
    }

    #[test]
    fn each_handover_has_one_answer_and_at_most_one_outcome() {
        let asked = desk_event(1, "handover-asked", "customer", json!({"handover": "h", "trigger": "phrase"}));
        let answered = |seq| {
            desk_event(seq, "handover-answered", "system", json!({"handover": "h", "answer": {"kind": "queued"}}))
        };
        let ended = |seq| {
            desk_event(seq, "handover-ended", "system", json!({"handover": "h", "outcome": {"kind": "accepted"}}))
        };
        let (story, found) = desk("one", &[], &[asked.clone(), answered(2), ended(3)]);
        assert!(found.is_empty(), "{found:?}");
        assert_eq!(story.handovers["h"].outcomes, [("accepted".to_owned(), 3)]);
        let (_, found) = desk("one", &[], std::slice::from_ref(&asked));
        assert_eq!(found[0].fault, Fault::Handover);
        let (_, found) = desk("one", &[], &[asked, answered(2), ended(3), ended(4)]);
        assert_eq!(found[0].fault, Fault::Handover);
    }
}
