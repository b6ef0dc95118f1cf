//! The hub: composes everything, and the command line.

mod accounts;
mod analyzer;
mod app;
mod bench;
mod cli;
mod counts;
mod demo;
mod faults;
mod files;
mod http;
mod hub;
mod identity;
mod json;
mod options;
mod personal;
mod plugins;
mod problem;
mod rates;
mod serving;
mod throttle;
mod widget;

use anyhow::{Context, Result};
use baton_core::settings::Rank;
use clap::{Parser, Subcommand, ValueEnum};
use options::Options;
use std::path::PathBuf;
use std::process::ExitCode;

/// The system's allocator took a third of the time of a hub under load, most of it to sort freed blocks.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Baton moves a conversation from a bot to a person and back, without losing a word.
#[derive(Parser)]
#[command(name = "baton", version)]
struct Cli {
    /// A settings file; see docs/administrators.md.
    #[arg(long, global = true)]
    config: Option<PathBuf>,
    /// The data folder.
    #[arg(long, global = true)]
    data: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Starts the hub.
    Serve {
        /// Address and port; port 0 takes a free one.
        #[arg(long)]
        listen: Option<String>,
        /// Where customers, bots and targets reach this hub, e.g. https://chat.example.org.
        #[arg(long)]
        public_url: Option<String>,
        /// Seeds the demo shop on an empty data folder.
        #[arg(long)]
        demo: bool,
        /// Seeds conversations of a demo shop too, so that every page has something to show. Implies --demo.
        #[arg(long)]
        demo_data: bool,
        /// A knowledge file for the demo's assistant, taken again when it changes.
        #[arg(long)]
        demo_knowledge: Option<PathBuf>,
        /// Writes an administrator's API key into this file, for tests and replays.
        #[arg(long)]
        demo_key: Option<PathBuf>,
        /// A slow disk and a stepped clock; only for a folder that `baton torture` made.
        #[arg(long, hide = true)]
        faults: Option<PathBuf>,
    },
    /// Brings the data folder to this version's store level.
    Migrate {
        /// Only says what would be done.
        #[arg(long)]
        check: bool,
    },
    /// Copies the data folder, beside a running hub or without one. See docs/backup.md.
    Backup(cli::backup::Backup),
    /// Puts a backup in the place of the data folder, which is kept aside. The hub must not run.
    Restore(cli::restore::Restore),
    /// Checks a backup or a data folder, byte for byte and list by list; changes nothing, and may run beside the hub.
    Verify(cli::verify::Verify),
    /// Plays conversations through the public API of a running hub and judges what became of them.
    Replay(baton_probe::replay::Options),
    /// Torments a hub of its own with kills, cuts, repeats, late bots and a stepped clock, and judges what came of it.
    Torture(baton_probe::torture::Options),
    /// Measures this program, each figure beside its floor.
    Bench(baton_probe::bench::Options),
    /// Set-up links and API keys, while the hub does not run.
    Admin {
        #[command(subcommand)]
        what: Admin,
    },
}

#[derive(Subcommand)]
enum Admin {
    /// A new one-time set-up link, good for 60 minutes.
    Link {
        /// Where the hub will be reached.
        #[arg(long, default_value = "http://127.0.0.1:8090")]
        url: String,
    },
    /// A new API key, shown once.
    Key {
        /// What it is for.
        #[arg(long)]
        name: String,
        /// What it may.
        #[arg(long, value_enum, default_value = "agent")]
        rank: RankArg,
    },
    /// Erases a person for good: words, files and everything known of them. Cannot be undone.
    Erase {
        /// The short name of one of their conversations, its id, or the person's id.
        person: String,
        /// Why; it stands in the audit for good, so name nobody.
        #[arg(long)]
        reason: String,
        /// Really.
        #[arg(long)]
        yes: bool,
    },
    /// Writes everything that is kept of a person into a folder: a page to read, JSON, their files.
    Export {
        /// The short name of one of their conversations, its id, or the person's id.
        person: String,
        /// Why; it stands in the audit for good, so name nobody.
        #[arg(long)]
        reason: String,
        /// An empty or new folder.
        #[arg(long)]
        out: PathBuf,
    },
}

#[derive(Clone, Copy, ValueEnum)]
enum RankArg {
    Agent,
    Supervisor,
    Administrator,
}

