//! Sentences, without taking *Main St. 5*, *49.90* or *12. November* apart.

use super::items::is_month;

/// A sentence as it was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Sentence<'t> {
    /// Without white space around it.
    pub(super) text: &'t str,
    /// It ends in a question mark.
    pub(super) question: bool,
}

const SHORT: [&str; 24] = [
    "st", "str", "nr", "no", "art", "mr", "mrs", "ms", "dr", "prof", "ca", "approx", "z", "b", "d", "h", "u", "a", "e",
    "g", "av", "apt", "tel", "bzw",
];

pub(super) fn sentences(text: &str) -> Vec<Sentence<'_>> {
    let mut out = Vec::new();
    let mut from = 0;
    for (at, c) in text.char_indices() {
        let end = at + c.len_utf8();
        let ends = match c {
            '\n' | '。' | '！' | '？' | '؟' | '!' | '?' | '…' => true,
            '.' => full_stop(&text[from..at], &text[end..]),
            _ => false,
        };
        if ends {
            push(&text[from..end], &mut out);
            from = end;
        }
    }
    push(&text[from..], &mut out);
    out
}

fn push<'t>(text: &'t str, out: &mut Vec<Sentence<'t>>) {
    let text = text.trim();
    let marks = |c: char| matches!(c, '?' | '？' | '؟');
    if text.chars().any(char::is_alphanumeric) {
        out.push(Sentence { text, question: text.ends_with(marks) });
    } else if let (true, Some(last)) = (text.contains(marks), out.last_mut()) {
        // "Really!?"
        last.question = true;
    }
}

/// Whether a full stop between these ends a sentence.
fn full_stop(before: &str, after: &str) -> bool {
    if !after.is_empty() && !after.starts_with(char::is_whitespace) {
        return false;
    }
    let word = before.rsplit(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
    let next = after.split_whitespace().next().unwrap_or_default();
    if word.chars().all(|c| c.is_ascii_digit()) && !word.is_empty() {
        let follows = word.len() <= 2 && next.starts_with(|c: char| c.is_ascii_digit());
        return !is_month(next) && !follows;
    }
    let lower = word.to_lowercase();
    let street = lower.len() > 3 && lower.ends_with("str") && next.starts_with(|c: char| c.is_ascii_digit());
    !street && !SHORT.contains(&lower.as_str())
}
