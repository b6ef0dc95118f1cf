//! The last figures of each bench, kept as JSON; what changed since; and one page that shows them all.

use super::{Report, shown};
use anyhow::Context;
use serde_json::Value;
use std::fmt::Write;
use std::path::Path;

const HEAD: &str = "# The last figures of each bench

Written by `baton bench NAME --save docs/benchmarks`; all of them: `cargo xtask bench-all`. What each figure means and what \
limits it: [performance](../performance.md). *Floor* is the least program that does the same, measured in turns with \
Baton in the same run; `unsure` says that the floor itself moved by more than a quarter, so that other work ran on the \
machine. Read ratios before figures.
";

impl Report {
    /// Keeps it as `NAME.json` in a folder, beside a page of all that is kept there; says how it differs from the one that
    /// was there.
    ///
    /// # Errors
    /// The folder cannot be read or written.
    pub fn save(&self, folder: &Path) -> anyhow::Result<()> {
        let path = folder.join(format!("{}.json", self.bench));
        let before: Value =
            std::fs::read(&path).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default();
        for (name, metric) in &self.metrics {
            let old = &before["metrics"][name];
            if let Some(value) = old["value"].as_f64() {
                let ratio = match (old["ratio"].as_f64(), metric.ratio) {
                    (Some(old), Some(new)) => format!(", ratio {} -> {}", shown(old), shown(new)),
                    _ => String::new(),
                };
                eprintln!("{name}: {} -> {} {}{ratio}", shown(value), shown(metric.value), metric.unit);
            }
        }
        std::fs::create_dir_all(folder)?;
        std::fs::write(&path, serde_json::to_string_pretty(self)? + "\n")?;
        std::fs::write(folder.join("README.md"), page(folder)?)?;
        Ok(())
    }
}

/// All reports of a folder as tables.
fn page(folder: &Path) -> anyhow::Result<String> {
    let mut files: Vec<_> = std::fs::read_dir(folder)?.filter_map(|entry| Some(entry.ok()?.path())).collect();
    files.retain(|path| path.extension().is_some_and(|kind| kind == "json"));
    files.sort();
    let mut out = HEAD.to_owned();
    for file in files {
        let report: Value = serde_json::from_slice(&std::fs::read(&file)?)
            .with_context(|| format!("{} is no report", file.display()))?;
        let word = |value: &Value| value.as_str().unwrap_or("-").to_owned();
        let config = &report["config"];
        let _ = write!(out, "\n## {}\n\n", word(&report["bench"]));
        let _ = write!(
            out,
            "{}; {} build; load of the machine before it {}\n\n| figure | value | floor | ratio | range |\n|---|---|---|---|---|\n",
            word(&report["noise"]),
            word(&config["build"]),
            word(&config["load_before"])
        );
        for (name, metric) in report["metrics"].as_object().into_iter().flatten() {
            let number = |value: &Value| value.as_f64().map_or_else(|| "-".to_owned(), shown);
            let unit = word(&metric["unit"]);
            let _ = writeln!(
                out,
                "| {} | {} {unit} | {} | {} | {} to {} |",
                name.replace('_', " "),
                number(&metric["value"]),
                number(&metric["floor"]),
                number(&metric["ratio"]),
                number(&metric["range"][0]),
                number(&metric["range"][1])
            );
        }
        let _ = write!(out, "\n`{config}`\n");
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::super::{Report, beside};
    use std::collections::BTreeMap;

    #[test]
    fn what_was_found_is_kept_and_shown_in_a_page() {
        let folder = tempfile::tempdir().unwrap();
        let metrics = BTreeMap::from([("some_figure".to_owned(), beside(vec![2.0], "ms", vec![1.0]))]);
        Report::new("some", metrics, "quiet", serde_json::json!({"size": 3})).save(folder.path()).unwrap();
        let page = std::fs::read_to_string(folder.path().join("README.md")).unwrap();
        assert!(page.contains("| some figure | 2.000 ms | 1.000 | 2.000 | 2.000 to 2.000 |"), "{page}");
        assert!(folder.path().join("some.json").exists());
    }
}
