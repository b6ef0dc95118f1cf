//! A text as short segments of tagged items, in one language.

use crate::Lang;
use crate::fold::{Folded, Kind};
use crate::lexicon::{Class, Classes, LEXICON, Match};

/// A segment is cut here even without punctuation, which bounds what a frame looks at.
const LONGEST_SEGMENT: usize = 60;
/// So many unknown words of a text are tried for typing errors.
const TYPOS_TRIED: usize = 400;

/// One word or phrase of the text, with what it does. `from..to` are token indices.
#[derive(Clone, Copy, Debug)]
pub(super) struct Item {
    pub(super) classes: Classes,
    pub(super) number: bool,
    pub(super) from: usize,
    pub(super) to: usize,
}

impl Item {
    pub(super) fn is(&self, class: Class) -> bool {
        self.classes.has(class)
    }

    pub(super) fn is_any(&self, classes: Classes) -> bool {
        self.classes.meets(classes)
    }

    pub(super) fn is_unknown(&self) -> bool {
        self.classes.is_none() && !self.number
    }
}

/// A stretch of items without a sentence end in it.
pub(super) struct Segment<'a> {
    pub(super) items: &'a [Item],
    pub(super) lang: Lang,
    /// It ends with a question mark.
    pub(super) question: bool,
}

impl Segment<'_> {
    pub(super) fn unknown_words(&self) -> usize {
        self.items.iter().filter(|i| i.is_unknown() || i.is(Class::Word)).count()
    }
}

/// The items of one language, left to right, longest entry first. Marks between words stay out; `cut` sees them in the
/// gaps of the token indices.
pub(super) fn tag(folded: &Folded, matches: &[[Option<Match>; 12]], lang: Lang) -> Vec<Item> {
    let mut items = Vec::with_capacity(folded.tokens.len());
    let quoted = quoted(folded);
    let mut typos_left = TYPOS_TRIED;
    let mut at = 0;
    while at < folded.tokens.len() {
        let token = &folded.tokens[at];
        if !token.is_word() || quoted.iter().any(|&(from, to)| (from..to).contains(&at)) {
            at += 1;
            continue;
        }
        let (classes, tokens) = match matches[at][lang.index()] {
            Some(found) => (found.classes, found.tokens),
            None if token.kind == Kind::Number => (Classes::default(), 1),
            None => {
                let known_elsewhere = lang != Lang::En && matches[at][Lang::En.index()].is_some();
                let near = if token.kind == Kind::Word && typos_left > 0 && !known_elsewhere && lang.is_latin() {
                    typos_left -= 1;
                    LEXICON.near(lang, folded.text_of(token))
                } else {
                    None
                };
                (near.unwrap_or_default(), 1)
            }
        };
        let number = token.kind == Kind::Number && classes.is_none();
        items.push(Item { classes, number, from: at, to: at + tokens });
        at += tokens;
    }
    items
}

/// Token ranges within a pair of double quotation marks, where enough is said outside of them: what a customer quotes
/// ("the page says “talk to an agent”") is not what they ask. A text that is all quotation is read as it stands.
fn quoted(folded: &Folded) -> Vec<(usize, usize)> {
    let marks: Vec<usize> =
        folded.tokens.iter().enumerate().filter(|(_, t)| t.kind == Kind::Quote).map(|(i, _)| i).take(16).collect();
    let ranges: Vec<(usize, usize)> = marks.chunks_exact(2).map(|pair| (pair[0], pair[1])).collect();
    let inside: usize = ranges.iter().map(|(from, to)| to - from - 1).sum();
    let words = folded.tokens.iter().filter(|t| t.is_word()).count();
    if words.saturating_sub(inside) >= 3 { ranges } else { Vec::new() }
}

/// Cuts items into segments: at the ends of sentences, at commas (unless what follows belongs to what came before), at
/// *but*, and at the longest length.
pub(super) fn cut<'a>(folded: &'a Folded, items: &'a [Item], lang: Lang) -> impl Iterator<Item = Segment<'a>> {
    let mut from = 0;
    std::iter::from_fn(move || {
        while from < items.len() && items[from].is(Class::But) {
            from += 1;
        }
        if from >= items.len() {
            return None;
        }
        let mut to = from + 1;
        let mut question = false;
        while to < items.len() && to - from < LONGEST_SEGMENT && !items[to].is(Class::But) {
            let marks = &folded.tokens[items[to - 1].to..items[to].from];
            if marks.iter().any(|t| matches!(t.kind, Kind::Hard | Kind::Question | Kind::Symbol)) {
                break;
            }
            if marks.iter().any(|t| t.kind == Kind::Soft) && !items[to].is(Class::Rel) {
                break;
            }
            to += 1;
        }
        if let Some(mark) = folded.tokens.get(items[to - 1].to) {
            question = mark.kind == Kind::Question;
        }
        let segment = Segment { items: &items[from..to], lang, question };
        from = to;
        Some(segment)
    })
}
