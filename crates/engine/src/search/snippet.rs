//! The part of a text in which the words stand, cut into pieces.

use super::words::may_cut;
use std::ops::Range;

/// Characters of a snippet.
const LENGTH: usize = 180;
/// Characters of them before the first hit.
const BEFORE: usize = 50;

/// A piece of a snippet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// Its text.
    pub text: String,
    /// True: it is what was looked for.
    pub hit: bool,
}

/// The part of the text around the first of these ranges, which may overlap and come in any order.
pub(crate) fn snippet(text: &str, mut hits: Vec<Range<usize>>) -> Vec<Piece> {
    hits.sort_by_key(|hit| (hit.start, hit.end));
    let Some(first) = hits.first().cloned() else { return Vec::new() };
    let from = start(text, first.start);
    let to = end(text, from, first.end);
    let mut out = Vec::new();
    let mut at = from;
    if from > 0 {
        push(&mut out, "…", false);
    }
    for hit in hits.into_iter().filter(|hit| hit.end <= to) {
        if hit.start >= at {
            push(&mut out, &text[at..hit.start], false);
            push(&mut out, &text[hit.clone()], true);
            at = hit.end;
        } else if hit.end > at {
            push(&mut out, &text[at..hit.end], true);
            at = hit.end;
        }
    }
    push(&mut out, &text[at..to], false);
    if to < text.len() {
        push(&mut out, "…", false);
    }
    out
}

/// On one line.
fn push(out: &mut Vec<Piece>, text: &str, hit: bool) {
    let mut line = String::with_capacity(text.len());
    for c in text.chars() {
        let c = if c.is_whitespace() { ' ' } else { c };
        if c != ' ' || !line.ends_with(' ') {
            line.push(c);
        }
    }
    if line.is_empty() {
        return;
    }
    match out.last_mut() {
        Some(last) if last.hit == hit => last.text.push_str(&line),
        _ => out.push(Piece { text: line, hit }),
    }
}

/// Where it begins: at a word, if there is one near.
fn start(text: &str, hit: usize) -> usize {
    let Some((from, _)) = text[..hit].char_indices().rev().nth(BEFORE) else { return 0 };
    let near = text[from..hit].char_indices().find(|(_, c)| c.is_whitespace());
    let at = near.map_or(from, |(at, c)| from + at + c.len_utf8());
    (at..=hit).find(|at| may_cut(text, *at)).unwrap_or(hit)
}

/// Where it ends: at a word, if there is one near, and never inside the first hit.
fn end(text: &str, from: usize, hit: usize) -> usize {
    let Some((to, _)) = text[from..].char_indices().nth(LENGTH) else { return text.len() };
    let to = (from + to).max(hit);
    let near = text[hit..to].char_indices().rev().take(BEFORE).find(|(_, c)| c.is_whitespace());
    let at = near.map_or(to, |(at, _)| hit + at);
    (at..=text.len()).find(|at| may_cut(text, *at)).unwrap_or(text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marked(text: &str, words: &[&str]) -> String {
        let hits = words.iter().flat_map(|word| text.match_indices(word)).map(|(at, word)| at..at + word.len());
        let pieces = snippet(text, hits.collect());
        pieces.iter().map(|piece| if piece.hit { format!("[{}]", piece.text) } else { piece.text.clone() }).collect()
    }

    #[test]
    fn hits_are_marked_where_they_stand() {
        assert_eq!(marked("Refunds in\n berlin?", &["Refunds", "berlin"]), "[Refunds] in [berlin]?");
        assert_eq!(marked("overlap", &["over", "verlap"]), "[overlap]");
        assert_eq!(marked("nothing", &["else"]), "");
    }

    #[test]
    fn a_long_text_is_cut_at_words_around_the_first_hit() {
        let text = format!("{}refund {}", "before ".repeat(40), "after ".repeat(60));
        let shown = marked(&text, &["refund"]);
        assert!(
            shown.starts_with("…before ") && shown.contains("[refund] after") && shown.ends_with("after…"),
            "{shown}"
        );
        assert!(shown.chars().count() <= LENGTH + 6, "{shown}");
        let dense = "返".repeat(500) + "金" + &"返".repeat(500);
        assert!(marked(&dense, &["金"]).chars().count() <= LENGTH + 6);
    }
}
