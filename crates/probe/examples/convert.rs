//! Makes replay files from published data sets. Nothing of the data is part of this repository: it is read from
//! `BATON_DATA` (default `./data-sets`) and written to `target/replay/`.
//!
//! `cargo run -p baton-probe --example convert -- multidogo --limit 2000`
//! `cargo run -p baton-probe --example convert -- bitext --limit 500`

use anyhow::{Context, bail};
use baton_probe::{Conversation, Source, Turn};
use clap::{Parser, ValueEnum};
use serde::Deserialize;
use std::collections::HashMap;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};

/// Questions in one template-made conversation.
const QUESTIONS: usize = 4;
/// Bitext's two requests for a person.
const PERSON: &[&str] = &["contact_human_agent", "contact_customer_service"];

#[derive(Parser)]
struct Command {
    /// Which data set.
    set: Set,
    /// Conversations at most.
    #[arg(long, default_value_t = 2_000)]
    limit: usize,
    /// Where it is written.
    #[arg(long)]
    out: Option<PathBuf>,
    /// Bitext: questions that the bot's knowledge was not made from, if they lie there.
    #[arg(long, default_value = "target/replay/bitext-heldout.jsonl")]
    heldout: PathBuf,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Set {
    /// Customer turns of MultiDoGO, written by people.
    Multidogo,
    /// Questions of Bitext, made from templates.
    Bitext,
}

fn main() -> anyhow::Result<()> {
    let command = Command::parse();
    let data = std::env::var_os("BATON_DATA").map_or_else(|| PathBuf::from("data-sets"), PathBuf::from);
    let (name, made) = match command.set {
        Set::Multidogo => ("multidogo", multidogo(&data, command.limit)?),
        Set::Bitext => ("bitext", bitext(&data, &command.heldout, command.limit)?),
    };
    let Some(made) = made else {
        println!("{name}: the data set does not lie in {}; docs/replay.md says where it is published", data.display());
        return Ok(());
    };
    let out = command.out.unwrap_or_else(|| PathBuf::from(format!("target/replay/{name}.jsonl")));
    if let Some(folder) = out.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let mut file = std::io::BufWriter::new(std::fs::File::create(&out)?);
    for conversation in &made {
        serde_json::to_writer(&mut file, conversation)?;
        file.write_all(b"\n")?;
    }
    file.flush()?;
    let turns: usize = made.iter().map(|conversation| conversation.turns.len()).sum();
    println!("{}: {} conversations, {turns} turns", out.display(), made.len());
    Ok(())
}

fn lines(path: &Path) -> anyhow::Result<Box<dyn Iterator<Item = std::io::Result<String>>>> {
    let file = std::fs::File::open(path).with_context(|| format!("{} cannot be opened", path.display()))?;
    if path.extension().is_some_and(|extension| extension == "gz") {
        return Ok(Box::new(BufReader::new(flate2::read::GzDecoder::new(file)).lines()));
    }
    Ok(Box::new(BufReader::new(file).lines()))
}

/// Takes conversations from all domains in turn, so that a small limit holds something of each.
fn multidogo(data: &Path, limit: usize) -> anyhow::Result<Option<Vec<Conversation>>> {
    #[derive(Deserialize)]
    struct Line {
        conv: String,
        turn: u64,
        text: String,
    }
    let folder = data.join("multidogo");
    let Ok(entries) = std::fs::read_dir(&folder) else { return Ok(None) };
    let mut paths: Vec<PathBuf> = entries.filter_map(|entry| entry.ok().map(|entry| entry.path())).collect();
    paths.retain(|path| path.to_string_lossy().ends_with(".train.jsonl.gz"));
    paths.sort();
    let mut domains = Vec::new();
    for path in &paths {
        let name = path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
        let domain = name.split('.').next().unwrap_or("unknown").to_owned();
        let mut order: Vec<String> = Vec::new();
        let mut said: HashMap<String, Vec<(u64, String)>> = HashMap::new();
        for line in lines(path)? {
            let line: Line = serde_json::from_str(&line?).with_context(|| path.display().to_string())?;
            if line.text.trim().is_empty() {
                continue;
            }
            let turns = said.entry(line.conv.clone()).or_default();
            if turns.is_empty() {
                order.push(line.conv);
            }
            turns.push((line.turn, line.text));
        }
        let made = order.into_iter().map(move |conv| {
            let mut turns = said.remove(&conv).unwrap_or_default();
            turns.sort_by_key(|(turn, _)| *turn);
            Conversation {
                id: format!("multidogo-{domain}-{conv}"),
                language: Some("en".into()),
                source: Source::Human,
                turns: turns.into_iter().map(|(_, text)| Turn::says(text)).collect(),
                agent: None,
            }
        });
        domains.push(made);
    }
    if domains.is_empty() {
        return Ok(None);
    }
    let mut out = Vec::new();
    while out.len() < limit {
        let before = out.len();
        out.extend(domains.iter_mut().filter_map(Iterator::next));
        if out.len() == before {
            break;
        }
    }
    out.truncate(limit);
    Ok(Some(out))
}

/// Puts a few questions into each conversation, from all intents in turn.
fn bitext(data: &Path, heldout: &Path, limit: usize) -> anyhow::Result<Option<Vec<Conversation>>> {
    #[derive(Deserialize)]
    struct Line {
        text: String,
        #[serde(default)]
        intent: String,
    }
    let all = data.join("bitext-cs/train.jsonl.gz");
    let path = if heldout.exists() { heldout.to_owned() } else { all.clone() };
    if !path.exists() {
        return Ok(None);
    }
    let mut read = Vec::new();
    for line in lines(&path)? {
        read.push(serde_json::from_str::<Line>(&line?).with_context(|| path.display().to_string())?);
    }
    if path != all && all.exists() {
        // Nobody learns from these: they are requests for a person and no topics.
        for line in lines(&all)? {
            let line: Line = serde_json::from_str(&line?).with_context(|| all.display().to_string())?;
            if PERSON.contains(&line.intent.as_str()) {
                read.push(line);
            }
        }
    }
    let mut intents: Vec<(String, Vec<String>)> = Vec::new();
    for line in read {
        match intents.iter_mut().find(|(intent, _)| *intent == line.intent) {
            Some((_, texts)) => texts.push(line.text),
            None => intents.push((line.intent, vec![line.text])),
        }
    }
    let longest = intents.iter().map(|(_, texts)| texts.len()).max().unwrap_or(0);
    let questions: Vec<String> =
        (0..longest).flat_map(|at| intents.iter().filter_map(move |(_, texts)| texts.get(at).cloned())).collect();
    if questions.is_empty() {
        bail!("{} holds no question", path.display());
    }
    let made = questions.chunks(QUESTIONS).take(limit).enumerate().map(|(number, texts)| Conversation {
        id: format!("bitext-{number}"),
        language: Some("en".into()),
        source: Source::Template,
        turns: texts.iter().map(Turn::says).collect(),
        agent: None,
    });
    Ok(Some(made.collect()))
}
