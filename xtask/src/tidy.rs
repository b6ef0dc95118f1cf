//! The rules of the tree that no compiler checks: who may depend on whom, what may not be written, what may never change again.
//! Each rule is a function from the tree (paths and texts) to findings, so that its test plants one.

mod corpus;
mod docs;
mod edges;
mod source;
mod text;

use crate::run;
use anyhow::{Context, Result};
use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

/// Folders that are built or fetched, wherever they stand.
const NOT_OURS: &[&str] = &["target", "node_modules", "dist", ".git"];
/// Folders of the top that people fill.
const PRIVATE: &[&str] = &["data", "data-sets"];
/// Larger files are data, which no rule of words reads.
const READ_LIMIT: u64 = 4 << 20;

/// All files of the checkout that are text, by their path with forward slashes.
pub(crate) type Tree = BTreeMap<String, String>;

/// One broken rule at one place.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Finding {
    place: String,
    what: String,
}

impl Finding {
    fn new(place: impl Into<String>, what: impl Into<String>) -> Self {
        Self { place: place.into(), what: what.into() }
    }
}

/// `cargo xtask tidy`.
pub(crate) fn tidy(root: &Path) -> Result<bool> {
    let answer = check(root);
    println!("{}", answer.as_deref().unwrap_or_else(|why| why));
    Ok(answer.is_ok())
}

/// Applies every rule. The error lists what was found.
pub(crate) fn check(root: &Path) -> Result<String, String> {
    let tree = read(root).map_err(|error| format!("{error:#}"))?;
    let mut findings = edges::check(&tree);
    findings.extend(source::check(&tree));
    findings.extend(text::check(&tree));
    findings.extend(docs::check(&tree));
    let frozen = corpus::check(root, &tree, &mut findings);
    if findings.is_empty() {
        return Ok(format!("{} files; {frozen}", tree.len()));
    }
    let mut list: String = findings.iter().map(|finding| format!("{}: {}\n", finding.place, finding.what)).collect();
    list.push_str(&format!("{} findings in {} files", findings.len(), tree.len()));
    println!("{list}");
    Err(format!("{} findings, listed above", findings.len()))
}

fn read(root: &Path) -> Result<Tree> {
    let mut tree = Tree::new();
    for name in names(root)? {
        let path = root.join(&name);
        // A file that git still knows may be gone, and a link may lead anywhere.
        let small = path.symlink_metadata().is_ok_and(|meta| meta.is_file() && meta.len() <= READ_LIMIT);
        if small && let Ok(text) = std::fs::read_to_string(&path) {
            tree.insert(name, text);
        }
    }
    Ok(tree)
}

/// What git holds or would take in; without git, all files but those of the folders that are not ours.
fn names(root: &Path) -> Result<Vec<String>> {
    let mut git = Command::new("git");
    git.args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"]).current_dir(root);
    if root.join(".git").exists()
        && let Some(list) = run::ask(&mut git)
    {
        return Ok(list.split('\0').filter(|name| !name.is_empty()).map(str::to_owned).collect());
    }
    let mut names = Vec::new();
    let mut folders = vec![root.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).with_context(|| format!("cannot read {}", folder.display()))? {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            let private = folder == root && PRIVATE.contains(&name.as_str());
            if !entry.file_type()?.is_dir() {
                names.push(entry.path().strip_prefix(root)?.to_string_lossy().replace('\\', "/"));
            } else if !private && !NOT_OURS.contains(&name.as_str()) {
                folders.push(entry.path());
            }
        }
    }
    Ok(names)
}

/// Whether the whole file is there for tests.
fn is_test_file(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    path.split('/').any(|part| part == "tests" || part == "benches" || part == "fixtures")
        || matches!(name, "tests.rs" | "test.rs")
        || name.ends_with("_tests.rs")
        || name.contains(".test.")
        || name.contains(".spec.")
}

/// The lines of a Rust file that are no test and no comment, with their numbers. A module behind `#[cfg(test)]` ends the file, as
/// it does everywhere in this tree.
fn code_lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let lines: Vec<&str> = text.lines().collect();
    let end = lines
        .windows(2)
        .position(|pair| {
            pair[0].trim() == "#[cfg(test)]" && pair[1].trim_start().starts_with("mod ") && !pair[1].ends_with(';')
        })
        .unwrap_or(lines.len());
    lines.into_iter().take(end).enumerate().filter_map(|(at, line)| {
        let code = line.split_once("//").map_or(line, |(code, _)| code);
        (!code.trim().is_empty()).then_some((at + 1, code))
    })
}

/// Whether `word` stands in `line` with no letter, digit or underscore beside it.
fn has_word(line: &str, word: &str) -> bool {
    let letter = |c: char| c.is_alphanumeric() || c == '_';
    line.match_indices(word).any(|(at, _)| {
        !line[..at].chars().next_back().is_some_and(letter)
            && !line[at + word.len()..].chars().next().is_some_and(letter)
    })
}

#[cfg(test)]
pub(crate) fn planted(files: &[(&str, &str)]) -> Tree {
    files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tree_keeps_its_rules() {
        let answer = check(&crate::root());
        assert!(answer.is_ok(), "{answer:?}");
    }

    #[test]
    fn a_module_of_tests_and_comments_are_no_code() {
        let text = "use a;\n// Instant\nlet b = 1; // Instant\n#[cfg(test)]\nmod tests {\n    Instant\n}\n";
        assert_eq!(code_lines(text).collect::<Vec<_>>(), [(1, "use a;"), (3, "let b = 1; ")]);
        let elsewhere = "#[cfg(test)]\nmod tests;\nuse late;\n";
        assert_eq!(code_lines(elsewhere).count(), 3);
    }

    #[test]
    fn a_word_is_found_only_when_it_stands_alone() {
        assert!(has_word("use std::time::Instant;", "Instant"));
        assert!(!has_word("fn is_Instant_like()", "Instant"));
    }
}
