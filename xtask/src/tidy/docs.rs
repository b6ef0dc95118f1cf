//! What people look up must exist: licences, a page for each refusal code, a replacement in each clippy ban, the end of each link.

use super::{Finding, Tree};
use std::collections::BTreeSet;

const LICENCES: &[&str] = &["LICENSE-MIT", "LICENSE-APACHE"];
/// Where the codes stand that a caller can read: string literals of a constant.
const CODES: &[&str] = &["crates/core/src/refusal.rs", "crates/server/src/problem.rs"];
const CONSTANT: &str = "const CODES";
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
    let lists: Vec<(&str, BTreeSet<String>)> =
        CODES.iter().filter_map(|file| Some((*file, codes(tree.get(*file)?)))).collect();
    if !lists.is_empty() {
        pages(tree, &lists, &mut findings);
    }
    for (path, text) in tree.iter().filter(|(path, _)| path.ends_with(".md")) {
        links(tree, path, text, &mut findings);
    }
    findings
}

/// Every link of a page to a file or folder of this tree, and to a heading in a page.
fn links(tree: &Tree, path: &str, text: &str, findings: &mut Vec<Finding>) {
    for (at, line) in text.lines().enumerate() {
        for link in line.split("](").skip(1).filter_map(|rest| rest.split([')', ' ']).next()) {
            if link.contains("://") || link.starts_with("mailto:") || link.is_empty() {
                continue;
            }
            let (file, heading) = link.split_once('#').unwrap_or((link, ""));
            let end = if file.is_empty() { Some(path.to_owned()) } else { resolve(path, file) };
            let text = end.as_ref().and_then(|end| tree.get(end));
            // A picture or a folder is no text of the tree's.
            let folder = || end.as_ref().is_some_and(|end| tree.keys().any(|key| key.starts_with(&format!("{end}/"))));
            let found = match text {
                Some(text) => heading.is_empty() || text.lines().filter_map(anchor).any(|anchor| anchor == heading),
                None => folder() || file.ends_with(".png"),
            };
            if !found {
                findings.push(Finding::new(format!("{path}:{}", at + 1), format!("this link leads nowhere: {link}")));
            }
        }
    }
}

/// The path that a link of the page `from` means, or nothing if it leaves the tree.
fn resolve(from: &str, link: &str) -> Option<String> {
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    for part in link.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

/// A heading's anchor as the usual viewers make it.
fn anchor(line: &str) -> Option<String> {
    let heading = line.strip_prefix('#')?.trim_start_matches('#').trim();
    let kept = heading
        .to_lowercase()
        .chars()
        .filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'))
        .collect::<String>();
    Some(kept.replace(' ', "-"))
}

fn pages(tree: &Tree, lists: &[(&str, BTreeSet<String>)], findings: &mut Vec<Finding>) {
    let pages: BTreeSet<&str> = tree
        .keys()
        .filter_map(|path| path.strip_prefix(PAGES)?.strip_suffix(".md"))
        .filter(|name| *name != "README")
        .collect();
    let index = tree.get(&format!("{PAGES}README.md")).map_or("", String::as_str);
    for (file, codes) in lists {
        if codes.is_empty() {
            findings.push(Finding::new(*file, format!("no codes found in `{CONSTANT}`")));
        }
        for code in codes {
            if !pages.contains(code.as_str()) {
                findings.push(Finding::new(*file, format!("the code {code} has no page {PAGES}{code}.md")));
            } else if !index.contains(&format!("({code}.md)")) {
                findings.push(Finding::new(format!("{PAGES}README.md"), format!("the index lacks {code}")));
            }
        }
    }
    for page in pages.iter().filter(|page| !lists.iter().any(|(_, codes)| codes.contains(**page))) {
        findings.push(Finding::new(format!("{PAGES}{page}.md"), "nothing answers with this code"));
    }
}

/// The string literals between the constant's brackets.
fn codes(text: &str) -> BTreeSet<String> {
    let Some(start) = text.find(CONSTANT) else { return BTreeSet::new() };
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
        let index = ("docs/errors/README.md", "[a](not_holder.md)\n");
        let mut files = vec![(CODES[0], codes), ("docs/errors/not_holder.md", ""), index];
        files.extend(LICENSED);
        assert_eq!(places(&files), [CODES[0]]);
        files.extend([("docs/errors/offer_gone.md", ""), ("docs/errors/old.md", "")]);
        assert_eq!(places(&files), ["docs/errors/README.md", "docs/errors/old.md"]);
        files.push((CODES[1], "const CODES: &[&str] = &[\"old\"];"));
        assert_eq!(places(&files), ["docs/errors/README.md", "docs/errors/README.md"]);
    }

    #[test]
    fn a_link_to_a_missing_file_or_heading_is_found() {
        let page = "[a](b.md#the-first-part) [c](../README.md) [d](gone.md) [e](https://example.org/x) [f](b.md#no)\n";
        let mut files =
            vec![("docs/a.md", page), ("docs/b.md", "# B\n## The first part\n"), ("README.md", "[docs](docs/)\n")];
        files.extend(LICENSED);
        assert_eq!(places(&files), ["docs/a.md:1", "docs/a.md:1"]);
    }

    #[test]
    fn a_ban_without_a_replacement_and_a_missing_licence_are_found() {
        let clippy = "disallowed-methods = [\n  { path = \"a::b\", reason = \"use c\" },\n  { path = \"a::d\" },\n]\n";
        assert_eq!(places(&[("clippy.toml", clippy), LICENSED[0]]), ["LICENSE-APACHE", "clippy.toml:3"]);
    }
}