fn main() -> ExitCode {
    match start() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("baton: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn start() -> Result<()> {
    rustls::crypto::ring::default_provider()
        .install_default()
        .map_err(|_| anyhow::anyhow!("the TLS provider is installed already"))?;
    let cli = Cli::parse();
    let mut options = Options::load(cli.config.as_deref())?;
    if let Some(data) = cli.data {
        options.store.data = data;
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().context("no threads")?;
    let ended = runtime.block_on(run(cli.command, options));
    // What still hangs in the system, such as a name that is looked up, does not keep the program from ending.
    runtime.shutdown_background();
    ended
}

async fn run(command: Command, mut options: Options) -> Result<()> {
    match command {
        Command::Serve { listen, public_url, demo, demo_data, demo_knowledge, demo_key, faults } => {
            #[cfg(feature = "sabotage")]
            if let Ok(name) = std::env::var("BATON_SABOTAGE") {
                anyhow::ensure!(baton_core::sabotage::switch_off(&name), "there is no promise {name}");
            }
            if let Some(faults) = faults {
                faults::follow(&faults, &options.store.data)?;
            }
            options.server.listen = listen.unwrap_or(options.server.listen);
            options.server.public_url = public_url.unwrap_or(options.server.public_url);
            log(&options)?;
            hub::serve(options, hub::Extras { demo: demo || demo_data, demo_data, demo_knowledge, demo_key }).await
        }
        Command::Migrate { check } => {
            let data = &options.store.data;
            let levels = if check {
                baton_infra::sqlite::check(data)?
            } else {
                baton_infra::sqlite::migrate(data, baton_kit::runtime::seed(&baton_infra::TokioRuntime::new()))?
            };
            for level in levels {
                let state = match (level.behind(), check) {
                    (false, _) => "up to date".to_owned(),
                    (true, true) => format!("will be brought to level {}", level.newest),
                    (true, false) => format!("brought to level {}", level.newest),
                };
                println!("{}: level {}, {state}", level.file, level.found);
            }
            Ok(())
        }
        Command::Backup(args) => cli::backup::run(&options, &args),
        Command::Restore(args) => cli::restore::run(&options, &args),
        Command::Verify(args) => cli::verify::run(&options, &args),
        Command::Replay(options) => {
            let json = options.json;
            let report = baton_probe::replay::run(options).await?;
            report.print(json);
            if report.clean() { Ok(()) } else { anyhow::bail!("the journals found violations; see the report") }
        }
        Command::Torture(options) => {
            let json = options.json;
            let report = baton_probe::torture::run(options).await?;
            report.print(json);
            if report.ok { Ok(()) } else { anyhow::bail!("the run failed; see its report") }
        }
        Command::Bench(options) => bench::run(options).await,
        Command::Admin { what } => {
            let opened = hub::open(&options, String::new()).await?;
            match what {
                Admin::Link { url } => {
                    println!("{}", hub::set_up_link(&opened.engine, url.trim_end_matches('/')).await?)
                }
                Admin::Erase { person, reason, yes } => {
                    personal::erase(&opened.engine, &person, &reason, yes).await?;
                    opened.engine.write_rows().await?;
                    hub::tidy_search(&opened).await?;
                }
                Admin::Export { person, reason, out } => {
                    personal::export(&opened.engine, &person, &reason, &out).await?;
                }
                Admin::Key { name, rank } => {
                    let rank = match rank {
                        RankArg::Agent => Rank::Agent,
                        RankArg::Supervisor => Rank::Supervisor,
                        RankArg::Administrator => Rank::Administrator,
                    };
                    println!("{}", hub::make_key(&opened, &name, rank).await?);
                }
            }
            Ok(())
        }
    }
}

fn log(options: &Options) -> Result<()> {
    let filter = tracing_subscriber::EnvFilter::try_new(&options.log.filter).context("log.filter")?;
    // At its most talkative it writes whole frames, and with them what people say.
    let filter = filter.add_directive("tungstenite=info".parse().context("log.filter")?);
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    match options.log.format.as_str() {
        "json" => builder.json().init(),
        "text" => builder.init(),
        other => anyhow::bail!("log.format is `text` or `json`, not `{other}`"),
    }
    Ok(())
}
