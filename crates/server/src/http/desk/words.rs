//! The words of a message, without what is only to be clicked.

use baton_core::content::{Content, Part};

/// What was said in words: the labels of choices are nobody's words. A message without words stands as it reads.
pub(super) fn words(content: &Content) -> String {
    let texts: Vec<&str> = content
        .parts
        .iter()
        .filter_map(|part| match part {
            Part::Text { text, .. } => Some(text.as_str()),
            _ => None,
        })
        .collect();
    if texts.is_empty() { content.plain.clone() } else { texts.join("\n") }
}
