//! Where something stands in a text that nobody should keep: numbers of payment cards, bank accounts, the house's own
//! patterns. Pure, and linear in the length of the text.
//!
//! A card is 12 to 19 digits, written together or in groups with one space, dash or dot between them, that begins as one
//! of the card networks' numbers does, has one of that network's lengths and passes the Luhn check. What is part of a
//! longer run of letters or digits is no card: an order number, a hash, a blob's name. A bank account (IBAN) has the length
//! of its country and passes the check modulo 97.

mod card;
mod iban;

use regex::{Regex, RegexBuilder};
use std::ops::Range;

/// What to look for.
#[derive(Clone, Copy, Debug, Default)]
pub struct Wanted<'a> {
    /// Numbers of payment cards.
    pub cards: bool,
    /// Bank accounts.
    pub ibans: bool,
    /// The house's own.
    pub patterns: &'a [Compiled],
}

/// A pattern that is ready.
#[derive(Clone, Debug)]
pub struct Compiled {
    name: String,
    regex: Regex,
}

/// Why a pattern is not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    /// It is no regular expression, or one of a kind that can take long: look-around, back-references.
    #[error("it is not a regular expression that can be used here: {0}")]
    Malformed(String),
    /// It takes more memory than it may.
    #[error("it is too large")]
    TooLarge,
    /// It fits where nothing stands, so it would be found everywhere.
    #[error("it also fits an empty text")]
    Empty,
}

impl Compiled {
    /// Makes a pattern ready. `bytes` bounds what it may take.
    ///
    /// # Errors
    /// It cannot be used.
    pub fn new(name: &str, pattern: &str, bytes: usize) -> Result<Self, Unfit> {
        let built = RegexBuilder::new(pattern).size_limit(bytes).dfa_size_limit(4 * bytes).nest_limit(50).build();
        let regex = built.map_err(|error| match error {
            regex::Error::CompiledTooBig(_) => Unfit::TooLarge,
            other => Unfit::Malformed(other.to_string().lines().last().unwrap_or_default().trim().to_owned()),
        })?;
        if regex.is_match("") {
            return Err(Unfit::Empty);
        }
        Ok(Self { name: name.to_owned(), regex })
    }
}

/// Something that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Where, in bytes.
    pub range: Range<usize>,
    /// What a person reads instead.
    pub token: String,
}

/// Everything wanted that stands in this text, in order, none within another.
pub fn find(text: &str, wanted: Wanted<'_>) -> Vec<Found> {
    let mut out: Vec<Found> = Vec::new();
    // Nearly every message has fewer digits than the shortest of these.
    if (wanted.cards || wanted.ibans) && text.bytes().filter(u8::is_ascii_digit).count() >= iban::FEWEST_DIGITS
        || !text.is_ascii()
    {
        let read = Folded::of(text);
        if wanted.cards {
            card::find(&read, &mut out);
        }
        if wanted.ibans {
            iban::find(&read, &mut out);
        }
    }
    for pattern in wanted.patterns {
        let found = pattern.regex.find_iter(text).filter(|found| !found.is_empty());
        out.extend(found.map(|found| Found { range: found.range(), token: format!("[{}]", pattern.name) }));
    }
    // Of two that overlap, the one that begins first stands, and it takes in all that the other covers.
    out.sort_by(|a, b| a.range.start.cmp(&b.range.start).then(b.range.end.cmp(&a.range.end)));
    let mut apart: Vec<Found> = Vec::with_capacity(out.len());
    for found in out {
        match apart.last_mut() {
            Some(last) if found.range.start < last.range.end => last.range.end = last.range.end.max(found.range.end),
            _ => apart.push(found),
        }
    }
    apart
}

/// A text as letters and digits of one kind: full-width and other digits count as what they say, white space that cannot be
/// seen does not hide a number.
struct Folded {
    /// Each character with where it begins in the text.
    chars: Vec<(usize, char)>,
    /// Where the text ends.
    end: usize,
}

impl Folded {
    fn of(text: &str) -> Self {
        let chars = text.char_indices().filter_map(|(at, c)| Some((at, fold(c)?))).collect();
        Self { chars, end: text.len() }
    }

    fn char(&self, at: usize) -> Option<char> {
        self.chars.get(at).map(|(_, c)| *c)
    }

    /// From one character up to, and with, another one.
    fn range(&self, first: usize, last: usize) -> Range<usize> {
        let end = self.chars.get(last + 1).map_or(self.end, |(at, _)| *at);
        // What is invisible between the last digit and the next character stays outside.
        self.chars[first].0..end
    }
}

fn fold(c: char) -> Option<char> {
    const ZEROS: [u32; 12] =
        [0x660, 0x6f0, 0x7c0, 0x966, 0x9e6, 0xa66, 0xae6, 0xe50, 0xff10, 0x1d7ce, 0x1d7d8, 0x1d7f6];
    if c.is_ascii() {
        return Some(c);
    }
    match c {
        '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' => None,
        '\u{a0}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{3000}' => Some(' '),
        '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{ff0d}' => Some('-'),
        'Ａ'..='Ｚ' => char::from_u32(u32::from(c) - 0xff21 + u32::from('A')),
        _ => {
            let code = u32::from(c);
            let digit = ZEROS.iter().find(|zero| (**zero..**zero + 10).contains(&code));
            Some(digit.and_then(|zero| char::from_digit(code - zero, 10)).unwrap_or(c))
        }
    }
}

/// What may stand between two groups of digits.
fn is_gap(c: char) -> bool {
    matches!(c, ' ' | '-' | '.' | '\u{b7}')
}

#[cfg(test)]
mod tests;
