//! A slice of own-written conversations through the built binary, with SIGKILLs on the way, judged from outside.

use baton_probe::replay::{Options, Report, Sabotage, run};
use std::path::{Path, PathBuf};

fn written() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../replays/own.jsonl")
}

/// A hub of its own in this folder, and three agents.
fn options(folder: &Path) -> Options {
    let key = folder.join("key");
    let mut options = Options::new(written());
    options.agents = 3;
    options.concurrency = 16;
    options.patience = 40;
    options.cuts = 5.0;
    options.serve = Some(env!("CARGO_BIN_EXE_baton").into());
    options.hub_data = Some(folder.join("data"));
    options.hub_arguments = vec!["--demo".into(), "--demo-key".into(), key.display().to_string()];
    options.key_file = Some(key);
    options
}

async fn sabotaged(fault: Sabotage) -> Report {
    let folder = tempfile::tempdir().expect("a folder");
    let mut options = options(folder.path());
    options.limit = Some(12);
    options.sabotage = Some(fault);
    let report = run(options).await.expect("the replay runs");
    assert!(!report.clean(), "the planted fault was not found\n{report}");
    report
}

#[tokio::test(flavor = "multi_thread")]
async fn no_message_is_lost_doubled_or_out_of_order_though_the_hub_is_killed() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut options = options(folder.path());
    options.kills = 3;
    let report = run(options).await.expect("the replay runs");
    assert!(report.clean(), "{report}");
    assert_eq!((report.lost, report.doubled, report.out_of_order), (0, 0, 0), "{report}");
    // Three on the way, and one before the log is read back.
    assert_eq!(report.hub.kills, 4, "{report}");
    assert_eq!(report.conversations.finished, report.conversations.human, "{report}");
    let handovers = report.handovers.as_ref().expect("the key shows them");
    for trigger in ["phrase", "command", "button", "bot"] {
        assert!(
            handovers.by_trigger.get(trigger).is_some_and(|count| *count > 0),
            "no handover by {trigger}\n{report}"
        );
    }
    assert_eq!(handovers.answers.values().sum::<u64>(), handovers.total, "each has one answer\n{report}");
    assert_eq!(handovers.outcomes.values().sum::<u64>() + handovers.open, handovers.total, "{report}");
    assert_eq!(handovers.open, 0, "every handover came to its end\n{report}");
    assert!(report.messages.agents_acknowledged > 0 && handovers.hand_backs > 0, "{report}");
}

#[tokio::test(flavor = "multi_thread")]
async fn dropped_events_are_found_as_lost() {
    let report = sabotaged(Sabotage::Drop).await;
    assert!(report.lost > 0, "{report}");
}

#[tokio::test(flavor = "multi_thread")]
async fn doubled_events_are_found_as_doubled() {
    let report = sabotaged(Sabotage::Double).await;
    assert!(report.doubled > 0, "{report}");
}

#[tokio::test(flavor = "multi_thread")]
async fn swapped_events_are_found_as_out_of_order() {
    let report = sabotaged(Sabotage::Swap).await;
    assert!(report.out_of_order > 0, "{report}");
}
