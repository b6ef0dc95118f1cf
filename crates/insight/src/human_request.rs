//! Does this turn ask for a person?
//!
//! A reading by rules, so that an administrator can be told why: the words of a language's list are tagged with what they
//! do (a person, a wish, a verb of speaking, a refusal, …), and a handful of frames, the same for all languages, say which
//! arrangements of them are a request. What looks like one and is none has a name of its own: a refusal ("no agent
//! needed"), a question about who answers ("are you a human?"), a mention ("my travel agent booked the wrong date").
//!
//! The cost is linear in the text: it is cut into short segments, and each is read once per language that it may be in.

mod aside;
mod commands;
mod frames;
mod segments;

use std::ops::Range;

use serde::Serialize;

use crate::Lang;
use crate::fold::{Folded, Kind, Token, fold};
use crate::lexicon::{Class, Classes, LEXICON, Match};

pub use commands::{commands, short_word};

/// From this score on, a turn asks for a person.
pub const ASKED_FROM_MILLIONTHS: u32 = 600_000;

/// What a turn says about a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Reading {
    /// It asks for one.
    Request,
    /// It says that none is wanted.
    Refusal,
    /// It asks whether a person or a machine answers.
    NatureQuestion,
    /// It speaks of one without asking for one.
    Mention,
    /// Nothing of this kind.
    None,
}

/// Words of the turn that led to the reading.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Evidence {
    /// Where they stand, in bytes of the text.
    pub range: Range<usize>,
    /// The words as the customer wrote them.
    pub words: String,
}

/// The reading of one turn.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Detection {
    /// Whether the turn asks for a person; the same as `reading == Reading::Request`.
    pub asked: bool,
    /// What was read.
    pub reading: Reading,
    /// How sure the strongest frame is, in millionths; [`ASKED_FROM_MILLIONTHS`] is the line.
    pub score_millionths: u32,
    /// The words behind the reading, in the order of the text; empty when nothing was read.
    pub evidence: Vec<Evidence>,
    /// The language whose lists led to the reading.
    pub language: Lang,
    /// The stable name of the rule, for logs and pages.
    pub rule: &'static str,
}

/// What a segment or a text was read as, before it is put into words.
struct Verdict {
    reading: Reading,
    points: u32,
    rule: &'static str,
    /// Token indices: from, to (exclusive).
    spans: Vec<(usize, usize)>,
}

/// Reads one turn. `hint` is the language of the conversation, where it is known; it decides between languages that
/// explain the words equally well, and never hides a request made in another language.
pub fn detect(text: &str, hint: Option<Lang>) -> Detection {
    if let Some((range, lang)) = commands::command(text, hint) {
        return certain(text, range, lang, "command");
    }
    let folded = fold(text);
    if let Some(lang) = commands::only_short_word(&folded, hint) {
        let mut said = folded.tokens.iter().filter(|t| t.is_word()).map(Token::source);
        let first = said.next().unwrap_or_default();
        let end = said.next_back().map_or(first.end, |last| last.end);
        return certain(text, first.start..end, lang, "short_word");
    }
    let matches: Vec<[Option<Match>; 12]> =
        (0..folded.tokens.len()).map(|i| LEXICON.matches(&folded, &folded.tokens[i..])).collect();
    let candidates = candidates(text, &folded, &matches, hint);
    let mut best: Option<(Lang, Verdict)> = None;
    for lang in candidates.iter().copied() {
        let verdict = read(&folded, &matches, lang);
        // The first language that reads anything decides; one that explains the words less well must not overrule it.
        if verdict.reading != Reading::None {
            best = Some((lang, verdict));
            break;
        }
    }
    let language = candidates.first().copied().or(hint).unwrap_or(Lang::En);
    let (language, verdict) =
        best.unwrap_or((language, Verdict { reading: Reading::None, points: 0, rule: "nothing", spans: Vec::new() }));
    let evidence = verdict
        .spans
        .iter()
        .filter_map(|&(from, to)| {
            let range = folded.tokens.get(from)?.source().start..folded.tokens.get(to.checked_sub(1)?)?.source().end;
            let words = text.get(range.clone())?.to_owned();
            Some(Evidence { range, words })
        })
        .collect();
    Detection {
        asked: verdict.reading == Reading::Request,
        reading: verdict.reading,
        score_millionths: verdict.points * 10_000,
        evidence,
        language,
        rule: verdict.rule,
    }
}

