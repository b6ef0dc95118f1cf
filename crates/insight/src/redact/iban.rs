//! International bank account numbers (ISO 13616).

use super::{Folded, Found};

/// The shortest have two check digits and six more; what has fewer digits in it holds none.
pub(super) const FEWEST_DIGITS: usize = 8;
const LONGEST: usize = 34;

/// Each country's length.
const LENGTHS: &[(&str, usize)] = &[
    ("AD", 24),
    ("AE", 23),
    ("AL", 28),
    ("AT", 20),
    ("AZ", 28),
    ("BA", 20),
    ("BE", 16),
    ("BG", 22),
    ("BH", 22),
    ("BI", 27),
    ("BR", 29),
    ("BY", 28),
    ("CH", 21),
    ("CR", 22),
    ("CY", 28),
    ("CZ", 24),
    ("DE", 22),
    ("DJ", 27),
    ("DK", 18),
    ("DO", 28),
    ("EE", 20),
    ("EG", 29),
    ("ES", 24),
    ("FI", 18),
    ("FK", 18),
    ("FO", 18),
    ("FR", 27),
    ("GB", 22),
    ("GE", 22),
    ("GI", 23),
    ("GL", 18),
    ("GR", 27),
    ("GT", 28),
    ("HN", 28),
    ("HR", 21),
    ("HU", 28),
    ("IE", 22),
    ("IL", 23),
    ("IQ", 23),
    ("IS", 26),
    ("IT", 27),
    ("JO", 30),
    ("KW", 30),
    ("KZ", 20),
    ("LB", 28),
    ("LC", 32),
    ("LI", 21),
    ("LT", 20),
    ("LU", 20),
    ("LV", 21),
    ("LY", 25),
    ("MC", 27),
    ("MD", 24),
    ("ME", 22),
    ("MK", 19),
    ("MN", 20),
    ("MR", 27),
    ("MT", 31),
    ("MU", 30),
    ("NI", 28),
    ("NL", 18),
    ("NO", 15),
    ("OM", 23),
    ("PK", 24),
    ("PL", 28),
    ("PS", 29),
    ("PT", 25),
    ("QA", 29),
    ("RO", 24),
    ("RS", 22),
    ("RU", 33),
    ("SA", 24),
    ("SC", 31),
    ("SD", 18),
    ("SE", 24),
    ("SI", 19),
    ("SK", 24),
    ("SM", 27),
    ("SO", 23),
    ("ST", 25),
    ("SV", 28),
    ("TL", 23),
    ("TN", 24),
    ("TR", 26),
    ("UA", 29),
    ("VA", 22),
    ("VG", 24),
    ("XK", 20),
    ("YE", 30),
];

/// All of them.
pub(super) fn find(text: &Folded, out: &mut Vec<Found>) {
    let mut at = 0;
    while at + 4 < text.chars.len() {
        match begins(text, at).and_then(|length| read(text, at, length)) {
            Some((last, ending)) => {
                out.push(Found { range: text.range(at, last), token: format!("[IBAN ending {ending}]") });
                at = last + 1;
            }
            None => at += 1,
        }
    }
}

/// Two letters of a country and two digits, at the beginning of a word: the length to expect.
fn begins(text: &Folded, at: usize) -> Option<usize> {
    let letter = |at: usize| text.char(at).filter(char::is_ascii_alphabetic).map(|c| c.to_ascii_uppercase());
    let (first, second) = (letter(at)?, letter(at + 1)?);
    // `IBANDE…` is written, too.
    let joined = at > 0 && text.char(at - 1).is_some_and(char::is_alphanumeric);
    let labelled = at >= 4 && (0..4).all(|n| letter(at - 4 + n) == "IBAN".chars().nth(n));
    if joined && !labelled {
        return None;
    }
    let country: String = [first, second].into_iter().collect();
    LENGTHS.iter().find(|(code, _)| *code == country).map(|(_, length)| *length)
}

/// The last character's place and the last four characters, if it is one.
fn read(text: &Folded, at: usize, length: usize) -> Option<(usize, String)> {
    let mut all = Vec::with_capacity(LONGEST);
    let mut place = at;
    let mut last = at;
    while all.len() < length {
        let c = text.char(place)?;
        if c.is_ascii_alphanumeric() {
            all.push(c.to_ascii_uppercase());
            last = place;
        } else if !matches!(c, ' ' | '-' | '.') || !text.char(place + 1)?.is_ascii_alphanumeric() {
            return None;
        }
        place += 1;
    }
    // Part of a longer word of letters and digits.
    if text.char(last + 1).is_some_and(|c| c.is_alphanumeric() || c == '_') {
        return None;
    }
    if !all[2].is_ascii_digit() || !all[3].is_ascii_digit() {
        return None;
    }
    let rest = all[4..].iter().chain(&all[..4]).try_fold(0u32, |rest, c| {
        let value = c.to_digit(36)?;
        Some((rest * if value < 10 { 10 } else { 100 } + value) % 97)
    })?;
    (rest == 1).then(|| (last, all[all.len() - 4..].iter().collect()))
}
