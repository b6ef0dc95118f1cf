//! How fast the store on disk is as it grows, beside a file that is appended to and synced.
//!
//! `cargo run --release -p baton-infra --example store_floor [quick|full|most events] [folder]`

use baton_infra::bench::{Plan, store};
use std::path::PathBuf;

#[tokio::main]
async fn main() {
    let mut arguments = std::env::args().skip(1);
    let how = arguments.next().unwrap_or_else(|| "quick".into());
    let plan = match how.parse::<u64>() {
        Ok(most) => {
            let full = Plan::full();
            Plan { sizes: full.sizes.iter().copied().filter(|size| *size <= most).collect(), ..full }
        }
        Err(_) if how == "full" => Plan::full(),
        Err(_) => Plan::quick(),
    };
    let folder = arguments
        .next()
        .map_or_else(|| std::env::temp_dir().join(format!("baton-store-floor-{}", std::process::id())), PathBuf::from);
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
        found.map_or(0.0, |speed| speed.per_second[0])
    };
    let (Some(first), Some(last)) = (plan.sizes.first(), plan.sizes.last()) else { return };
    for pattern in [baton_infra::bench::Pattern::Active, baton_infra::bench::Pattern::Random] {
        println!(
            "{}: {last} against {first} events: {:.2}",
            pattern.name(),
            speed(*last, pattern) / speed(*first, pattern)
        );
    }
}
