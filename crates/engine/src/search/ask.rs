//! What people type into the search: words, "phrases", -without, by:, tag:, inbox:, ref:.

use super::Search;
use super::words::{Forms, Word, words};
use baton_core::limits;
use baton_kit::search::By;
use std::collections::BTreeSet;
use std::ops::Range;

/// Why a question cannot be answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Wrong {
    /// Nothing to look for.
    #[error("Write at least one word, or a filter such as tag:NAME.")]
    Empty,
    /// Only words that must not be there.
    #[error("Write at least one word that is to be there beside those that are not.")]
    OnlyWithout,
    /// Longer than [`limits::SEARCH_CHARS`].
    #[error("A search may have at most {} characters.", limits::SEARCH_CHARS)]
    TooLong,
    /// More than [`limits::SEARCH_TERMS`].
    #[error("A search may have at most {} words and phrases.", limits::SEARCH_TERMS)]
    TooMany,
    /// An unknown party.
    #[error("by: knows customer, bot and agent.")]
    By,
}

/// One word of a question, and the forms in which it is found.
#[derive(Clone, Debug)]
pub(crate) struct AskedWord {
    pub(crate) word: Word,
    pub(crate) forms: BTreeSet<String>,
}

/// A word, or words that stand one after another.
#[derive(Clone, Debug)]
pub(crate) struct Term {
    /// At least one.
    pub(crate) words: Vec<AskedWord>,
    /// In quotation marks: as written, endings too.
    pub(crate) exact: bool,
    /// Where in the question.
    pub(crate) range: Range<usize>,
}

/// A question as it was understood.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    pub(crate) text: String,
    pub(crate) terms: Vec<Term>,
    pub(crate) without: Vec<Term>,
    /// Whose words.
    pub by: Option<By>,
    /// Names of tags.
    pub tags: Vec<String>,
    /// Slugs of inboxes.
    pub inboxes: Vec<String>,
    /// Short names of conversations.
    pub references: Vec<String>,
}

impl Asked {
    /// Words are asked for, not only filters.
    pub fn has_words(&self) -> bool {
        !self.terms.is_empty()
    }

    /// The index alone cannot tell: words must stand one after another.
    pub fn has_phrases(&self) -> bool {
        self.terms.iter().any(|term| term.words.len() > 1)
    }
}

impl Search {
    /// Reads a question.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(&self, text: &str) -> Result<Asked, Wrong> {
        parse(&self.forms, text)
    }
}

/// One piece of a question: what stands before the colon, what after it, whether it is in quotation marks.
struct Chunk<'t> {
    minus: bool,
    name: Option<&'t str>,
    range: Range<usize>,
    quoted: bool,
}

const NAMES: [&str; 4] = ["by", "tag", "inbox", "ref"];
/// Quotation marks that open, and the one that closes it.
const QUOTES: [(char, char); 5] = [('"', '"'), ('“', '”'), ('„', '“'), ('«', '»'), ('「', '」')];

fn chunks(text: &str) -> Vec<Chunk<'_>> {
    let mut out = Vec::new();
    let mut at = 0;
    while let Some(skip) = text[at..].find(|c: char| !c.is_whitespace()) {
        at += skip;
        let mut rest = &text[at..];
        let minus = rest.strip_prefix(['-', '−']).filter(|rest| rest.starts_with(|c: char| !c.is_whitespace()));
        if let Some(after) = minus {
            at += rest.len() - after.len();
            rest = after;
        }
        let mut name = None;
        if let Some((before, after)) = rest.split_once(':')
            && let Some(known) = NAMES.iter().find(|known| known.eq_ignore_ascii_case(before))
            && after.starts_with(|c: char| !c.is_whitespace())
        {
            name = Some(*known);
            at += rest.len() - after.len();
            rest = after;
        }
        let quote = rest.chars().next().and_then(|c| QUOTES.iter().find(|(open, _)| *open == c));
        let (range, quoted, end) = match quote {
            // A quotation mark that nobody closed counts to the end.
            Some((open, close)) => {
                let from = at + open.len_utf8();
                let to = text[from..].find(*close).map_or(text.len(), |length| from + length);
                (from..to, true, (to + close.len_utf8()).min(text.len()))
            }
            None => {
                let to = at + rest.find(char::is_whitespace).unwrap_or(rest.len());
                (at..to, false, to)
            }
        };
        // An end that is not in the text: the closing mark is longer than what is left.
        at = if text.is_char_boundary(end) { end } else { text.len() };
        out.push(Chunk { minus: minus.is_some(), name, range, quoted });
    }
    out
}

