//! Journals against the log: what was acknowledged is there, once; what was late is not shown; what was read is the log.

use super::Findings;
use crate::sim::evidence::{Event, Evidence};
use crate::sim::journal::What;
use baton_core::actor::Who;
use baton_core::event::{Fact, Fate, Once};
use baton_core::ids::{ClientId, ConversationId};
use std::collections::{BTreeMap, BTreeSet};

fn said(event: &Event) -> Option<&baton_core::event::Said> {
    match &event.header.fact {
        Fact::Said(said) => Some(said),
        _ => None,
    }
}

/// What was answered is in the log.
pub(crate) fn accepted(evidence: &Evidence, findings: &mut Findings) {
    let events: BTreeMap<(ConversationId, u64), &Event> =
        evidence.log.iter().filter_map(|event| Some(((event.conversation()?, event.header.seq), event))).collect();
    let tokens: BTreeSet<&str> = evidence.log.iter().filter_map(Event::token).collect();
    for line in &evidence.lines {
        match &line.what {
            What::Acked { client, counter, token, seq, position, conversation } => {
                let event = events.get(&(*conversation, *seq));
                let there = event.is_some_and(|event| {
                    let once = Some(Once::Client { client: *client, counter: *counter });
                    event.token() == Some(token)
                        && event.header.position == *position
                        && said(event).is_some_and(|said| said.once == once)
                });
                findings.hold("accepted_kept", there, || {
                    format!("{token} was acknowledged to {} as {seq} of {conversation} and is not there", line.who)
                });
            }
            What::Started { conversation, .. } => {
                findings.hold("accepted_kept", events.contains_key(&(*conversation, 1)), || {
                    format!("{conversation} was started for {} and is not there", line.who)
                });
            }
            What::BotSays { token, taken: true, .. } | What::TargetDid { token: Some(token), taken: true, .. } => {
                findings.hold("accepted_kept", tokens.contains(token.as_str()) || doubled(evidence, token), || {
                    format!("{} was told that {token} is kept, and it is not there", line.who)
                });
            }
            What::Answered { conversation, answer } => {
                let already = matches!(answer, baton_core::event::Answer::Already { .. });
                let there = already
                    || evidence.log.iter().any(|event| {
                        event.conversation() == Some(*conversation)
                            && matches!(&event.header.fact, Fact::HandoverAnswered(fact) if fact.answer == *answer)
                    });
                findings.hold("accepted_kept", there, || {
                    format!("{conversation}: {answer:?} was promised and is not there")
                });
            }
            _ => {}
        }
    }
}

/// Whether the same reply of a bot was said under another token: the first of two copies counts.
fn doubled(evidence: &Evidence, token: &str) -> bool {
    let place = evidence.lines.iter().find_map(|line| match &line.what {
        What::BotSays { ask, ordinal, token: said, .. } if said == token => Some((*ask, *ordinal)),
        _ => None,
    });
    let Some((ask, ordinal)) = place else { return false };
    evidence.log.iter().filter_map(said).any(|said| match said.once {
        // A reply whose number is lower than one that was said before is a repeat.
        Some(Once::Reply { ask: of, ordinal: known }) => of == ask && known >= ordinal,
        _ => false,
    })
}

