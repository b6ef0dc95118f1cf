//! Each bench runs and prints what is documented. No figure is asserted: that is what `cargo xtask bench-all` is for, on a
//! machine that does nothing else.

use serde_json::Value;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;
use tokio::process::Command;
use tokio::task::JoinSet;
use tokio::time::timeout;

/// Every bench that needs no browser, and a figure that it must have.
const BENCHES: [(&str, &str, bool); 12] = [
    ("path", "throughput", true),
    ("echo", "round_trips_with_1", true),
    ("idle", "resident_per_socket", true),
    ("store", "cold_read_p50", false),
    ("handover", "shown_p99", true),
    ("restart", "offers_after", true),
    ("catch-up", "all_caught_up_after", true),
    ("start", "start_on_an_empty_folder", true),
    ("mem", "per_open_conversation", false),
    ("slow", "others_p99_beside_unread_sockets", true),
    ("soak", "memory_slope", false),
    ("fan-out", "server_cpu_per_frame", true),
];
/// Two cores that also run the other tests.
const LIMIT: Duration = Duration::from_secs(240);
/// Benches at the same time.
const AT_ONCE: usize = 3;

async fn tiny(bench: &str, folder: &Path) -> Value {
    let ran = Command::new(env!("CARGO_BIN_EXE_baton"))
        .args(["bench", bench, "--tiny", "--json", "--save"])
        .arg(folder)
        .env("RUST_BACKTRACE", "0")
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output();
    let ran = timeout(LIMIT, ran).await.unwrap_or_else(|_| panic!("{bench} did not end")).expect("it starts");
    let told = String::from_utf8_lossy(&ran.stderr);
    assert!(ran.status.success(), "{bench}: {told}");
    serde_json::from_slice(&ran.stdout).unwrap_or_else(|error| panic!("{bench}: {error}\n{told}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn each_bench_runs_and_its_report_has_the_documented_form() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut left = BENCHES.into_iter();
    let mut running = JoinSet::new();
    loop {
        while running.len() < AT_ONCE
            && let Some((bench, figure, has_floor)) = left.next()
        {
            let folder = folder.path().to_owned();
            running.spawn(async move { (bench, figure, has_floor, tiny(bench, &folder).await) });
        }
        let Some(ended) = running.join_next().await else { break };
        let (bench, figure, has_floor, report) = ended.expect("a bench");
        assert_eq!(report["bench"], bench, "{report}");
        assert!(report["noise"].is_string() && report["config"]["build"].is_string(), "{report}");
        let metrics = report["metrics"].as_object().unwrap_or_else(|| panic!("{report}"));
        assert!(metrics.contains_key(figure), "{bench} has no {figure}: {report}");
        for (name, metric) in metrics {
            assert!(metric["unit"].is_string() && metric.get("value").is_some(), "{bench} {name}: {metric}");
        }
        if has_floor {
            assert!(metrics[figure]["floor"].is_number(), "{bench} {figure} stands beside a floor: {report}");
        }
        for lost in ["events_lost", "missed_messages_lost"] {
            assert!(metrics.get(lost).is_none_or(|metric| metric["value"] == 0.0), "{bench}: {report}");
        }
        let kept = std::fs::read(folder.path().join(format!("{bench}.json"))).expect("the figures are kept");
        assert_eq!(serde_json::from_slice::<Value>(&kept).expect("JSON")["metrics"], report["metrics"]);
    }
}
