//! What the log alone shows: order and chains, who spoke with which voice, answers and outcomes, what became of bots.

use super::Findings;
use super::model::Model;
use crate::sim::evidence::{Event, Evidence};
use baton_core::actor::Who;
use baton_core::event::{
    Answer, Audience, Fact, Failure, Fate, Header, Outcome, Stream, Trigger, chain, start_of_chain,
};
use baton_core::ids::{ConversationId, HandoverId, Hash32};
use baton_core::limits;
use baton_core::ownership::{Delivery, Holder};
use std::collections::BTreeMap;

/// Dense seqs and positions, time that rises, chains that are whole.
pub(crate) fn order(evidence: &Evidence, findings: &mut Findings) {
    struct End {
        seq: u64,
        position: u64,
        at: i64,
        chain: Hash32,
    }
    let mut ends: BTreeMap<Stream, End> = BTreeMap::new();
    for event in &evidence.log {
        let Header { stream, seq, position, at, .. } = event.header;
        let fresh = End { seq: 0, position: 0, at: i64::MIN, chain: start_of_chain(stream) };
        let end = ends.entry(stream).or_insert(fresh);
        findings.hold("one_order", seq == end.seq + 1, || format!("{stream}: {seq} follows {}", end.seq));
        findings.hold("one_order", at > end.at, || format!("{stream} {seq}: time does not rise"));
        if let Some(position) = position {
            findings.hold("one_order", position == end.position + 1, || {
                format!("{stream} {seq}: position {position} follows {}", end.position)
            });
            end.position = position;
        }
        findings.hold("one_order", position.is_some() == (event.header.audience == Audience::Customer), || {
            format!("{stream} {seq}: a position is for what the customer sees, and for nothing else")
        });
        findings.hold("chains", event.header.previous == end.chain, || format!("{stream} {seq}: the chain is broken"));
        end.chain = chain(end.chain, &event.bytes);
        (end.seq, end.at) = (seq, at);
    }
}

/// The customer sees only what a voice said under the number that counts, and notices.
pub(crate) fn voices(evidence: &Evidence, findings: &mut Findings) {
    let mut models: BTreeMap<ConversationId, Model> = BTreeMap::new();
    for event in &evidence.log {
        let Some(id) = event.conversation() else { continue };
        let model = models.entry(id).or_default();
        let Header { seq, .. } = event.header;
        match &event.header.fact {
            Fact::Said(said) => {
                let shown = matches!(said.fate, Fate::Shown | Fate::Released { .. } | Fate::Interrupted);
                findings.hold("one_holder", shown == event.header.position.is_some(), || {
                    format!("{id} {seq}: {:?} and its position disagree", said.fate)
                });
                if shown && event.header.actor.who != Who::Customer {
                    let who = event.header.actor.who;
                    // A draft goes out by the hand of a person, who answers for it.
                    let approved = matches!(said.fate, Fate::Released { .. }) && matches!(who, Who::Bot { .. });
                    findings.hold("one_holder", model.may_speak(&who) || approved, || {
                        format!("{id} {seq}: {who:?} was shown to the customer and had no voice under {}", model.baton)
                    });
                    let direct = matches!(who, Who::Bot { .. }) && said.fate == Fate::Shown;
                    findings.hold("one_holder", !direct || model.delivery == Delivery::Open, || {
                        format!("{id} {seq}: a bot was shown whose words wait for approval")
                    });
                }
            }
            Fact::Told(_) => findings.hold("one_holder", matches!(event.header.actor.who, Who::System { .. }), || {
                format!("{id} {seq}: a notice that is not the house's own")
            }),
            _ => {}
        }
        let before = model.baton;
        model.apply(&event.header);
        findings.hold("one_holder", event.header.baton == Some(model.baton), || {
            format!("{id} {seq}: number {:?} after {before}, should be {}", event.header.baton, model.baton)
        });
    }
}

fn asked_by_customer(trigger: Trigger) -> bool {
    matches!(trigger, Trigger::Phrase | Trigger::Command | Trigger::Button)
}

