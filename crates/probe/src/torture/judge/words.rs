//! What was said: by whom, how often, in which order, and whether it is there.

use super::{Case, Verdict};
use crate::torture::journal::By;
use std::collections::{BTreeMap, HashMap};
use uuid::Uuid;

/// The customer sees only what a voice said, and notices. Tried: words of those who had no voice.
pub(super) fn one_holder(case: &Case<'_>, verdict: &mut Verdict) {
    const NAME: &str = "one_holder";
    let mut baton = 0;
    let mut before = None;
    for (event, voices) in case.log.desk.iter().zip(&case.voices) {
        if let Some(number) = event.baton {
            if number < baton {
                case.broken(verdict, NAME, format!("the baton number falls at seq {}", event.seq), &[event.seq], &[]);
            }
            let other =
                before.is_some_and(|before: &super::Voices| (&before.kind, before.id) != (&voices.kind, voices.id));
            if other && number == baton && event.seq > 2 {
                let what = format!("the holder changes at seq {} and the baton number does not", event.seq);
                case.broken(verdict, NAME, what, &[event.seq], &[]);
            }
            baton = number;
        }
        before = Some(voices);
        let who = event.actor.kind.as_str();
        if event.kind != "said" || !matches!(who, "bot" | "agent" | "target") {
            continue;
        }
        let has = voices.kind == who && voices.id == event.actor.id
            || event.actor.id.is_some_and(|id| voices.guests.contains(&id));
        if event.fate.as_deref() == Some("withheld") {
            verdict.tried(NAME, 1);
            if event.position.is_some() {
                let what = format!("what was withheld at seq {} has a position", event.seq);
                case.broken(verdict, NAME, what, &[event.seq], &[event.said()]);
            }
        }
        // A word that is released was judged when it was said.
        if event.shown() && !has && event.fate.as_deref() != Some("released") {
            let what = format!("{who} spoke at seq {} while {} held", event.seq, voices.kind);
            case.broken(verdict, NAME, what, &[event.seq], &[event.said()]);
        }
    }
    for sent in case.talk.sends.iter().filter(|sent| sent.voiceless) {
        if sent.acks.is_empty() && !sent.refused.is_empty() {
            verdict.tried(NAME, 1);
            if let Some(event) = case.said(&sent.text).first() {
                let what = format!("\"{}\" was refused and left an event", sent.text);
                case.broken(verdict, NAME, what, &[event.seq], &[&sent.text]);
            }
        }
    }
}

/// Tried: replies of bots and targets that were appended under a higher baton number than they were said under.
pub(super) fn late_replies_die(case: &Case<'_>, verdict: &mut Verdict) {
    const NAME: &str = "late_replies_die";
    let bot = case.talk.replies.iter().map(|reply| (reply.text.as_str(), reply.baton, false));
    let target = case.talk.said_by_target.iter().map(|word| (word.text.as_str(), word.baton, true));
    for (text, baton, target) in bot.chain(target) {
        for event in case.said(text) {
            if event.baton.is_none_or(|now| now <= baton) {
                continue;
            }
            // Who joins beside a target raises the number and takes nothing from the target, which goes on holding.
            let passed = case.log.desk.iter().any(|other| {
                other.kind == "holder-set" && other.seq < event.seq && other.baton.is_some_and(|number| number > baton)
            });
            if target && !passed {
                continue;
            }
            verdict.tried(NAME, 1);
            let received = case.talk.lives.iter().flat_map(|life| &life.received).any(|event| event.plain == text);
            let listed = case.log.chat.iter().any(|event| event.plain == text);
            if event.fate.as_deref() != Some("withheld") || received || listed {
                let now = event.baton.unwrap_or(0);
                let what = format!("\"{text}\" was said under baton {baton}, came under {now} and was shown");
                case.broken(verdict, NAME, what, &[event.seq], &[text]);
            }
        }
    }
}

