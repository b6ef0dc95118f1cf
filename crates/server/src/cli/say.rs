//! How these commands speak while they work: on a terminal one line that moves, elsewhere nothing until they are done.

use std::io::{IsTerminal, Write};

/// Shows progress.
pub(super) struct Say {
    terminal: bool,
    shown: String,
}

impl Say {
    pub(super) fn new() -> Self {
        Self { terminal: std::io::stderr().is_terminal(), shown: String::new() }
    }

    /// So much of so much.
    pub(super) fn progress(&mut self, what: &str, done: u64, all: u64) {
        let share = (done.min(all) * 100).checked_div(all).unwrap_or(100);
        self.line(format!("{what} {share} %"));
    }

    /// So many.
    pub(super) fn count(&mut self, what: &str, done: u64) {
        self.line(format!("{what} {done}"));
    }

    fn line(&mut self, text: String) {
        if self.terminal && text != self.shown {
            let _ = write!(std::io::stderr(), "\r\x1b[K{text}");
            self.shown = text;
        }
    }
}

impl Drop for Say {
    fn drop(&mut self) {
        if self.terminal && !self.shown.is_empty() {
            let _ = write!(std::io::stderr(), "\r\x1b[K");
        }
    }
}

/// Bytes as people read them.
pub(super) fn bytes(number: u64) -> String {
    let mut value = number as f64;
    for unit in ["bytes", "KB", "MB", "GB"] {
        if value < 1_000.0 {
            return if unit == "bytes" { format!("{number} bytes") } else { format!("{value:.1} {unit}") };
        }
        value /= 1_000.0;
    }
    format!("{value:.1} TB")
}

/// One thing, or so many things.
pub(super) fn many(number: usize, one: &str, more: &str) -> String {
    if number == 1 { format!("1 {one}") } else { format!("{number} {more}") }
}
