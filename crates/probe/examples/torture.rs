//! Torments a hub program without building the hub: `cargo run -p baton-probe --example torture -- --program BATON`.

use baton_probe::torture::{Options, run};
use clap::Parser;

#[derive(Parser)]
struct Cli {
    #[command(flatten)]
    options: Options,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let options = Cli::parse().options;
    let json = options.json;
    let report = run(options).await?;
    report.print(json);
    anyhow::ensure!(report.ok, "the run failed");
    Ok(())
}
