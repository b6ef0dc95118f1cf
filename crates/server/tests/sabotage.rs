//! Each promise is broken on purpose, one at a time, and its checker in `baton torture` must fire. Built and run with the
//! feature `sabotage` alone: `cargo test -p baton-server --features sabotage --test sabotage`.

use std::process::{Command, Stdio};

/// Torments a hub that breaks this promise.
fn fires(invariant: &str) {
    // A kill must fall into a commit, and a push into a target's bad moment.
    let seconds = if matches!(invariant, "accepted_means_kept" | "pushes_retried_or_parked") { "16" } else { "8" };
    let run = Command::new(env!("CARGO_BIN_EXE_baton"))
        .args(["torture", "--json", "--only", invariant])
        .args(["--seconds", seconds, "--seed", "7", "--customers", "50", "--agents", "10"])
        .env("BATON_SABOTAGE", invariant)
        .env("RUST_BACKTRACE", "0")
        .stdin(Stdio::null())
        .output()
        .expect("the program starts");
    let told = String::from_utf8_lossy(&run.stdout);
    let more = String::from_utf8_lossy(&run.stderr);
    let report: serde_json::Value = serde_json::from_str(told.trim()).unwrap_or_else(|_| panic!("{told}\n{more}"));
    let violated = report["invariants"][invariant]["violated"].as_u64().expect("a count");
    assert!(violated > 0, "{invariant} was broken and nobody noticed\n{told}\n{more}");
    assert_eq!(report["ok"], false);
    assert!(!run.status.success(), "a failing run says so to its shell");
    assert!(more.contains(invariant), "a failing run tells the shortest history\n{more}");
}

#[test]
fn a_word_without_a_voice_is_found() {
    fires("one_holder");
}

#[test]
fn a_late_reply_that_is_shown_is_found() {
    fires("late_replies_die");
}

#[test]
fn an_acknowledgement_before_the_commit_is_found() {
    fires("accepted_means_kept");
}

#[test]
fn a_repeat_that_is_shown_twice_is_found() {
    fires("once_visible");
}

#[test]
fn a_socket_that_brings_another_order_is_found() {
    fires("one_order");
}

#[test]
fn a_gap_behind_a_cursor_is_found() {
    fires("resume_without_gap");
}

#[test]
fn an_untrue_answer_is_found() {
    fires("true_answer_true_outcome");
}

#[test]
fn a_deadline_that_never_fires_is_found() {
    fires("nobody_waits_for_ever");
}

#[test]
fn an_offer_that_another_takes_is_found() {
    fires("fair_bounded_assignment");
}

#[test]
fn a_failing_bot_that_keeps_the_chat_is_found() {
    fires("bot_failure_is_a_handover");
}

#[test]
fn a_presence_that_is_not_kept_is_found() {
    fires("presence");
}

#[test]
fn a_target_without_the_history_is_found() {
    fires("context_is_complete");
}

#[test]
fn a_figure_that_the_log_does_not_bear_is_found() {
    fires("numbers_from_headers");
}

#[test]
fn a_push_that_is_dropped_is_found() {
    fires("pushes_retried_or_parked");
}

#[test]
fn a_stranger_who_reads_is_found() {
    fires("stranger_sees_nothing");
}
