//! Which crate may depend on which. Arrows point from the server down to core, and nothing points upward.

use super::{Finding, Tree};

/// What a crate may use of this workspace, in the product and in its tests.
struct Edges {
    name: &'static str,
    uses: &'static [&'static str],
    /// Besides `uses` and the testkit.
    tests_use: &'static [&'static str],
}

const EDGES: &[Edges] = &[
    Edges { name: "core", uses: &[], tests_use: &[] },
    Edges { name: "kit", uses: &["core"], tests_use: &[] },
    Edges { name: "engine", uses: &["core", "kit"], tests_use: &["infra"] },
    Edges { name: "infra", uses: &["core", "kit"], tests_use: &[] },
    Edges { name: "plugins", uses: &["core", "kit"], tests_use: &[] },
    Edges { name: "insight", uses: &["core", "kit"], tests_use: &[] },
    Edges { name: "twins", uses: &["kit"], tests_use: &[] },
    // It judges the hub by what any stranger sees, so it must not know the hub's types.
    Edges { name: "probe", uses: &[], tests_use: &[] },
    Edges {
        name: "server",
        uses: &["core", "kit", "engine", "infra", "plugins", "insight", "twins", "probe"],
        tests_use: &[],
    },
    Edges {
        name: "testkit",
        uses: &["core", "kit", "engine", "infra", "plugins", "insight", "twins", "server", "probe"],
        tests_use: &[],
    },
];

/// What core's manifest cannot name: it has no I/O, no clock, no randomness and no waiting.
const NOT_IN_CORE: &[&str] = &[
    "tokio",
    "futures",
    "futures-util",
    "async-trait",
    "reqwest",
    "rusqlite",
    "axum",
    "getrandom",
    "rand",
    "tracing",
    "metrics",
];
/// A second crypto provider with a C tool chain of its own; rustls uses ring here.
const BANNED_EVERYWHERE: &[&str] = &["aws-lc-rs", "aws-lc-sys", "openssl-sys"];

/// One dependency line of a manifest.
#[derive(Debug, PartialEq, Eq)]
struct Dependency {
    package: String,
    for_tests: bool,
    line: usize,
}

pub(crate) fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, text) in tree.iter().filter(|(path, _)| path.ends_with("Cargo.toml") && path.as_str() != "Cargo.toml") {
        if let Some(name) = path.strip_prefix("crates/").and_then(|rest| rest.strip_suffix("/Cargo.toml")) {
            manifest(path, name, text, &mut findings);
        } else if path == "xtask/Cargo.toml" {
            let more = dependencies(text).into_iter().filter(|dependency| dependency.package != "anyhow");
            findings
                .extend(more.map(|more| at(path, &more, "xtask depends on anyhow alone, so that it starts at once")));
        }
    }
    if let Some(lock) = tree.get("Cargo.lock") {
        for banned in BANNED_EVERYWHERE.iter().filter(|banned| lock.contains(&format!("name = \"{banned}\""))) {
            findings.push(Finding::new(
                "Cargo.lock",
                format!("{banned} came in; `cargo tree -i {banned}` says through whom"),
            ));
        }
    }
    findings
}

fn manifest(path: &str, name: &str, text: &str, findings: &mut Vec<Finding>) {
    let Some(edges) = EDGES.iter().find(|edges| edges.name == name) else {
        findings.push(Finding::new(path, "a new crate: enter what it may depend on in xtask/src/tidy/edges.rs"));
        return;
    };
    for dependency in dependencies(text) {
        if let Some(used) = dependency.package.strip_prefix("baton-") {
            let for_tests = dependency.for_tests && (used == "testkit" || edges.tests_use.contains(&used));
            if !edges.uses.contains(&used) && !for_tests {
                findings.push(at(path, &dependency, &format!("{name} must not depend on {used}")));
            }
        }
        let own = dependency.package.as_str();
        if name == "core" && !dependency.for_tests && NOT_IN_CORE.contains(&own) {
            findings.push(at(path, &dependency, &format!("core is pure and cannot name {own}")));
        }
        if name == "plugins" && own == "axum" {
            findings.push(at(
                path,
                &dependency,
                "no plug-in names axum: a channel gives a handler table that the server mounts",
            ));
        }
    }
}

