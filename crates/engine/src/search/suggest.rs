//! "Did you mean …": words that at least three conversations have, kept sealed. A word comes in when it has been seen in
//! so many, and is offered only while the index still says so; a name that one customer has is never among them.

use super::Search;
use super::ask::Asked;
use super::words::{Word, suggestible, words};
use crate::Error;
use baton_core::event::{Stream, open, seal};
use baton_core::ids::ConversationId;
use baton_core::limits;
use baton_kit::search::{FEWEST, Token};
use std::collections::HashMap;
use std::sync::PoisonError;

/// Words that are counted before they are many enough; forgotten when there are more.
const COUNTED: usize = 4 * limits::SEARCH_WORDS;
/// Suggestions that are looked at.
const MOST: usize = 3;
/// Sealed words have lengths in steps, so that the length tells little.
const STEP: usize = 32;

/// Words that can be suggested, and words that are being counted.
#[derive(Default)]
pub(crate) struct Known {
    /// Lower case and folded; empty until they were read.
    words: HashMap<Token, (String, String)>,
    /// The conversation that had it last, and how often that changed.
    counted: HashMap<Token, (ConversationId, u32)>,
    read: bool,
}

/// A question with one word spelt otherwise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suggestion {
    /// The word.
    pub word: String,
    /// The whole question with it.
    pub question: String,
}

impl Search {
    /// Counts a word that somebody said. The word comes back when it may now be common enough to be kept.
    pub(crate) fn count(&self, token: Token, word: &Word, of: ConversationId) -> Option<(Token, String)> {
        if !suggestible(word) {
            return None;
        }
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.words.contains_key(&token) || known.words.len() >= limits::SEARCH_WORDS {
            return None;
        }
        if known.counted.len() >= COUNTED {
            known.counted.clear();
        }
        let (last, times) = known.counted.entry(token).or_insert((of, 1));
        if *last != of {
            (*last, *times) = (of, *times + 1);
        }
        if *times < FEWEST {
            return None;
        }
        known.counted.remove(&token);
        Some((token, word.lower.clone()))
    }

    /// Keeps those of these words that are common enough.
    pub(crate) async fn keep(&self, words: Vec<(Token, String)>) -> Result<(), Error> {
        if words.is_empty() {
            return Ok(());
        }
        let spread = self.index.spread(words.iter().map(|(token, _)| *token).collect(), FEWEST).await?;
        let common: Vec<_> = words.into_iter().zip(spread).filter(|(_, spread)| *spread >= FEWEST).collect();
        let sealed = common.iter().map(|((token, word), _)| (*token, self.seal(*token, word))).collect();
        self.index.keep_words(sealed).await?;
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.words.extend(common.into_iter().map(|((token, word), _)| (token, both(word))));
        Ok(())
    }

    fn place(&self, token: Token) -> (uuid::Uuid, Stream, u64, &'static str, u16) {
        (self.engine.store.identity().workspace, Stream::Workspace, token.0, "search-word", 1)
    }

    fn seal(&self, token: Token, word: &str) -> Vec<u8> {
        let mut plain = word.as_bytes().to_vec();
        plain.resize(plain.len().div_ceil(STEP) * STEP, 0);
        seal(&self.word_key, self.engine.keyring.nonce(), self.place(token), &plain)
    }

    /// Reads the words once.
    pub(crate) async fn read_words(&self) -> Result<(), Error> {
        if self.known.lock().unwrap_or_else(PoisonError::into_inner).read {
            return Ok(());
        }
        let mut words = HashMap::new();
        for (token, sealed) in self.index.words().await? {
            // One that does not open was made under another master key, and is of no use.
            let Ok(plain) = open(&self.word_key, self.place(token), &sealed) else { continue };
            if let Ok(word) = String::from_utf8(plain) {
                words.insert(token, both(word.trim_end_matches('\0').to_owned()));
            }
        }
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.read = true;
        known.words.extend(words);
        Ok(())
    }

    /// What else could have been meant: questions in which one word that nobody said is replaced by one that many said.
    ///
    /// # Errors
    /// The index's own.
    pub async fn suggest(&self, asked: &Asked) -> Result<Vec<Suggestion>, Error> {
        self.read_words().await?;
        for term in asked.terms.iter().filter(|term| term.words.len() == 1 && !term.exact) {
            let word = &term.words[0];
            let forms = word.forms.iter().map(|form| self.token(form)).collect();
            let said = self.index.spread(forms, 1).await?.iter().any(|spread| *spread > 0);
            if said || !suggestible(&word.word) {
                continue;
            }
            let near = self.near(&word.word.folded);
            let spread = self.index.spread(near.iter().map(|(_, token, _)| *token).collect(), u32::MAX).await?;
            let mut near: Vec<_> = near.into_iter().zip(spread).filter(|(_, spread)| *spread >= FEWEST).collect();
            near.sort_by(|((one, _, _), often), ((other, _, _), less)| one.cmp(other).then(less.cmp(often)));
            near.truncate(MOST);
            let question = |word: &str| {
                let mut text = asked.text.clone();
                text.replace_range(term.range.clone(), word);
                text
            };
            return Ok(near
                .into_iter()
                .map(|((_, _, word), _)| Suggestion { question: question(&word), word })
                .collect());
        }
        Ok(Vec::new())
    }

    /// Known words within one or two changes, the nearest first; not more than the index is to be asked about.
    fn near(&self, folded: &str) -> Vec<(usize, Token, String)> {
        let asked: Vec<char> = folded.chars().collect();
        let most = if asked.len() <= 5 { 1 } else { 2 };
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let mut out: Vec<_> = known
            .words
            .iter()
            .filter_map(|(token, (lower, folded))| {
                distance(&asked, folded, most).map(|distance| (distance, *token, lower.clone()))
            })
            .collect();
        out.sort();
        out.truncate(16);
        out
    }
}

/// A word in lower case, and folded.
fn both(lower: String) -> (String, String) {
    let folded = words(&lower).pop().map_or_else(|| lower.clone(), |word| word.folded);
    (lower, folded)
}

/// Letters left out, added, changed or swapped with their neighbour; `None`: more than `most`, or none.
fn distance(one: &[char], other: &str, most: usize) -> Option<usize> {
    let other: Vec<char> = other.chars().collect();
    if one.len().abs_diff(other.len()) > most {
        return None;
    }
    let (mut before, mut last) = (Vec::new(), (0..=other.len()).collect::<Vec<usize>>());
    for (i, a) in one.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, b) in other.iter().enumerate() {
            let mut best = (last[j] + usize::from(a != b)).min(last[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && *a == other[j - 1] && one[i - 1] == *b {
                best = best.min(before[j - 1] + 1);
            }
            row.push(best);
        }
        if row.iter().all(|so_far| *so_far > most) {
            return None;
        }
        before = std::mem::replace(&mut last, row);
    }
    last.last().copied().filter(|distance| (1..=most).contains(distance))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_the_finger_is_one_change() {
        for (typed, meant, expected) in [
            ("refnud", "refund", Some(1)),
            ("refun", "refund", Some(1)),
            ("reffund", "refund", Some(1)),
            ("rufund", "refund", Some(1)),
            ("rfeudn", "refund", Some(2)),
            ("refund", "refund", None),
            ("return", "refund", None),
            ("berlin", "refund", None),
        ] {
            let typed: Vec<char> = typed.chars().collect();
            assert_eq!(distance(&typed, meant, 2), expected, "{typed:?} {meant}");
        }
    }
}
