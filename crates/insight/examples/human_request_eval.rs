//! Measures the reading "asks for a person" over the committed corpus, over MultiDoGO's customer turns (false alarms,
//! each printed for reading) and over any labelled file.
//!
//! `cargo run -p baton-insight --example human_request_eval -- [--json] [--tsv FILE]... [--turns]`
//!
//! - `--json` prints one JSON object instead of text.
//! - `--tsv FILE` adds a file of lines `language <tab> 1 or 0 <tab> text`.
//!
//! The data sets are read from `BATON_DATA` (default `./data-sets`); where MultiDoGO is absent, this is said.

use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use baton_insight::Lang;
use baton_insight::human_request::detect;
use baton_insight::language::identify;
use flate2::read::GzDecoder;
use serde_json::{Value, json};

#[derive(Default)]
struct Score {
    right_requests: usize,
    missed: Vec<String>,
    right_others: usize,
    false_alarms: Vec<String>,
}

impl Score {
    fn add(&mut self, lang: Lang, wanted: bool, text: &str) {
        let found = detect(text, Some(lang));
        match (wanted, found.asked) {
            (true, true) => self.right_requests += 1,
            (true, false) => self.missed.push(format!("{text}  [{:?} {}]", found.reading, found.rule)),
            (false, false) => self.right_others += 1,
            (false, true) => self.false_alarms.push(format!("{text}  [{} {}]", found.language, found.rule)),
        }
    }

    fn ratio(part: usize, whole: usize) -> f64 {
        if whole == 0 { 1.0 } else { part as f64 / whole as f64 }
    }

    fn precision(&self) -> f64 {
        Self::ratio(self.right_requests, self.right_requests + self.false_alarms.len())
    }

    fn recall(&self) -> f64 {
        Self::ratio(self.right_requests, self.right_requests + self.missed.len())
    }

    fn f1(&self) -> f64 {
        let sum = self.precision() + self.recall();
        if sum == 0.0 { 0.0 } else { 2.0 * self.precision() * self.recall() / sum }
    }

    fn to_json(&self) -> Value {
        json!({
            "requests": self.right_requests + self.missed.len(),
            "others": self.right_others + self.false_alarms.len(),
            "precision": round(self.precision()),
            "recall": round(self.recall()),
            "f1": round(self.f1()),
            "missed": self.missed,
            "false_alarms": self.false_alarms,
        })
    }
}

fn round(x: f64) -> f64 {
    (x * 10_000.0).round() / 10_000.0
}

fn by_language(lines: impl Iterator<Item = (Lang, bool, String)>) -> Value {
    let mut scores: Vec<(Lang, Score)> = Lang::ALL.into_iter().map(|lang| (lang, Score::default())).collect();
    for (lang, wanted, text) in lines {
        if let Some((_, score)) = scores.iter_mut().find(|(l, _)| *l == lang) {
            score.add(lang, wanted, &text);
        }
    }
    scores.retain(|(_, s)| s.right_requests + s.missed.len() + s.right_others + s.false_alarms.len() > 0);
    let macro_f1 = scores.iter().map(|(_, s)| s.f1()).sum::<f64>() / scores.len().max(1) as f64;
    let languages: serde_json::Map<String, Value> =
        scores.iter().map(|(lang, score)| (lang.code().to_owned(), score.to_json())).collect();
    json!({ "macro_f1": round(macro_f1), "languages": languages })
}

fn corpus() -> Result<Vec<(Lang, bool, String)>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus/human_request");
    let mut lines = Vec::new();
    for lang in Lang::ALL {
        let path = folder.join(format!("{lang}.tsv"));
        let content = fs::read_to_string(&path).with_context(|| path.display().to_string())?;
        for line in content.lines() {
            if let Some((label, text)) = line.split_once('\t') {
                lines.push((lang, label == "1", text.to_owned()));
            }
        }
    }
    Ok(lines)
}

fn labelled(path: &Path) -> Result<Vec<(Lang, bool, String)>> {
    let content = fs::read_to_string(path).with_context(|| path.display().to_string())?;
    let read = |line: &str| {
        let mut parts = line.splitn(3, '\t');
        let lang = Lang::from_code(parts.next()?)?;
        Some((lang, parts.next()? == "1", parts.next()?.to_owned()))
    };
    Ok(content.lines().filter_map(read).collect())
}