/// Tried: acknowledgements after which the hub was killed.
pub(super) fn accepted_means_kept(case: &Case<'_>, verdict: &mut Verdict) {
    const NAME: &str = "accepted_means_kept";
    if case.log.desk.is_empty() {
        case.broken(verdict, NAME, "the start was answered and the conversation is gone".to_owned(), &[], &[]);
    }
    let by_position: HashMap<u64, &str> =
        case.log.chat.iter().map(|event| (event.position, event.plain.as_str())).collect();
    for sent in &case.talk.sends {
        let Some(ack) = sent.acks.first() else { continue };
        if case.killed_after(ack.at) {
            verdict.tried(NAME, 1);
        }
        let events = case.said(&sent.text);
        let kept = events.iter().any(|event| {
            event.message == Some(ack.message)
                && ack.seq.is_none_or(|seq| seq == event.seq)
                && (event.position == ack.position || ack.position.is_none())
                && event.at == ack.hub_at
        });
        let seen = ack.position.is_none_or(|position| by_position.get(&position).copied() == Some(sent.text.as_str()));
        if !kept || !seen {
            let what = format!("\"{}\" was acknowledged and is not in the log as it was acknowledged", sent.text);
            let seqs: Vec<u64> = events.iter().map(|event| event.seq).collect();
            case.broken(verdict, NAME, what, &seqs, &[&sent.text]);
        }
    }
    let bot = case.talk.replies.iter().map(|reply| (&reply.text, reply.kept));
    let target = case.talk.said_by_target.iter().map(|word| (&word.text, word.kept));
    for (text, kept) in bot.chain(target) {
        let Some(at) = kept else { continue };
        if case.killed_after(at) {
            verdict.tried(NAME, 1);
        }
        // Two replies under one ordinal are one: the second is a repeat of another text.
        if case.said(text).is_empty() && !was_repeat(case, text) {
            let what = format!("\"{text}\" was answered 2xx and is not in the log, not even as withheld");
            case.broken(verdict, NAME, what, &[], &[text]);
        }
    }
}

/// A bot's text under an ordinal that another text of the same turn had taken before: rightly not kept. A turn that is
/// asked again after a crash is answered with other words by a bot that does not remember.
fn was_repeat(case: &Case<'_>, text: &str) -> bool {
    let Some(reply) = case.talk.replies.iter().find(|reply| reply.text == text) else { return false };
    let others = case.talk.replies.iter().filter(|other| other.text != text && other.once == reply.once);
    others.into_iter().any(|other| !case.said(&other.text).is_empty())
}

/// Tried: repeats that were sent.
pub(super) fn once_visible(case: &Case<'_>, verdict: &mut Verdict) {
    const NAME: &str = "once_visible";
    let once = |verdict: &mut Verdict, text: &str, repeats: u64| {
        verdict.tried(NAME, repeats);
        // A held word stands twice in the log: as held and as released.
        let events: Vec<_> = case.said(text).iter().filter(|event| event.fate.as_deref() != Some("held")).collect();
        let shown = case.log.chat.iter().filter(|event| event.plain == text).count();
        if events.len() > 1 || shown > 1 {
            let seqs: Vec<u64> = events.iter().map(|event| event.seq).collect();
            case.broken(verdict, NAME, format!("\"{text}\" was said once and stands there twice"), &seqs, &[text]);
        }
    };
    for sent in &case.talk.sends {
        once(verdict, &sent.text, u64::from(sent.tries.saturating_sub(1)) + u64::from(sent.jumped));
        if let Some((first, rest)) = sent.acks.split_first()
            && rest
                .iter()
                .any(|ack| (ack.message, ack.position, ack.hub_at) != (first.message, first.position, first.hub_at))
        {
            let what = format!("a repeat of \"{}\" was answered otherwise than the first", sent.text);
            case.broken(verdict, NAME, what, &[], &[&sent.text]);
        }
    }
    for reply in &case.talk.replies {
        once(verdict, &reply.text, u64::from(reply.posts.saturating_sub(1)));
    }
    for word in &case.talk.said_by_target {
        once(verdict, &word.text, u64::from(word.posts.saturating_sub(1)));
    }
    verdict.tried(NAME, u64::from(case.talk.starts.saturating_sub(1)));
    if let Some(other) = case.talk.started_as {
        case.broken(verdict, NAME, format!("one start key gave this conversation and {other}"), &[], &[]);
    }
}

