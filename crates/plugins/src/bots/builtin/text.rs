//! From a customer's words to features: folding, tokens, and hashed n-grams.
//!
//! Nothing here knows a language. Accents, case, digits and punctuation are folded away, scripts without spaces are cut
//! into single characters, and inflection is left to the character n-grams. A long text is cut, never refused.

use unicode_normalization::UnicodeNormalization;

/// Characters of a message that are looked at. A question to a bot is shorter; a pasted letter is not a question.
pub(crate) const MAX_CHARS: usize = 1_200;
/// Tokens of a message that are looked at.
pub(crate) const MAX_TOKENS: usize = 96;
/// Characters of one token that are looked at.
const MAX_TOKEN_CHARS: usize = 32;
/// All numbers are one token: an order number says that there is one, not which question it is.
const NUMBER: &str = "0";

/// The folded tokens of a text, in order.
pub(crate) fn tokens(text: &str) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    let mut word = String::new();
    let mut word_chars = 0;
    // Accents are dropped (people leave them out), then what is left is composed again, so that Hangul and kana with
    // voicing marks stay one character.
    let folded = text
        .chars()
        .take(MAX_CHARS)
        .flat_map(char::to_lowercase)
        .nfkd()
        .filter(|c| !('\u{300}'..='\u{36f}').contains(c))
        .nfc()
        .flat_map(char::to_lowercase);
    for c in folded {
        if out.len() >= MAX_TOKENS {
            break;
        }
        if is_spaceless(c) {
            flush(&mut word, &mut word_chars, &mut out);
            out.push(c.to_string());
        } else if c.is_alphanumeric() {
            if word_chars < MAX_TOKEN_CHARS {
                word.push(c);
                word_chars += 1;
            }
        } else if !is_joiner(c) {
            flush(&mut word, &mut word_chars, &mut out);
        }
    }
    flush(&mut word, &mut word_chars, &mut out);
    out.truncate(MAX_TOKENS);
    out
}

fn flush(word: &mut String, word_chars: &mut usize, out: &mut Vec<String>) {
    *word_chars = 0;
    if word.is_empty() {
        return;
    }
    let word = std::mem::take(word);
    let numeric = word.chars().any(char::is_numeric);
    // "b-7k2q", "00123", "3rd": anything with a digit in it is a number to us.
    let token = if numeric { NUMBER.to_owned() } else { word };
    if numeric && out.last().is_some_and(|last| last == NUMBER) {
        return;
    }
    out.push(token);
}

/// Characters inside a word that nobody sees. An apostrophe parts words ("where's", "l'adresse").
fn is_joiner(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}')
}

/// Han, kana, Thai, Lao, Khmer, Burmese: written without spaces, so each character is a token.
fn is_spaceless(c: char) -> bool {
    matches!(u32::from(c),
        0x0e01..=0x0eff | 0x1000..=0x109f | 0x1780..=0x17ff | 0x3040..=0x30ff | 0x3400..=0x4dbf | 0x4e00..=0x9fff
        | 0xf900..=0xfaff | 0x20000..=0x3ffff)
}

/// What a feature is made of.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Kind {
    Word,
    Pair,
    Chars,
}

/// One feature of a text: its hash, its kind, and the token it comes from.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Feature {
    pub(crate) hash: u64,
    pub(crate) kind: Kind,
    pub(crate) token: u16,
}

/// Words, pairs of neighbours (with the two ends), and 3 to 5 characters inside each word.
pub(crate) fn features(tokens: &[String]) -> Vec<Feature> {
    let mut out = Vec::with_capacity(tokens.len() * 14);
    let mut chars: Vec<char> = Vec::new();
    for (i, token) in tokens.iter().enumerate() {
        let at = u16::try_from(i).unwrap_or(u16::MAX);
        out.push(Feature { hash: word_hash(token), kind: Kind::Word, token: at });
        let before = if i == 0 { "^" } else { tokens[i - 1].as_str() };
        out.push(Feature { hash: pair_hash(before, token), kind: Kind::Pair, token: at });
        if token == NUMBER {
            continue;
        }
        chars.clear();
        chars.push('\u{2}');
        chars.extend(token.chars());
        chars.push('\u{3}');
        for n in 3..=5 {
            for gram in chars.windows(n) {
                out.push(Feature { hash: hash(2, gram.iter().map(|c| u32::from(*c))), kind: Kind::Chars, token: at });
            }
        }
    }
    if let Some(last) = tokens.last() {
        let at = u16::try_from(tokens.len() - 1).unwrap_or(u16::MAX);
        out.push(Feature { hash: pair_hash(last, "$"), kind: Kind::Pair, token: at });
    }
    out
}

/// One number for a whole text, equal for texts that differ only in what folding takes away.
pub(crate) fn whole_hash(tokens: &[String]) -> u64 {
    hash(3, tokens.iter().flat_map(|token| token.chars().chain(std::iter::once(' '))).map(u32::from))
}

/// The hash of a word as `features` makes it.
pub(crate) fn word_hash(token: &str) -> u64 {
    hash(0, token.chars().map(u32::from))
}

fn pair_hash(a: &str, b: &str) -> u64 {
    hash(1, a.chars().chain(std::iter::once(' ')).chain(b.chars()).map(u32::from))
}

/// FNV-1a over code points with a last mix; the same on every machine and in every release.
fn hash(salt: u64, units: impl Iterator<Item = u32>) -> u64 {
    let mut h: u64 = 0xcbf2_9ce4_8422_2325 ^ salt.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    for unit in units {
        h = (h ^ u64::from(unit)).wrapping_mul(0x0000_0100_0000_01b3);
    }
    h ^= h >> 32;
    h = h.wrapping_mul(0xd6e8_feb8_6659_fd93);
    h ^ (h >> 32)
}