/// One answer at once, one outcome, and the notice that goes with the answer.
pub(crate) fn answers(evidence: &Evidence, findings: &mut Findings) {
    struct Open {
        conversation: ConversationId,
        commit: usize,
        trigger: Trigger,
        answer: Option<Answer>,
        outcomes: u32,
    }
    let mut open: BTreeMap<HandoverId, Open> = BTreeMap::new();
    let mut of_commit: BTreeMap<usize, Vec<&Event>> = BTreeMap::new();
    for event in &evidence.log {
        of_commit.entry(event.commit).or_default().push(event);
    }
    for event in &evidence.log {
        let Some(id) = event.conversation() else { continue };
        let seq = event.header.seq;
        match &event.header.fact {
            Fact::HandoverAsked(asked) => {
                let standing = open.values().any(|o| o.conversation == id && o.outcomes == 0);
                findings.hold("true_answer", !standing, || format!("{id} {seq}: a second handover while one is open"));
                let fresh =
                    Open { conversation: id, commit: event.commit, trigger: asked.trigger, answer: None, outcomes: 0 };
                findings.hold("true_answer", open.insert(asked.handover, fresh).is_none(), || {
                    format!("{id} {seq}: a handover is asked twice")
                });
            }
            Fact::HandoverAnswered(answered) => {
                let Some(asked) = open.get_mut(&answered.handover) else {
                    findings.wrong("true_answer", format!("{id} {seq}: an answer to nothing"));
                    continue;
                };
                findings.hold("true_answer", asked.commit == event.commit, || {
                    format!("{id} {seq}: the answer did not come at once")
                });
                findings.hold("true_answer", asked.answer.replace(answered.answer).is_none(), || {
                    format!("{id} {seq}: two answers")
                });
                findings.hold("true_answer", !matches!(answered.answer, Answer::Already { .. }), || {
                    format!("{id} {seq}: `already` opens no handover")
                });
                let together = &of_commit[&event.commit];
                notices(findings, id, seq, asked.trigger, answered.answer, together);
            }
            Fact::HandoverEnded(ended) => {
                let Some(asked) = open.get_mut(&ended.handover) else {
                    findings.wrong("true_answer", format!("{id} {seq}: an outcome of nothing"));
                    continue;
                };
                asked.outcomes += 1;
                findings.hold("true_answer", asked.outcomes == 1, || format!("{id} {seq}: two outcomes"));
                let refused = matches!(asked.answer, Some(Answer::Refused { .. }));
                let fits = refused == (ended.outcome == Outcome::Refused) || asked.trigger_of_target();
                findings.hold("true_answer", fits || !refused, || {
                    format!("{id} {seq}: refused at once, and then {:?}", ended.outcome)
                });
            }
            _ => {}
        }
    }
    for (handover, asked) in &open {
        findings.hold("true_answer", asked.answer.is_some(), || format!("{handover} was never answered"));
        let standing = evidence.folded.get(&asked.conversation).and_then(|state| state.handover);
        let still = standing.is_some_and(|standing| standing.id == *handover);
        findings.hold("true_answer", (asked.outcomes == 0) == still, || {
            format!("{handover} of {}: {} outcomes, open {still}", asked.conversation, asked.outcomes)
        });
    }
    impl Open {
        /// A target may refuse what was answered `opening`.
        fn trigger_of_target(&self) -> bool {
            matches!(self.answer, Some(Answer::Opening { .. }))
        }
    }
}

/// What the customer is told in the moment of the answer.
fn notices(
    findings: &mut Findings,
    id: ConversationId,
    seq: u64,
    trigger: Trigger,
    answer: Answer,
    together: &[&Event],
) {
    let here = together.iter().filter(|event| event.conversation() == Some(id));
    let (mut codes, mut to_agent) = (Vec::new(), None);
    for event in here {
        match &event.header.fact {
            Fact::Told(told) => codes.push(told.code.as_str()),
            Fact::HolderSet(set) => {
                if let Holder::Agent { agent, .. } = set.holder {
                    to_agent = Some(agent);
                }
            }
            _ => {}
        }
    }
    let told = |code: &str| codes.contains(&code);
    let right = match answer {
        Answer::Assigned { agent } => to_agent == Some(agent),
        Answer::Queued { .. } if asked_by_customer(trigger) => told("asked") && told("in_line"),
        Answer::Queued { .. } => !codes.is_empty(),
        Answer::Opening { .. } if asked_by_customer(trigger) => told("asked"),
        Answer::Opening { .. } => !codes.is_empty(),
        Answer::Refused { .. } => !told("in_line") || told("unavailable") || told("bot_failed_nobody"),
        Answer::Already { .. } => false,
    };
    findings.hold("true_answer", right, || {
        format!("{id} {seq}: {answer:?} to {trigger:?}, and the customer was told {codes:?}")
    });
}

/// A bot that fails is followed by a person or the end, and is not tried for ever.
pub(crate) fn bots(evidence: &Evidence, findings: &mut Findings) {
    #[derive(Default)]
    struct Episode {
        failures: u32,
        hand_backs: u32,
        holder: Option<Holder>,
    }
    let mut episodes: BTreeMap<ConversationId, Episode> = BTreeMap::new();
    let mut failed: Vec<(usize, ConversationId, u64)> = Vec::new();
    let mut passed: BTreeMap<(usize, ConversationId), Holder> = BTreeMap::new();
    for event in &evidence.log {
        let Some(id) = event.conversation() else { continue };
        let seq = event.header.seq;
        let episode = episodes.entry(id).or_default();
        match &event.header.fact {
            Fact::Opened(_) => (episode.failures, episode.hand_backs) = (0, 0),
            Fact::Failed(fact) if matches!(fact.what, Failure::BotTimeout | Failure::BotError) => {
                episode.failures += 1;
                if matches!(episode.holder, Some(Holder::Bot { .. })) {
                    failed.push((event.commit, id, seq));
                }
            }
            Fact::HolderSet(set) => {
                if matches!(set.holder, Holder::Bot { .. }) {
                    findings.hold("bot_failure", episode.failures < limits::BOT_FAILURES, || {
                        format!("{id} {seq}: a bot holds again after {} failures", episode.failures)
                    });
                    if set.why == baton_core::event::Why::HandedBack {
                        episode.hand_backs += 1;
                    }
                    findings.hold("bot_failure", episode.hand_backs <= limits::HAND_BACKS, || {
                        format!("{id} {seq}: handed back {} times", episode.hand_backs)
                    });
                }
                episode.holder = Some(set.holder.clone());
                passed.insert((event.commit, id), set.holder.clone());
            }
            _ => {}
        }
    }
    for (commit, id, seq) in failed {
        let to = passed.get(&(commit, id));
        findings.hold("bot_failure", to.is_some_and(|holder| !matches!(holder, Holder::Bot { .. })), || {
            format!("{id} {seq}: the bot failed, and it holds {to:?}")
        });
    }
}
