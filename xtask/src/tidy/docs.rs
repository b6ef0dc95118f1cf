//! What people look up must exist: licences, a page for each refusal code, a replacement in each clippy ban.

use super::{Finding, Tree};
use std::collections::BTreeSet;

const LICENCES: &[&str] = &["LICENSE-MIT", "LICENSE-APACHE"];
/// The one list of refusal codes: string literals of a constant of this name.
const CODES: (&str, &str) = ("crates/core/src/refusal.rs", "CODES");
const PAGES: &str = "docs/errors/";

pub(crate) fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for licence in LICENCES.iter().filter(|licence| !tree.contains_key(**licence)) {
        findings.push(Finding::new(*licence, "this licence file is missing"));
    }
    if let Some(clippy) = tree.get("clippy.toml") {
        for (at, line) in
            clippy.lines().enumerate().filter(|(_, line)| line.contains("path = ") && !line.contains("reason = "))
        {
            findings.push(Finding::new(
                format!("clippy.toml:{}", at + 1),
                format!("this ban names no replacement: {}", line.trim()),
            ));
        }
    }
    if let Some(text) = tree.get(CODES.0) {
        pages(tree, &codes(text), &mut findings);
    }
    findings
}

fn pages(tree: &Tree, codes: &BTreeSet<String>, findings: &mut Vec<Finding>) {
    if codes.is_empty() {
        findings.push(Finding::new(CODES.0, format!("no refusal codes found in the constant {}", CODES.1)));
    }
    let pages: BTreeSet<String> = tree
        .keys()
        .filter_map(|path| path.strip_prefix(PAGES)?.strip_suffix(".md"))
        .filter(|name| *name != "README")
        .map(str::to_owned)
        .collect();
    for code in codes.difference(&pages) {
        findings.push(Finding::new(CODES.0, format!("the refusal {code} has no page {PAGES}{code}.md")));
    }
    for page in pages.difference(codes) {
        findings.push(Finding::new(format!("{PAGES}{page}.md"), "no refusal has this code"));
    }
}

/// The string literals between the constant's brackets.
fn codes(text: &str) -> BTreeSet<String> {
    let Some(start) = text.find(&format!("const {}", CODES.1)) else { return BTreeSet::new() };
    let list = &text[start..];
    let list = &list[..list.find("];").unwrap_or(list.len())];
    list.split('"').skip(1).step_by(2).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::planted;

    const LICENSED: [(&str, &str); 2] = [("LICENSE-MIT", ""), ("LICENSE-APACHE", "")];

    fn places(files: &[(&str, &str)]) -> Vec<String> {
        check(&planted(files)).into_iter().map(|finding| finding.place).collect()
    }

    #[test]
    fn a_refusal_without_a_page_and_a_page_without_a_refusal_are_found() {
        let codes =
            "/// All.\npub const CODES: &[&str] = &[\n    \"not_holder\",\n    \"offer_gone\",\n];\n\"unrelated\"\n";
        let mut files = vec![(CODES.0, codes), ("docs/errors/not_holder.md", ""), ("docs/errors/README.md", "")];
        files.extend(LICENSED);
        assert_eq!(places(&files), [CODES.0]);
        files.extend([("docs/errors/offer_gone.md", ""), ("docs/errors/old.md", "")]);
        assert_eq!(places(&files), ["docs/errors/old.md"]);
    }

    #[test]
    fn a_ban_without_a_replacement_and_a_missing_licence_are_found() {
        let clippy = "disallowed-methods = [\n  { path = \"a::b\", reason = \"use c\" },\n  { path = \"a::d\" },\n]\n";
        assert_eq!(places(&[("clippy.toml", clippy), LICENSED[0]]), ["LICENSE-APACHE", "clippy.toml:3"]);
    }
}
