//! Numbers of payment cards.

use super::{Folded, Found, is_gap};

const SHORTEST: usize = 13;
const LONGEST: usize = 19;

/// All of them.
pub(super) fn find(text: &Folded, out: &mut Vec<Found>) {
    let mut at = 0;
    while at < text.chars.len() {
        if !text.chars[at].1.is_ascii_digit() {
            at += 1;
            continue;
        }
        let (places, next) = run(text, at);
        let joined = at > 0 && text.char(at - 1).is_some_and(|c| c.is_alphanumeric() || c == '_');
        let goes_on = text.char(next).is_some_and(|c| c.is_alphabetic() || c == '_');
        // A word of letters and digits holds no card. Where groups follow, only the first or the last is its part.
        let groups = groups(text, &places);
        let first = usize::from(joined);
        let last = groups.len() - usize::from(goes_on).min(groups.len());
        if first < last {
            scan(text, &places, &groups[first..last], out);
        }
        at = next;
    }
}

/// Digits from here on, with at most one gap between two of them, and where the run ends.
fn run(text: &Folded, first: usize) -> (Vec<usize>, usize) {
    let mut places = vec![first];
    let mut at = first + 1;
    while let Some(c) = text.char(at) {
        if c.is_ascii_digit() {
            places.push(at);
            at += 1;
        } else if is_gap(c) && text.char(at + 1).is_some_and(|next| next.is_ascii_digit()) {
            at += 1;
        } else {
            break;
        }
    }
    (places, at)
}

/// The groups of a run, as ranges of its places.
fn groups(text: &Folded, places: &[usize]) -> Vec<(usize, usize)> {
    let mut out = Vec::new();
    let mut from = 0;
    for at in 1..=places.len() {
        if at == places.len() || places[at] != places[at - 1] + 1 {
            out.push((from, at));
            from = at;
        }
    }
    debug_assert!(text.chars.len() >= places.len());
    out
}

/// A number begins and ends with a group: nobody writes one into the middle of another.
fn scan(text: &Folded, places: &[usize], groups: &[(usize, usize)], out: &mut Vec<Found>) {
    let mut first = 0;
    while first < groups.len() {
        // The longest that fits, so that nothing of it stays behind.
        let fit = (first..groups.len()).rev().find(|last| {
            let (from, to) = (groups[first].0, groups[*last].1);
            (SHORTEST..=LONGEST).contains(&(to - from)) && is_card(&digits(text, &places[from..to]))
        });
        match fit {
            Some(last) => {
                let (from, to) = (groups[first].0, groups[last].1);
                let all = digits(text, &places[from..to]);
                let ending: String = all[all.len() - 4..].iter().map(|digit| char::from(b'0' + digit)).collect();
                out.push(Found {
                    range: text.range(places[from], places[to - 1]),
                    token: format!("[card ending {ending}]"),
                });
                first = last + 1;
            }
            None => first += 1,
        }
    }
}

fn digits(text: &Folded, places: &[usize]) -> Vec<u8> {
    places.iter().filter_map(|at| text.char(*at)?.to_digit(10)).map(|digit| digit as u8).collect()
}

fn is_card(digits: &[u8]) -> bool {
    network(digits) && luhn(digits) && digits.iter().any(|digit| *digit != digits[0])
}

/// The first digits and the lengths that the networks give out.
fn network(digits: &[u8]) -> bool {
    let front = |n: usize| digits[..n].iter().fold(0u32, |sum, digit| sum * 10 + u32::from(*digit));
    let (two, three, four) = (front(2), front(3), front(4));
    match digits.len() {
        13 => digits[0] == 4 || matches!(two, 50 | 56..=58 | 67),
        14 => matches!(two, 36 | 38 | 39) || (300..=305).contains(&three),
        15 => matches!(two, 34 | 37 | 50 | 56..=58 | 67) || matches!(four, 2014 | 2149 | 1800 | 2131),
        16 => {
            digits[0] == 4
                || matches!(two, 30 | 36 | 38 | 39 | 50..=58 | 60 | 62 | 64 | 65 | 67 | 81 | 82)
                || (2221..=2720).contains(&four)
                || (2200..=2204).contains(&four)
                || (3528..=3589).contains(&four)
                || four == 9792
        }
        17 | 18 => matches!(two, 50 | 56..=58 | 62 | 67 | 60 | 35),
        19 => digits[0] == 4 || matches!(two, 36 | 38 | 39 | 50 | 56..=58 | 60 | 62 | 64 | 65 | 67 | 35),
        _ => false,
    }
}

/// ISO/IEC 7812-1, annex B.
fn luhn(digits: &[u8]) -> bool {
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(at, digit)| match (at % 2, u32::from(*digit)) {
            (0, digit) => digit,
            (_, digit) if digit > 4 => digit * 2 - 9,
            (_, digit) => digit * 2,
        })
        .sum();
    sum.is_multiple_of(10)
}
