//! The numbers of the calibrator, as `cargo run -p baton-plugins --release --example bot_eval -- fit` prints them.
//!
//! They were fitted on 240 made-up knowledge files of 1 to 40 entries with 4 to 60 examples each, drawn from CLINC150's
//! in-scope texts, BANKING77 and the three HINT3 bots: each asked what it knows (near-duplicates held out), what its
//! neighbours would know, and what is foreign to it, MultiDoGO's customers among it. No text of Bitext and none of
//! CLINC150's out-of-scope texts was read, so that `bot-eval` measures how they carry over to a file not seen before.

use super::signals::TERMS;

/// From this confidence on the bot answers. Chosen on the same made-up files: on those from CLINC150, whose topics are
/// as clear as a file's should be, one answer in twenty is wrong here, and three right answers in four are given.
pub(crate) const THRESHOLD_MILLIONTHS: u32 = 700_000;

/// What a text counts that is an example question word by word: its author said what the answer is.
pub(crate) const VERBATIM: f64 = 0.99;

/// The weights of `Signals::terms`.
pub(crate) const WEIGHTS: [f64; TERMS] = [
    2.1968, 0.9476, 0.5635, -0.7691, 0.6352, -6.2368, -3.9166, 1.2197, -2.9968, 0.5690, 0.7496, -0.7029, -1.0221,
    0.2784, -3.6648, -2.7934, 8.2893, 0.1436, -0.1771, 2.9352, 1.5122,
];
