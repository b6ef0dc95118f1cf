//! Opens what was found, looks whether the words are there, and shows where.

use super::ask::{Asked, AskedWord, Term};
use super::snippet::{Piece, snippet};
use super::words::{Forms, Word, words};
use super::{Narrow, Search, texts};
use crate::Error;
use crate::query::Opened;
use baton_core::actor::Actor;
use baton_core::ids::Ms;
use baton_core::limits;
use baton_core::permission::Permit;
use baton_kit::search::Found;
use std::collections::{BTreeSet, HashMap};
use std::ops::Range;

/// An event in which something stands that was looked for.
#[derive(Clone, Debug)]
pub struct Hit {
    /// Which.
    pub seq: u64,
    /// When.
    pub at: Ms,
    /// Who.
    pub by: Actor,
    /// The part of its text around the first hit.
    pub snippet: Vec<Piece>,
}

/// Compares words of texts with those that are asked for, and remembers what it has worked out.
#[derive(Default)]
pub(crate) struct Matcher(HashMap<String, BTreeSet<String>>);

impl Matcher {
    fn meets(&mut self, forms: &Forms, asked: &AskedWord, word: &Word, exact: bool) -> bool {
        if asked.word.folded == word.folded {
            return true;
        }
        if exact || word.dense {
            return false;
        }
        if asked.forms.contains(&word.folded) {
            return true;
        }
        // Endings change, beginnings do not; only Arabic has both.
        let first = word.folded.chars().next();
        if first.is_some_and(|c| c.is_ascii()) && !asked.forms.iter().any(|form| form.chars().next() == first) {
            return false;
        }
        let of = self.0.entry(word.lower.clone()).or_insert_with(|| forms.opened(word));
        !of.is_disjoint(&asked.forms)
    }

    /// Where a term stands among these words.
    fn places(&mut self, forms: &Forms, term: &Term, words: &[Word]) -> Vec<Range<usize>> {
        let length = term.words.len();
        let mut out = Vec::new();
        for run in words.windows(length) {
            if term.words.iter().zip(run).all(|(asked, word)| self.meets(forms, asked, word, term.exact)) {
                out.extend(run.first().zip(run.last()).map(|(first, last)| first.range.start..last.range.end));
            }
        }
        out
    }
}

impl Search {
    /// Opens the events of a candidate. `None`: the words are not there, or not for anybody to read any more.
    ///
    /// # Errors
    /// The store's own.
    pub async fn hits(
        &self,
        permit: &Permit,
        asked: &Asked,
        narrow: &Narrow,
        found: &Found,
    ) -> Result<Option<Vec<Hit>>, Error> {
        let mut missing: BTreeSet<usize> = (0..asked.terms.len()).collect();
        let (mut hits, mut matcher) = (Vec::new(), Matcher::default());
        for seq in found.seqs.iter().take(limits::SEARCH_OPENED) {
            if missing.is_empty() && hits.len() >= limits::SEARCH_HITS {
                break;
            }
            let Some(opened) = self.engine.event(permit, found.conversation, *seq).await? else { continue };
            if let Some((hit, met)) = self.hit(asked, narrow, &opened, &mut matcher) {
                let before = missing.len();
                missing.retain(|term| !met.contains(term));
                let news = missing.len() < before;
                // An event with a word that no other has is worth more than one more with the same.
                if hits.len() < limits::SEARCH_HITS {
                    hits.push(hit);
                } else if news {
                    hits.pop();
                    hits.push(hit);
                }
            }
        }
        Ok(missing.is_empty().then_some(hits))
    }

    /// The first text of an event in which most terms stand, and which these are.
    fn hit(
        &self,
        asked: &Asked,
        narrow: &Narrow,
        opened: &Opened,
        matcher: &mut Matcher,
    ) -> Option<(Hit, BTreeSet<usize>)> {
        let header = &opened.header;
        let late = narrow.from.is_some_and(|from| header.at < from) || narrow.to.is_some_and(|to| header.at > to);
        if late || narrow.by.or(asked.by).is_some_and(|by| by != texts::by(&header.actor)) {
            return None;
        }
        let (mut best, mut met): (Option<(usize, Vec<Piece>)>, BTreeSet<usize>) = (None, BTreeSet::new());
        for text in texts::texts(opened) {
            let words = words(&text);
            let (mut places, mut terms) = (Vec::new(), 0);
            for (at, term) in asked.terms.iter().enumerate() {
                let here = matcher.places(&self.forms, term, &words);
                if !here.is_empty() {
                    met.insert(at);
                    terms += 1;
                    places.extend(here);
                }
            }
            if terms > best.as_ref().map_or(0, |(most, _)| *most) {
                best = Some((terms, snippet(&text, places)));
            }
        }
        let (_, snippet) = best?;
        Some((Hit { seq: header.seq, at: header.at, by: header.actor, snippet }, met))
    }
}
