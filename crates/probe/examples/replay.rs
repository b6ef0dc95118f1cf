//! `baton replay` by itself: `cargo run -p baton-probe --example replay -- FILE --inbox NAME`

use clap::Parser;
use std::process::ExitCode;

#[derive(Parser)]
struct Command {
    #[command(flatten)]
    options: baton_probe::replay::Options,
}

#[tokio::main]
async fn main() -> anyhow::Result<ExitCode> {
    let options = Command::parse().options;
    let json = options.json;
    let report = baton_probe::replay::run(options).await?;
    report.print(json);
    Ok(if report.clean() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