fn at(path: &str, dependency: &Dependency, what: &str) -> Finding {
    Finding::new(format!("{path}:{}", dependency.line), what)
}

/// Whether a table of this name lists what only tests need; nothing if it lists no dependencies.
fn for_tests(table: &str) -> Option<bool> {
    match table {
        "dependencies" | "build-dependencies" => Some(false),
        "dev-dependencies" => Some(true),
        _ => None,
    }
}

/// Reads the tables of dependencies, without a TOML parser: a manifest of this tree has one dependency a line.
fn dependencies(text: &str) -> Vec<Dependency> {
    let mut found = Vec::new();
    let mut table = None;
    for (at, line) in text.lines().enumerate() {
        let line = line.split('#').next().unwrap_or_default().trim();
        if let Some(header) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            let mut parts = header.rsplit('.');
            let last = parts.next().unwrap_or_default();
            table = for_tests(last);
            // "[dependencies.axum]" is a table of one dependency.
            if let (None, Some(for_tests)) = (table, parts.next().and_then(for_tests)) {
                found.push(Dependency { package: last.to_owned(), for_tests, line: at + 1 });
            }
        } else if let (Some(for_tests), Some((key, value))) = (table, line.split_once('=')) {
            let renamed = value.split_once("package").and_then(|(_, rest)| rest.split('"').nth(1));
            let key = key.trim().split('.').next().unwrap_or_default().trim_matches('"');
            found.push(Dependency { package: renamed.unwrap_or(key).to_owned(), for_tests, line: at + 1 });
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::planted;

    fn places(files: &[(&str, &str)]) -> Vec<String> {
        check(&planted(files)).into_iter().map(|finding| finding.place).collect()
    }

    #[test]
    fn an_upward_edge_is_found_however_it_is_written() {
        assert_eq!(
            places(&[("crates/core/Cargo.toml", "[dependencies]\nbaton-kit.workspace = true\n")]),
            ["crates/core/Cargo.toml:2"]
        );
        assert_eq!(
            places(&[("crates/kit/Cargo.toml", "[dependencies.baton-engine]\npath = \"../engine\"\n")]),
            ["crates/kit/Cargo.toml:1"]
        );
        let renamed = "[target.'cfg(unix)'.dependencies]\nfriend = { package = \"baton-server\", path = \"x\" }\n";
        assert_eq!(places(&[("crates/plugins/Cargo.toml", renamed)]), ["crates/plugins/Cargo.toml:2"]);
    }

    #[test]
    fn the_probe_knows_no_crate_of_the_hub() {
        assert_eq!(
            places(&[("crates/probe/Cargo.toml", "[dev-dependencies]\nbaton-core.workspace = true\n")]).len(),
            1
        );
    }

    #[test]
    fn core_cannot_name_what_waits_or_does_io() {
        let manifest = "[dependencies]\nserde = \"1\"\ntokio = \"1\"\n[dev-dependencies]\nproptest = \"1\"\n";
        assert_eq!(places(&[("crates/core/Cargo.toml", manifest)]), ["crates/core/Cargo.toml:3"]);
    }

    #[test]
    fn tests_may_use_the_testkit_and_the_product_may_not() {
        let of_tests = "[dev-dependencies]\nbaton-testkit.workspace = true\nbaton-infra.workspace = true\n";
        assert!(places(&[("crates/engine/Cargo.toml", of_tests)]).is_empty());
        assert_eq!(
            places(&[("crates/engine/Cargo.toml", "[dependencies]\nbaton-testkit.workspace = true\n")]).len(),
            1
        );
    }

    #[test]
    fn an_unknown_crate_and_a_banned_one_are_found() {
        assert_eq!(places(&[("crates/extra/Cargo.toml", "[package]\n")]), ["crates/extra/Cargo.toml"]);
        assert_eq!(places(&[("Cargo.lock", "[[package]]\nname = \"aws-lc-rs\"\n")]), ["Cargo.lock"]);
    }
}
