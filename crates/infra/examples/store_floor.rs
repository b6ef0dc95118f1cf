//! How fast the store on disk is as it grows, beside a file that is appended to and synced.
//!
//! `cargo run --release -p baton-infra --example store_floor [quick|full|SIZES] [folder] [young]`, where SIZES is e.g.
//! `100000,3000000` and the newest `young` events are not packed.

use baton_infra::bench::{Pattern, Plan, store};
use std::path::PathBuf;
use std::time::Duration;

#[tokio::main]
async fn main() {
    let mut arguments = std::env::args().skip(1);
    let how = arguments.next().unwrap_or_else(|| "quick".into());
    let plan = match how.as_str() {
        "quick" => Plan::quick(),
        "full" => Plan::full(),
        sizes => Plan {
            sizes: sizes.split(',').map(|size| size.parse().expect("a number of events")).collect(),
            queued: vec![1, 256],
            round: Duration::from_secs(1),
            ..Plan::full()
        },
    };
    let folder = arguments
        .next()
        .map_or_else(|| std::env::temp_dir().join(format!("baton-store-floor-{}", std::process::id())), PathBuf::from);
    let young = arguments.next().map_or(plan.young, |young| young.parse().expect("a number of events"));
    let plan = Plan { young, ..plan };
    let report = store(&folder, &plan, &mut |line| println!("{line}")).await.expect("the folder can be used");
    println!("a packed conversation is read in {:.3} ms, p99 {:.3} ms", report.cold_read[0], report.cold_read[1]);
    println!("{:.0} events packed in a second", report.packed_per_second);
    println!("one commit {:.3} ms, p99 {:.3} ms", report.alone[0], report.alone[1]);
    println!("while packing {:.3} ms, p99 {:.3} ms", report.while_packing[0], report.while_packing[1]);
    println!(
        "opened in {:.1} ms; {:.0} bytes for each of {} events",
        report.open, report.bytes_per_event, report.events
    );
    let speed = |size, pattern| {
        let found = report.speeds.iter().find(|s| s.events == size && s.pattern == pattern && s.queued == 256);
        found.map_or((0.0, 1.0), |speed| (speed.per_second[0], speed.floor[0]))
    };
    let (Some(first), Some(last)) = (plan.sizes.first(), plan.sizes.last()) else { return };
    for pattern in [Pattern::Active, Pattern::Random] {
        let ((before, floor_before), (after, floor)) = (speed(*first, pattern), speed(*last, pattern));
        println!(
            "{}: {last} against {first} events: {:.2}; each against its own floor: {:.2}",
            pattern.name(),
            after / before,
            after / floor / (before / floor_before)
        );
    }
}