fn certain(text: &str, range: Range<usize>, language: Lang, rule: &'static str) -> Detection {
    let words = text.get(range.clone()).unwrap_or_default().to_owned();
    Detection {
        asked: true,
        reading: Reading::Request,
        score_millionths: 1_000_000,
        evidence: vec![Evidence { range, words }],
        language,
        rule,
    }
}

/// The languages that explain at least half as many words as the best one does, best first.
fn candidates(text: &str, folded: &Folded, matches: &[[Option<Match>; 12]], hint: Option<Lang>) -> Vec<Lang> {
    let mut known = [0usize; 12];
    let mut covered_to = [0usize; 12];
    for (at, row) in matches.iter().enumerate() {
        for (lang, found) in row.iter().enumerate() {
            let Some(found) = found else { continue };
            let end = at + found.tokens;
            // Words of weight count double: "operator" says more about the language of a wish than "a".
            let weight =
                if found.classes.is_within(Classes::of(&[Class::Thin, Class::Def, Class::Word])) { 1 } else { 2 };
            known[lang] += weight * (end.saturating_sub(covered_to[lang].max(at)));
            covered_to[lang] = covered_to[lang].max(end);
        }
    }
    let has_kana = folded
        .tokens
        .iter()
        .any(|t| t.kind == Kind::Char && folded.text_of(t).chars().next().is_some_and(crate::fold::is_kana));
    let best = known.iter().copied().max().unwrap_or(0);
    if best == 0 {
        return hint.into_iter().collect();
    }
    let mut langs: Vec<Lang> = Lang::ALL
        .into_iter()
        .filter(|lang| known[lang.index()] * 2 >= best && known[lang.index()] > 0)
        .filter(|lang| !(has_kana && *lang == Lang::Zh))
        // Without kana it is Chinese, unless the conversation is Japanese or the Japanese list explains more.
        .filter(|lang| {
            let rather_chinese = known[Lang::Zh.index()] >= known[Lang::Ja.index()] && known[Lang::Zh.index()] > 0;
            *lang != Lang::Ja || has_kana || hint == Some(Lang::Ja) || !(hint == Some(Lang::Zh) || rather_chinese)
        })
        .collect();
    langs.sort_by_key(|lang| (std::cmp::Reverse(known[lang.index()]), Some(*lang) != hint, lang.index()));
    if langs.len() > 1 && known[langs[0].index()] == known[langs[1].index()] && Some(langs[0]) != hint {
        let guess = crate::language::guess(text);
        langs.sort_by_key(|lang| (std::cmp::Reverse(known[lang.index()]), Some(*lang) != hint, Some(*lang) != guess));
    }
    langs
}

fn read(folded: &Folded, matches: &[[Option<Match>; 12]], lang: Lang) -> Verdict {
    let items = segments::tag(folded, matches, lang);
    let mut whole = Verdict { reading: Reading::None, points: 0, rule: "nothing", spans: Vec::new() };
    for segment in segments::cut(folded, &items, lang) {
        let verdict = frames::read(&segment);
        let wins = match (whole.reading, verdict.reading) {
            (_, Reading::None) => false,
            (Reading::Request, Reading::Request) => verdict.points > whole.points,
            // "Agent please. No, wait, no agent needed." A rant that refuses something on its way takes nothing back.
            (Reading::Request, Reading::Refusal) => segment.unknown_words() <= 2,
            (Reading::Request, _) => false,
            (_, Reading::Request) => true,
            (Reading::Refusal, _) => false,
            (_, Reading::Refusal) => true,
            (Reading::NatureQuestion, _) => false,
            (_, Reading::NatureQuestion) => true,
            (Reading::Mention, Reading::Mention) => false,
            (Reading::None, Reading::Mention) => true,
        };
        if wins {
            whole = verdict;
        }
    }
    whole
}
