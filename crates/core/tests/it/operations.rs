//! What administrators read of the bounds is what the bounds are.

use std::collections::BTreeMap;
use std::path::PathBuf;

fn text(path: &str) -> String {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The value of `30 * SECOND`, `1 << 20`, `20_000` and the like.
fn value(expression: &str, known: &BTreeMap<String, f64>) -> f64 {
    let factor = |part: &str| {
        let part = part.trim();
        if let Some((base, by)) = part.split_once("<<") {
            return value(base, known) * value(by, known).exp2();
        }
        part.replace('_', "").parse().ok().or_else(|| known.get(part).copied()).unwrap_or_else(|| panic!("{part}?"))
    };
    expression.split('*').map(factor).product()
}

/// As the table has it.
fn shown(name: &str, kind: &str, value: f64) -> String {
    let units: &[(&str, f64)] = match kind {
        "Ms" => &[("d", 86_400_000.0), ("h", 3_600_000.0), ("min", 60_000.0), ("s", 1_000.0), ("ms", 1.0)],
        _ if name.ends_with("BYTES") || ["SOCKET_BUFFER", "UPLOAD_DROPPED"].contains(&name) => {
            &[("MB", 1_048_576.0), ("KB", 1_024.0)]
        }
        _ => &[],
    };
    for (unit, size) in units {
        if value >= *size && value % size == 0.0 {
            return format!("{} {unit}", value / size);
        }
    }
    let digits = value.to_string();
    let (whole, rest) = digits.split_once('.').map_or((digits.as_str(), ""), |(whole, rest)| (whole, rest));
    let groups: Vec<&str> =
        whole.as_bytes().rchunks(3).rev().map(|part| std::str::from_utf8(part).expect("digits")).collect();
    if rest.is_empty() { groups.join(",") } else { format!("{}.{rest}", groups.join(",")) }
}

#[test]
fn the_table_of_bounds_for_administrators_names_each_with_its_value_and_what_happens() {
    let source = text("src/limits.rs");
    let mut known = BTreeMap::new();
    let mut bounds = BTreeMap::new();
    let mut public = Vec::new();
    for line in source.lines() {
        let Some(rest) = line.trim_start_matches("pub ").strip_prefix("const ") else { continue };
        let (name, rest) = rest.split_once(": ").expect("a type");
        let (kind, expression) = rest.trim_end_matches(';').split_once(" = ").expect("a value");
        let value = value(expression, &known);
        known.insert(name.to_owned(), value);
        if line.starts_with("pub ") && name != "DAY" {
            public.push(name.to_owned());
            bounds.insert(name.to_owned(), shown(name, kind, value));
        }
    }
    assert!(bounds.len() > 100, "the bounds could not be read");
    let page = text("../../docs/operations.md");
    let table = page.split("## All bounds").nth(1).expect("the table");
    let mut told = BTreeMap::new();
    for line in table.lines().filter(|line| line.starts_with("| `")) {
        let cells: Vec<&str> = line.trim_matches('|').split(" | ").map(str::trim).collect();
        assert_eq!(cells.len(), 4, "{line}");
        assert!(!cells[2].is_empty() && !cells[3].is_empty(), "{line}");
        let twice = told.insert(cells[0].trim_matches('`').to_owned(), cells[1].to_owned());
        assert_eq!(twice, None, "{line}");
    }
    for name in public {
        assert_eq!(told.remove(&name).as_ref(), bounds.get(&name), "docs/operations.md, {name}");
    }
    assert!(told.is_empty(), "no such bounds: {told:?}");
}
