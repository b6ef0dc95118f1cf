//! Reads the number of passed, failed and skipped tests out of what the test tools print.

/// Tests by their end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    /// Ran and held.
    pub(crate) passed: u64,
    /// Ran and did not hold.
    pub(crate) failed: u64,
    /// Did not run: ignored, filtered, or said so themselves.
    pub(crate) skipped: u64,
}

impl std::ops::AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
    }
}

/// Sums all summary lines. Knows nextest, `cargo test`, vitest, playwright and Node's own test runner.
pub(crate) fn count(output: &[String]) -> Counts {
    let mut sum = Counts::default();
    for line in output {
        let line = plain(line);
        let line = line.trim();
        if is_summary(line) {
            sum += pairs(line);
        } else if let Some(counts) = node(line) {
            sum += counts;
        }
    }
    sum
}

fn is_summary(line: &str) -> bool {
    let nextest = line.starts_with("Summary [") && line.contains("run:");
    let cargo = line.starts_with("test result:");
    // "Test Files  3 passed (3)" counts files, not tests.
    let vitest = line.starts_with("Tests ");
    nextest || cargo || vitest || is_playwright(line)
}

/// "12 passed (4.1s)", alone in its line.
fn is_playwright(line: &str) -> bool {
    let mut words = line.split_whitespace();
    let number = words.next().is_some_and(|word| word.parse::<u64>().is_ok());
    let kind = words.next().is_some_and(|word| matches!(word, "passed" | "failed" | "skipped" | "flaky"));
    number && kind && words.next().is_none_or(|word| word.starts_with('(')) && words.next().is_none()
}

/// "ℹ pass 5" and "# pass 5".
fn node(line: &str) -> Option<Counts> {
    let rest = line.strip_prefix("ℹ ").or_else(|| line.strip_prefix("# "))?;
    let (word, number) = rest.split_once(' ')?;
    let number = number.trim().parse().ok()?;
    match word {
        "pass" => Some(Counts { passed: number, ..Counts::default() }),
        "fail" | "cancelled" => Some(Counts { failed: number, ..Counts::default() }),
        "skipped" | "todo" => Some(Counts { skipped: number, ..Counts::default() }),
        _ => None,
    }
}

/// Every "number word" pair of the line whose word is a test's end.
fn pairs(line: &str) -> Counts {
    let words: Vec<&str> =
        line.split(|c: char| !c.is_ascii_alphanumeric() && c != '.').filter(|w| !w.is_empty()).collect();
    let mut counts = Counts::default();
    for pair in words.windows(2) {
        let Ok(number) = pair[0].parse::<u64>() else { continue };
        match pair[1] {
            "passed" => counts.passed += number,
            "failed" | "timed" | "exec" => counts.failed += number,
            "skipped" | "ignored" | "todo" => counts.skipped += number,
            _ => {}
        }
    }
    counts
}

/// Without the colours.
fn plain(line: &str) -> String {
    let mut plain = String::with_capacity(line.len());
    let mut chars = line.chars();
    while let Some(c) = chars.next() {
        if c == '\u{1b}' {
            for c in chars.by_ref() {
                if c.is_ascii_alphabetic() {
                    break;
                }
            }
        } else {
            plain.push(c);
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counted(text: &str) -> (u64, u64, u64) {
        let lines: Vec<String> = text.lines().map(str::to_owned).collect();
        let Counts { passed, failed, skipped } = count(&lines);
        (passed, failed, skipped)
    }

    #[test]
    fn each_tool_is_counted_by_its_summary_line_alone() {
        assert_eq!(
            counted("     Summary [   2.114s] 120 tests run: 118 passed (1 slow), 2 failed, 3 skipped"),
            (118, 2, 3)
        );
        assert_eq!(counted("     Summary [   0.1s] 4/9 tests run: 3 passed, 1 timed out, 0 skipped"), (3, 1, 0));
        let cargo = "test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.00s\n\
                     test result: FAILED. 4 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out; finished in 1.00s";
        assert_eq!(counted(cargo), (7, 2, 1));
        let vitest = " Test Files  1 failed | 3 passed (4)\n      Tests  1 failed | 11 passed | 2 skipped (14)";
        assert_eq!(counted(vitest), (11, 1, 2));
        assert_eq!(counted("  1 failed\n    a.spec.ts:3:1 › journey\n  2 skipped\n  12 passed (4.1s)"), (12, 1, 2));
        assert_eq!(counted("ℹ tests 6\nℹ pass 5\nℹ fail 1\nℹ cancelled 0\nℹ skipped 0\nℹ duration_ms 12.5"), (5, 1, 0));
    }

    #[test]
    fn colours_and_chatter_do_not_count() {
        assert_eq!(
            counted(
                "\u{1b}[2m      Tests \u{1b}[22m \u{1b}[1m\u{1b}[32m9 passed\u{1b}[39m\u{1b}[22m\u{1b}[90m (9)\u{1b}[39m"
            ),
            (9, 0, 0)
        );
        assert_eq!(counted("PASS [ 0.1s] 3 passed pawns\nthe 4 passed us by"), (0, 0, 0));
    }
}
