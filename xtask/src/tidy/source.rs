//! What the sources of one crate may not mention: core stays pure, plug-ins stay apart, the probe stays outside.

use super::{Finding, Tree, code_lines, has_word, is_test_file};

/// Words that would give core a clock, a thread, a file or a socket.
const NOT_IN_CORE: &[&str] = &["SystemTime", "Instant", "async", "await"];
const NOT_IN_CORE_PATHS: &[&str] =
    &["std::thread", "std::fs", "std::net", "std::env", "std::process", "Timestamp::now", "new_v4", "now_v7"];

/// The three kinds of plug-in, each a folder with one folder or file per plug-in.
const KINDS: &[&str] = &["channels", "bots", "targets"];

pub(crate) fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    let plugins = plugins(tree);
    for (path, text) in tree.iter().filter(|(path, _)| path.ends_with(".rs") && path.starts_with("crates/")) {
        let crate_name = path.split('/').nth(1).unwrap_or_default();
        let mut find = |line: usize, what: String| findings.push(Finding::new(format!("{path}:{line}"), what));
        for (at, line) in code_lines(text) {
            match crate_name {
                "core" if path.starts_with("crates/core/src/") && !is_test_file(path) => {
                    let word = NOT_IN_CORE.iter().find(|word| has_word(line, word));
                    if let Some(word) = word.or_else(|| NOT_IN_CORE_PATHS.iter().find(|path| line.contains(*path))) {
                        find(at, format!("core is pure and cannot mention {word}"));
                    }
                }
                "plugins" => {
                    if has_word(line, "axum") {
                        find(at, "no plug-in names axum".into());
                    }
                    if has_word(line, "baton_twins") {
                        find(at, "plug-ins and twins never import each other".into());
                    }
                    if let Some(other) = neighbour(path, line, &plugins) {
                        find(at, format!("plug-in folders never import each other: {other}"));
                    }
                }
                "twins" if has_word(line, "baton_plugins") => {
                    find(at, "twins and plug-ins never import each other".into())
                }
                "probe" if line.contains("baton_") && hub_crate(line) => {
                    find(at, "the probe judges from outside, through the public APIs alone".into());
                }
                _ => {}
            }
        }
    }
    findings
}

fn hub_crate(line: &str) -> bool {
    ["core", "kit", "engine", "infra", "plugins", "insight", "server"]
        .iter()
        .any(|name| has_word(line, &format!("baton_{name}")))
}

/// (kind, name) of each plug-in.
fn plugins(tree: &Tree) -> Vec<(&'static str, String)> {
    let mut found = Vec::new();
    for kind in KINDS {
        let prefix = format!("crates/plugins/src/{kind}/");
        for rest in tree.keys().filter_map(|path| path.strip_prefix(&prefix)) {
            let name = rest.split('/').next().unwrap_or(rest).trim_end_matches(".rs").to_owned();
            if name != "mod" && !found.contains(&(*kind, name.clone())) {
                found.push((*kind, name));
            }
        }
    }
    found
}

/// The other plug-in that a line of this plug-in names.
fn neighbour(path: &str, line: &str, plugins: &[(&'static str, String)]) -> Option<String> {
    let (kind, rest) = path.strip_prefix("crates/plugins/src/")?.split_once('/')?;
    let own = rest.split('/').next()?.trim_end_matches(".rs");
    if own == "mod" || !KINDS.contains(&kind) {
        return None;
    }
    plugins.iter().filter(|(other_kind, other)| (*other_kind, other.as_str()) != (kind, own)).find_map(
        |(other_kind, other)| {
            let by_kind = line.contains(&format!("{other_kind}::")) && has_word(line, other);
            // From a file of the plug-in `super::super` is its kind; from its `mod.rs` that is `super`.
            let by_super = *other_kind == kind
                && (line.contains(&format!("super::{other}::")) || line.contains(&format!("super::{other};")));
            (by_kind || by_super).then(|| format!("{other_kind}::{other}"))
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::planted;

    fn places(files: &[(&str, &str)]) -> Vec<String> {
        check(&planted(files)).into_iter().map(|finding| finding.place).collect()
    }

    #[test]
    fn a_clock_in_core_is_found_and_one_in_its_tests_is_not() {
        let code =
            "use std::time::Instant;\n// Instant is fine in words\n#[cfg(test)]\nmod tests {\n    use std::fs;\n}\n";
        assert_eq!(
            places(&[("crates/core/src/a.rs", code), ("crates/core/tests/b.rs", "use std::fs;\n")]),
            ["crates/core/src/a.rs:1"]
        );
    }

    #[test]
    fn a_plug_in_that_imports_its_neighbour_is_found() {
        let files = [
            ("crates/plugins/src/bots/mod.rs", "pub mod builtin;\npub mod http;\n"),
            ("crates/plugins/src/bots/http/mod.rs", "use super::builtin::Answer;\nuse crate::protocols::oauth;\n"),
            (
                "crates/plugins/src/bots/builtin/mod.rs",
                "use crate::bots::builtin::wire;\nuse crate::targets::{http};\n",
            ),
            ("crates/plugins/src/targets/http/mod.rs", "use super::super::bots;\nuse crate::kit;\n"),
        ];
        assert_eq!(
            places(&files),
            ["crates/plugins/src/bots/builtin/mod.rs:2", "crates/plugins/src/bots/http/mod.rs:1"]
        );
    }

    #[test]
    fn no_plug_in_names_axum_and_no_twin_a_plug_in() {
        assert_eq!(places(&[("crates/plugins/src/a.rs", "use axum::Router;\n")]).len(), 1);
        assert_eq!(places(&[("crates/twins/src/a.rs", "use baton_plugins::bots;\n")]).len(), 1);
        assert_eq!(places(&[("crates/probe/src/a.rs", "use baton_core::Event;\nlet baton_bin = 1;\n")]).len(), 1);
    }
}