/// Nothing that was sent twice is there twice, and every repeat is answered as the first time.
pub(crate) fn once(evidence: &Evidence, findings: &mut Findings) {
    let mut known: BTreeSet<(ConversationId, String)> = BTreeSet::new();
    let mut shown: BTreeSet<&str> = BTreeSet::new();
    for event in &evidence.log {
        let (Some(id), Some(said)) = (event.conversation(), said(event)) else { continue };
        if let Some(once) = said.once {
            findings.hold("once_visible", known.insert((id, format!("{once:?}"))), || {
                format!("{id} {}: {once:?} for the second time", event.header.seq)
            });
        }
        // A draft that a person lets out twice over is what they wished twice.
        if matches!(said.fate, Fate::Shown | Fate::Released { .. })
            && let Some(token) = event.token()
        {
            findings.hold("once_visible", shown.insert(token), || {
                format!("{id} {}: the customer reads {token} for the second time", event.header.seq)
            });
        }
    }
    let mut acks: BTreeMap<(ConversationId, ClientId, u64), (u64, Option<u64>)> = BTreeMap::new();
    let mut starts: BTreeMap<&str, ConversationId> = BTreeMap::new();
    for line in &evidence.lines {
        match &line.what {
            What::Acked { client, counter, seq, position, conversation, token } => {
                let first = *acks.entry((*conversation, *client, *counter)).or_insert((*seq, *position));
                findings.hold("once_visible", first == (*seq, *position), || {
                    format!("{token} was acknowledged as {first:?}, and then as {:?}", (seq, position))
                });
            }
            What::Started { key, conversation } => {
                let first = *starts.entry(key).or_insert(*conversation);
                findings.hold("once_visible", first == *conversation, || {
                    format!("{key} began {first}, and then {conversation}")
                });
            }
            _ => {}
        }
    }
    // Counters of a client rise without a gap.
    let mut counters: BTreeMap<(ConversationId, ClientId), u64> = BTreeMap::new();
    for event in &evidence.log {
        let (Some(id), Some(said)) = (event.conversation(), said(event)) else { continue };
        if let Some(Once::Client { client, counter }) = said.once {
            let last = counters.entry((id, client)).or_default();
            findings.hold("once_visible", counter == *last + 1, || format!("{id}: count {counter} follows {last}"));
            *last = counter;
        }
    }
}

/// What bots and targets said under a number that is over is kept and not shown.
pub(crate) fn late(evidence: &Evidence, findings: &mut Findings) {
    let mut said_under: BTreeMap<&str, u64> = BTreeMap::new();
    for line in &evidence.lines {
        match &line.what {
            What::BotSays { token, baton, .. } | What::TargetDid { token: Some(token), baton, .. } => {
                said_under.insert(token, *baton);
            }
            _ => {}
        }
    }
    let mut models: BTreeMap<ConversationId, super::model::Model> = BTreeMap::new();
    for event in &evidence.log {
        let Some(id) = event.conversation() else { continue };
        let model = models.entry(id).or_default();
        if let (Some(said), Some(token)) = (said(event), event.token())
            && let Some(number) = said_under.get(token)
        {
            // A target is known by the number under which it was opened, a bot's turn by that of its ask.
            let target = matches!(event.header.actor.who, Who::Target { .. });
            let late = *number != if target { model.began } else { model.baton };
            let over = match said.once {
                Some(Once::Reply { ask, .. }) => !model.asks.contains_key(&ask),
                _ => false,
            };
            if late || over {
                findings.hold("late_replies", said.fate == Fate::Withheld, || {
                    format!(
                        "{id} {}: {token} was said under {number}, {} counts: {:?}",
                        event.header.seq, model.baton, said.fate
                    )
                });
            }
        }
        model.apply(&event.header);
    }
}

/// Every page that was read, from whatever place, is what the log has there, and nothing that was there before is another
/// thing later.
pub(crate) fn resume(evidence: &Evidence, findings: &mut Findings) {
    let mut last: BTreeMap<ConversationId, u64> = BTreeMap::new();
    for event in &evidence.log {
        if let (Some(id), Some(position)) = (event.conversation(), event.header.position) {
            last.insert(id, position);
        }
    }
    let mut seen: BTreeMap<(ConversationId, u64), u64> = BTreeMap::new();
    let mut cursors: BTreeMap<(&str, ConversationId), u64> = BTreeMap::new();
    for line in &evidence.lines {
        let What::Read { conversation, after, page } = &line.what else { continue };
        for (place, (position, digest)) in (after + 1..).zip(page) {
            findings.hold("resume", place == *position, || {
                format!("{conversation}: after {after} came {position}, where {place} should be")
            });
            findings.hold("resume", *position <= last.get(conversation).copied().unwrap_or(0), || {
                format!("{conversation}: {position} was read and is not in the log")
            });
            let first = *seen.entry((*conversation, *position)).or_insert(*digest);
            findings.hold("resume", first == *digest, || format!("{conversation}: {position} is another event now"));
        }
        let cursor = cursors.entry((&line.who, *conversation)).or_default();
        *cursor = (*cursor).max(page.last().map_or(0, |(position, _)| *position));
    }
}

/// Nobody gets into another's conversation.
pub(crate) fn strangers(evidence: &Evidence, findings: &mut Findings) {
    findings.tried("strangers", 1);
    for line in &evidence.lines {
        if let What::Trespass { conversation } = &line.what {
            findings.wrong("strangers", format!("{} got into {conversation}", line.who));
        }
    }
}
