//! The corpus of stored forms (headers, bodies, effects, settings) is frozen: a file of it, once committed, is what some store out
//! there holds. New files may come; none may change or go. History itself is the witness, so that a fresh clone without any other branch can check it.

use super::{Finding, Tree};
use crate::run;
use std::path::Path;
use std::process::Command;

const CORPUS: &str = "crates/core/corpus";
/// Exceptions, one a line: file below the corpus, git's hash of the content that is right now, reason.
const THAWED: &str = "crates/core/corpus/THAWED";

/// Returns what was checked, in words.
pub(crate) fn check(root: &Path, tree: &Tree, findings: &mut Vec<Finding>) -> String {
    let files = tree.keys().filter(|path| path.starts_with(&format!("{CORPUS}/")) && is_form(path)).count();
    if files == 0 {
        return "no frozen forms yet".into();
    }
    let git = |args: &[&str]| run::ask(Command::new("git").args(args).current_dir(root));
    let what = ["--no-renames", "--diff-filter=MD", "--name-only", "--format=", "--", CORPUS];
    let Some(mut touched) = git(&[&["log"][..], &what].concat()) else {
        return format!("{files} frozen forms, not compared: there is no git history here");
    };
    touched.push_str(
        &git(&["diff", "--no-renames", "--diff-filter=MD", "--name-only", "HEAD", "--", CORPUS]).unwrap_or_default(),
    );
    let thawed = tree.get(THAWED).map_or("", String::as_str);
    for file in changed(&touched) {
        let content = git(&["hash-object", "--", &file]);
        if !is_thawed(thawed, &file, content.as_deref().map(str::trim)) {
            findings.push(Finding::new(
                file,
                "a frozen form was changed or removed after it was committed; stores hold it for ever",
            ));
        }
    }
    format!("{files} frozen forms as first committed")
}

/// Not the list of exceptions, and not what explains the folder.
fn is_form(path: &str) -> bool {
    path != THAWED && !path.ends_with(".md")
}

fn changed(touched: &str) -> Vec<String> {
    let mut files: Vec<String> =
        touched.lines().map(str::trim).filter(|file| !file.is_empty() && is_form(file)).map(str::to_owned).collect();
    files.sort();
    files.dedup();
    files
}

/// An exception holds for one content (or for the absence, written "-"): the next change needs another.
fn is_thawed(thawed: &str, file: &str, content: Option<&str>) -> bool {
    thawed.lines().filter(|line| !line.trim_start().starts_with('#')).any(|line| {
        let mut words = line.split_whitespace();
        let named = words.next().is_some_and(|name| file == format!("{CORPUS}/{name}"));
        named && words.next() == Some(content.unwrap_or("-")) && words.next().is_some()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::planted;

    struct Repository(std::path::PathBuf);

    impl Repository {
        fn new(name: &str) -> Self {
            let folder = std::env::temp_dir().join(format!("baton-xtask-{name}-{}", std::process::id()));
            std::fs::create_dir_all(folder.join(CORPUS).join("events/v1")).expect("a folder for the test");
            let new = Self(folder);
            new.git(&["init", "-q"]);
            new
        }

        fn git(&self, args: &[&str]) {
            let mut git = Command::new("git");
            git.args(["-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false"]).args(args);
            assert!(git.current_dir(&self.0).status().expect("git starts").success(), "git {args:?}");
        }

        fn commit(&self, file: &str, text: &str) {
            std::fs::write(self.0.join(CORPUS).join(file), text).expect("writes");
            self.git(&["add", "."]);
            self.git(&["commit", "-qm", "c"]);
        }

        fn findings(&self, thawed: &str) -> Vec<String> {
            let one = format!("{CORPUS}/events/v1/opened.json");
            let mut findings = Vec::new();
            check(&self.0, &planted(&[(&one, ""), (THAWED, thawed)]), &mut findings);
            findings.into_iter().map(|finding| finding.place).collect()
        }
    }

    impl Drop for Repository {
        fn drop(&mut self) {
            let _ = std::fs::remove_dir_all(&self.0);
        }
    }

    #[test]
    fn new_events_may_come_and_a_changed_one_is_found() {
        let repository = Repository::new("frozen");
        repository.commit("events/v1/opened.json", "{}");
        repository.commit("events/v1/said.json", "{}");
        assert!(repository.findings("").is_empty());
        std::fs::write(repository.0.join(CORPUS).join("events/v1/said.json"), "{\"a\":1}").expect("writes");
        assert_eq!(repository.findings(""), [format!("{CORPUS}/events/v1/said.json")], "not yet committed");
        repository.commit("events/v1/said.json", "{\"a\":1}");
        assert_eq!(repository.findings(""), [format!("{CORPUS}/events/v1/said.json")], "committed");
    }

    #[test]
    fn an_exception_holds_for_one_content_alone() {
        let content = Some("c0ffee");
        let file = format!("{CORPUS}/events/v1/said.json");
        assert!(is_thawed("# why\nevents/v1/said.json c0ffee before the first release\n", &file, content));
        assert!(!is_thawed("events/v1/said.json c0ffee\n", &file, content), "a reason is needed");
        assert!(!is_thawed("events/v1/said.json c0ffee before the first release\n", &file, Some("beef")));
        assert!(is_thawed("events/v1/said.json - it held a real name\n", &file, None));
    }
}