/// Tried: words that were on their way at the same time as another's, or were sent before their turn.
pub(super) fn one_order(case: &Case<'_>, verdict: &mut Verdict) {
    const NAME: &str = "one_order";
    let mut spans: Vec<(u64, u64, u8)> = Vec::new();
    for sent in &case.talk.sends {
        let end = sent.acks.first().map_or(sent.first, |ack| ack.at);
        spans.push((sent.first, end, if sent.by == By::Customer { 0 } else { 1 }));
        verdict.tried(NAME, u64::from(sent.jumped));
    }
    let bot = case.talk.replies.iter().map(|reply| (reply.at, reply.kept.unwrap_or(reply.at + 20), 2));
    let target = case.talk.said_by_target.iter().map(|word| (word.at, word.kept.unwrap_or(word.at + 20), 3));
    spans.extend(bot.chain(target));
    for (at, (from, to, who)) in spans.iter().enumerate() {
        let together = |(other, (since, until, by)): (usize, &(u64, u64, u8))| {
            other != at && by != who && since <= to && until >= from
        };
        verdict.tried(NAME, u64::from(spans.iter().enumerate().any(together)));
    }
    let mut last_at = i64::MIN;
    let mut positions = 0;
    let mut by_position: BTreeMap<u64, &str> = BTreeMap::new();
    for (expected, event) in (1..).zip(&case.log.desk) {
        if event.seq != expected {
            let what = format!("the log has seq {} at the place of {expected}", event.seq);
            case.broken(verdict, NAME, what, &[event.seq], &[]);
            break;
        }
        if event.at <= last_at {
            case.broken(verdict, NAME, format!("the time of seq {} does not rise", event.seq), &[event.seq], &[]);
        }
        last_at = event.at;
        if let Some(position) = event.position {
            positions += 1;
            by_position.insert(position, if event.kind == "said" { event.said() } else { "" });
            if position != positions {
                let what = format!("seq {} has position {position} at the place of {positions}", event.seq);
                case.broken(verdict, NAME, what, &[event.seq], &[]);
            }
        }
    }
    for (expected, event) in (1..).zip(&case.log.chat) {
        if event.position != expected {
            let what = format!("the transcript has position {} at the place of {expected}", event.position);
            case.broken(verdict, NAME, what, &[], &[]);
            break;
        }
        if by_position.get(&expected).is_some_and(|plain| !event.plain.is_empty() && *plain != event.plain) {
            let what = format!("position {expected} is another for the customer than for people");
            case.broken(verdict, NAME, what, &[], &[&event.plain]);
        }
    }
    let kept: HashMap<u64, u64> = case.log.chat.iter().map(|event| (event.position, event.digest)).collect();
    for life in &case.talk.lives {
        for pair in life.received.windows(2) {
            if pair[1].position <= pair[0].position {
                let what = format!("a socket brought position {} after {}", pair[1].position, pair[0].position);
                case.broken(verdict, NAME, what, &[], &[&pair[1].plain]);
            }
        }
        for event in &life.received {
            if kept.get(&event.position) != Some(&event.digest) {
                let what = format!("position {} came as another than it stands in the log", event.position);
                case.broken(verdict, NAME, what, &[], &[&event.plain]);
            }
        }
    }
    let mut before: HashMap<Uuid, (u64, u64)> = HashMap::new();
    for sent in &case.talk.sends {
        let Some(seq) = case.said(&sent.text).first().map(|event| event.seq) else { continue };
        let (counter, last) = before.entry(sent.client).or_default();
        if *counter < sent.counter && *last > seq {
            let what = format!("\"{}\" stands before what the same client sent before it", sent.text);
            case.broken(verdict, NAME, what, &[seq], &[&sent.text]);
        }
        (*counter, *last) = (sent.counter, seq);
    }
}

/// Tried: sockets that were opened at a cursor behind which something had happened.
pub(super) fn resume_without_gap(case: &Case<'_>, verdict: &mut Verdict) {
    const NAME: &str = "resume_without_gap";
    for life in &case.talk.lives {
        if life.after > 0 && life.upto > life.after {
            verdict.tried(NAME, 1);
        }
        let mut sorted: Vec<u64> = life.received.iter().map(|event| event.position).collect();
        sorted.sort_unstable();
        let how = if life.old_cursor { "an old cursor" } else { "a cursor" };
        for (expected, position) in (life.after + 1..).zip(sorted) {
            if position != expected {
                let what = format!(
                    "a socket opened at {how} after position {} brought {position} at the place of {expected}",
                    life.after
                );
                case.broken(verdict, NAME, what, &[], &[]);
                break;
            }
        }
    }
}