/// How often the language of a corpus line is named right, without and with the conversation's language as prior.
fn languages(lines: &[(Lang, bool, String)]) -> Value {
    let mut wrong = Vec::new();
    let mut right = [0usize; 2];
    for (lang, _, text) in lines {
        let (alone, _) = identify(text, None);
        if alone == *lang {
            right[0] += 1;
        } else {
            wrong.push(format!("{lang} read as {alone}: {text}"));
        }
        right[1] += usize::from(identify(text, Some(*lang)).0 == *lang);
    }
    let share = |n: usize| round(Score::ratio(n, lines.len()));
    json!({ "lines": lines.len(), "right_without_prior": share(right[0]), "right_with_prior": share(right[1]), "wrong_without_prior": wrong })
}

fn multidogo(folder: &Path) -> Result<Option<Value>> {
    if !folder.is_dir() {
        return Ok(None);
    }
    let mut files: Vec<PathBuf> = fs::read_dir(folder)?
        .filter_map(|entry| entry.ok().map(|e| e.path()))
        .filter(|path| path.to_string_lossy().ends_with(".train.jsonl.gz"))
        .collect();
    files.sort();
    let mut turns = 0usize;
    let mut hits = Vec::new();
    for path in &files {
        let domain =
            path.file_name().and_then(|n| n.to_str()).and_then(|n| n.split('.').next()).unwrap_or("").to_owned();
        for line in BufReader::new(GzDecoder::new(File::open(path)?)).lines() {
            let turn: Value = serde_json::from_str(&line?)?;
            let text = turn["text"].as_str().unwrap_or("");
            turns += 1;
            let found = detect(text, Some(Lang::En));
            if found.asked {
                let words: Vec<&str> = found.evidence.iter().map(|e| e.words.as_str()).collect();
                hits.push(json!({ "domain": domain, "text": text, "rule": found.rule, "words": words }));
            }
        }
    }
    let per_thousand = hits.len() as f64 * 1000.0 / turns.max(1) as f64;
    Ok(Some(json!({ "turns": turns, "fired": hits.len(), "fired_per_1000": round(per_thousand), "hits": hits })))
}

fn main() -> Result<()> {
    let mut as_json = false;
    let mut files = Vec::new();
    let mut args = std::env::args().skip(1);
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "--json" => as_json = true,
            "--tsv" => files.push(PathBuf::from(args.next().context("--tsv needs a file")?)),
            other => anyhow::bail!("unknown argument {other}"),
        }
    }
    let data = std::env::var_os("BATON_DATA").map_or_else(|| PathBuf::from("data-sets"), PathBuf::from);
    let lines = corpus()?;
    let mut report = json!({ "language": languages(&lines), "corpus": by_language(lines.into_iter()) });
    for path in &files {
        let name = path.file_name().map_or_else(String::new, |n| n.to_string_lossy().into_owned());
        report[name] = by_language(labelled(path)?.into_iter());
    }
    let folder = data.join("multidogo");
    match multidogo(&folder)? {
        Some(found) => report["multidogo"] = found,
        None => {
            report["multidogo"] =
                json!({ "absent": format!("{} is not there; nothing was measured", folder.display()) })
        }
    }
    if as_json {
        println!("{}", serde_json::to_string_pretty(&report)?);
    } else {
        print(&report);
    }
    Ok(())
}

fn print(report: &Value) {
    let Some(parts) = report.as_object() else { return };
    for (name, part) in parts {
        println!("== {name}");
        if let Some(languages) = part["languages"].as_object() {
            println!("macro F1 {}", part["macro_f1"]);
            for (lang, score) in languages {
                println!(
                    "{lang}  requests {} others {}  precision {}  recall {}",
                    score["requests"], score["others"], score["precision"], score["recall"]
                );
                for (what, key) in [("missed", "missed"), ("false alarm", "false_alarms")] {
                    for text in score[key].as_array().into_iter().flatten() {
                        println!("    {what}: {}", text.as_str().unwrap_or(""));
                    }
                }
            }
        } else if part["right_with_prior"].is_number() {
            println!(
                "lines {}  right without prior {}  with {}",
                part["lines"], part["right_without_prior"], part["right_with_prior"]
            );
            for line in part["wrong_without_prior"].as_array().into_iter().flatten() {
                println!("    {}", line.as_str().unwrap_or(""));
            }
        } else if let Some(absent) = part["absent"].as_str() {
            println!("{absent}");
        } else {
            println!("turns {}  fired {}  per 1,000: {}", part["turns"], part["fired"], part["fired_per_1000"]);
            for hit in part["hits"].as_array().into_iter().flatten() {
                println!(
                    "    {}: {} [{}]",
                    hit["domain"].as_str().unwrap_or(""),
                    hit["text"].as_str().unwrap_or(""),
                    hit["rule"].as_str().unwrap_or("")
                );
            }
        }
    }
}
