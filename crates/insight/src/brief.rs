//! What a bot must know when it gets a chat back from people: what is settled, what was promised, what must not be asked
//! again. Found in what was written, word for word; a person approves or edits it before anything follows.
//!
//! Settled is what the customer stated (a number, an amount, a date, an address, a way to be reached) and a person
//! repeated or thanked for, or what a person stated and the customer agreed to. Promises and agreement are known in
//! English, German, French, Spanish, Italian, Portuguese and Dutch; numbers, amounts and addresses of mail in any
//! language. Where nothing is sure, nothing is proposed.

mod items;
mod phrases;
mod sentences;

use items::{Item, items};
use phrases::{agrees, denies, fills, promises, small_talk, thanks};
use sentences::{Sentence, sentences};
use std::collections::HashSet;

/// Lines of each kind that are proposed.
const MOST: usize = 10;
/// Characters of a line.
const LINE: usize = 240;

/// Who wrote a turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Party {
    /// The customer.
    Customer,
    /// A bot.
    Bot,
    /// A person of the house.
    Person,
}

/// One message.
#[derive(Clone, Copy, Debug)]
pub struct Turn<'t> {
    /// Its position.
    pub position: u64,
    /// Who.
    pub by: Party,
    /// What.
    pub text: &'t str,
}

/// What is proposed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Proposed {
    /// Facts, each with the position at which it was settled.
    pub settled: Vec<(String, u64)>,
    /// What people promised.
    pub promised: Vec<String>,
    /// Questions that were asked and answered.
    pub do_not_ask: Vec<String>,
}

/// A turn, read.
struct Read<'t> {
    turn: Turn<'t>,
    sentences: Vec<Sentence<'t>>,
}

/// Reads the turns of an episode, oldest first.
pub fn propose(turns: &[Turn<'_>]) -> Proposed {
    let read: Vec<Read<'_>> = turns.iter().map(|turn| Read { turn: *turn, sentences: sentences(turn.text) }).collect();
    Proposed { settled: settled(&read), promised: promised(&read), do_not_ask: do_not_ask(&read) }
}

fn line(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= LINE { line } else { line.chars().take(LINE - 1).chain(['…']).collect() }
}

/// Adds a line that is not yet there.
fn add(lines: &mut Vec<String>, text: &str) {
    let new = line(text);
    if lines.len() < MOST && !lines.iter().any(|old| old.eq_ignore_ascii_case(&new)) {
        lines.push(new);
    }
}

fn settled(read: &[Read<'_>]) -> Vec<(String, u64)> {
    let mut found: Vec<(String, u64)> = Vec::new();
    let mut seen: HashSet<Item> = HashSet::new();
    for (at, stated) in read.iter().enumerate() {
        for sentence in stated.sentences.iter().filter(|sentence| !sentence.question) {
            for item in items(sentence.text) {
                if seen.contains(&item) {
                    continue;
                }
                let fact = match stated.turn.by {
                    Party::Customer => confirmed(read, at, sentence, &item),
                    Party::Person if !promises(sentence.text) => agreed(read, at, sentence),
                    _ => None,
                };
                if let Some((fact, position)) = fact {
                    seen.insert(item);
                    if !found.iter().any(|(old, _)| *old == fact) {
                        found.push((fact, position));
                    }
                }
            }
        }
    }
    found.sort_by_key(|(_, position)| *position);
    found.truncate(MOST);
    found
}

/// What the customer stated, if a person repeats it or thanks for it, or asks it back and gets a yes.
fn confirmed(read: &[Read<'_>], at: usize, stated: &Sentence<'_>, item: &Item) -> Option<(String, u64)> {
    let later = read[at + 1..].iter().enumerate().filter(|(_, later)| later.turn.by == Party::Person);
    for (nth, (offset, later)) in later.enumerate() {
        let names = |sentence: &&Sentence<'_>| items(sentence.text).contains(item);
        if let Some(sentence) = later.sentences.iter().find(names) {
            if denies(sentence.text) {
                return None;
            }
            if sentence.question {
                let next = read[at + 1 + offset + 1..].iter().find(|next| next.turn.by == Party::Customer)?;
                return agrees(next.turn.text).then(|| (line(stated.text), next.turn.position));
            }
            // A promise stands among the promises; what was stated is settled all the same.
            let fact = if promises(sentence.text) { stated.text } else { sentence.text };
            return Some((line(fact), later.turn.position));
        }
        if nth == 0 {
            let doubts = later.sentences.iter().any(|sentence| denies(sentence.text));
            if !doubts && later.sentences.iter().any(|sentence| !sentence.question && thanks(sentence.text)) {
                return Some((line(stated.text), later.turn.position));
            }
        }
    }
    None
}

/// What a person stated, if the customer's next turn is a yes.
fn agreed(read: &[Read<'_>], at: usize, stated: &Sentence<'_>) -> Option<(String, u64)> {
    let next = read.get(at + 1).filter(|next| next.turn.by == Party::Customer)?;
    (!denies(stated.text) && agrees(next.turn.text)).then(|| (line(stated.text), next.turn.position))
}

fn promised(read: &[Read<'_>]) -> Vec<String> {
    let mut out = Vec::new();
    for sentence in read.iter().filter(|read| read.turn.by == Party::Person).flat_map(|read| &read.sentences) {
        if !sentence.question && promises(sentence.text) && !fills(sentence.text) {
            add(&mut out, sentence.text);
        }
    }
    out
}

fn do_not_ask(read: &[Read<'_>]) -> Vec<String> {
    let mut out = Vec::new();
    for (at, asked) in read.iter().enumerate().filter(|(_, read)| read.turn.by != Party::Customer) {
        let Some(answer) = read.get(at + 1).filter(|next| next.turn.by == Party::Customer) else { continue };
        // A question back is no answer.
        if answer.sentences.last().is_none_or(|last| last.question) {
            continue;
        }
        for question in asked.sentences.iter().filter(|sentence| sentence.question && !small_talk(sentence.text)) {
            add(&mut out, question.text);
        }
    }
    out
}

#[cfg(test)]
mod tests;