fn parse(forms: &Forms, text: &str) -> Result<Asked, Wrong> {
    if text.chars().count() > limits::SEARCH_CHARS {
        return Err(Wrong::TooLong);
    }
    let mut asked = Asked { text: text.to_owned(), ..Asked::default() };
    for Chunk { minus, name, range, quoted } in chunks(text) {
        let said = text[range.clone()].trim();
        match name {
            Some(_) if said.is_empty() => {}
            Some("by") => {
                asked.by = Some(match said.to_lowercase().as_str() {
                    "customer" => By::Customer,
                    "bot" => By::Bot,
                    "agent" => By::Person,
                    _ => return Err(Wrong::By),
                });
            }
            Some("tag") => asked.tags.push(said.to_owned()),
            Some("inbox") => asked.inboxes.push(said.to_owned()),
            Some(_) => asked.references.push(said.to_uppercase()),
            None => {
                let words: Vec<AskedWord> = words(&text[range.clone()])
                    .into_iter()
                    .map(|word| AskedWord { forms: forms.asked(&word), word })
                    .collect();
                if words.is_empty() {
                    continue;
                }
                let term = Term { words, exact: quoted, range };
                if minus { asked.without.push(term) } else { asked.terms.push(term) }
            }
        }
    }
    let filters = !asked.tags.is_empty() || !asked.inboxes.is_empty() || !asked.references.is_empty();
    match (asked.terms.len(), asked.without.len()) {
        (terms, without) if terms + without > limits::SEARCH_TERMS => Err(Wrong::TooMany),
        (0, 0) if !filters => Err(Wrong::Empty),
        (0, 1..) if !filters => Err(Wrong::OnlyWithout),
        _ => Ok(asked),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Asked, Wrong> {
        parse(&Forms::default(), text)
    }

    fn terms(asked: &[Term]) -> Vec<String> {
        let of = |term: &Term| term.words.iter().map(|word| word.word.folded.as_str()).collect::<Vec<_>>().join(" ");
        asked.iter().map(of).collect()
    }

    #[test]
    fn a_question_is_words_phrases_exclusions_and_filters() {
        let asked =
            read("Berlin \"money back\" -spam by:customer tag:vip tag:\"two words\" inbox:shop ref:b-7k2q").unwrap();
        assert_eq!(terms(&asked.terms), ["berlin", "money back"]);
        assert_eq!(terms(&asked.without), ["spam"]);
        assert_eq!(
            (asked.by, asked.tags, asked.inboxes),
            (Some(By::Customer), vec!["vip".into(), "two words".into()], vec!["shop".into()])
        );
        assert_eq!(asked.references, ["B-7K2Q"]);
        assert!(asked.terms[1].exact && !asked.terms[0].exact);
    }

    #[test]
    fn what_only_looks_like_syntax_is_words() {
        assert_eq!(
            terms(&read("12:30 https://shop.example by: - 4711-22").unwrap().terms),
            ["12 30", "https shop example", "by", "4711 22"]
        );
        assert_eq!(terms(&read("\"never closed").unwrap().terms), ["never closed"]);
        assert_eq!(terms(&read("„Geld zurück“ «remboursé»").unwrap().terms), ["geld zuruck", "rembourse"]);
        assert_eq!(terms(&read("返金したい").unwrap().terms), ["返 金 し た い"]);
        assert_eq!(terms(&read("a 👍 …").unwrap().terms), ["a"]);
    }

    #[test]
    fn a_question_without_an_answer_is_refused() {
        for (text, wrong) in [
            ("", Wrong::Empty),
            (" \" ", Wrong::Empty),
            ("👍", Wrong::Empty),
            ("-spam", Wrong::OnlyWithout),
            ("by:customer", Wrong::Empty),
            ("hello by:nobody", Wrong::By),
        ] {
            assert_eq!(read(text).unwrap_err(), wrong, "{text}");
        }
        assert_eq!(read(&"x".repeat(limits::SEARCH_CHARS + 1)).unwrap_err(), Wrong::TooLong);
        assert_eq!(read(&"x ".repeat(limits::SEARCH_TERMS + 1)).unwrap_err(), Wrong::TooMany);
        assert!(read("-spam tag:vip").is_ok());
    }
}
