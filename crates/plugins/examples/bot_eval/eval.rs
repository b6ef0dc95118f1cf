//! The evaluation: held-out templates of 25 topics against foreign questions, both halves weighing equally.

use std::hint::black_box;

use baton_plugins::bots::builtin::knowledge::{Entry, KnowledgeBase};
use baton_plugins::bots::builtin::{BuiltinBot, TurnContext, lab};
use serde_json::json;

use super::Options;
use super::data::{self, Dice, Missing, Topics};
use super::metrics::{self, Figures, Judged, NAMES};
use super::split::{self, Part, Split};

const DRAWS: usize = 1_000;

struct Run {
    seed: u64,
    figures: Figures,
    turns: Vec<Judged>,
    clusters: usize,
    clusters_held_out: usize,
    examples: usize,
    load_ms: f64,
    turn_us: f64,
}

pub(crate) fn run(options: &Options) -> Result<(), Missing> {
    let topics = data::bitext()?;
    let foreign = if options.choosing { data::clinc_foreign_to_a_shop()? } else { data::clinc_out_of_scope()? };
    let threshold = f64::from(lab::threshold_millionths()) / 1e6;
    let runs: Vec<Run> = (1..=options.seeds).map(|seed| once(&topics, &foreign, seed, threshold, options)).collect();
    if options.json {
        println!("{:#}", report(&runs, threshold, options));
    } else {
        print_text(&runs, threshold);
    }
    Ok(())
}

fn once(topics: &Topics, foreign: &[String], seed: u64, threshold: f64, options: &Options) -> Run {
    let mut dice = Dice::new(seed);
    let part = if options.choosing { Part::Choosing } else { Part::Judging };
    let mut held_out = |texts| split::split(texts, options.similarity, part, &mut dice);
    let splits: Vec<(&str, Split)> = topics.iter().map(|(id, texts)| (id.as_str(), held_out(texts))).collect();
    let base = knowledge(&splits, options.examples);
    let examples = base.entries.iter().map(|entry| entry.questions.len()).sum();
    let started = now();
    let bot = BuiltinBot::of(base);
    let load_ms = started.elapsed().as_secs_f64() * 1e3;
    let mut turns = Vec::new();
    for (index, (_, split)) in splits.iter().enumerate() {
        for (text, cluster) in &split.test {
            let (entry, confidence) = lab::best(&bot, text).unwrap_or((usize::MAX, 0.0));
            let cluster = index * 1_000_000 + cluster;
            turns.push(Judged { confidence, right: entry == index, in_scope: true, cluster });
        }
    }
    for (cluster, text) in foreign.iter().enumerate() {
        let confidence = lab::best(&bot, text).map_or(0.0, |best| best.1);
        turns.push(Judged { confidence, right: false, in_scope: false, cluster });
    }
    if std::env::var_os("BOT_EVAL_ERRORS").is_some() {
        errors(&splits, foreign, &bot, threshold);
    }
    let texts: Vec<&str> = splits.iter().flat_map(|(_, s)| s.test.iter().map(|(text, _)| text.as_str())).collect();
    let started = now();
    for text in &texts {
        black_box(bot.answer(text, &TurnContext::default()));
    }
    let turn_us = started.elapsed().as_secs_f64() * 1e6 / texts.len().max(1) as f64;
    Run {
        seed,
        figures: metrics::figures(turns.iter(), threshold),
        turns,
        clusters: splits.iter().map(|(_, s)| s.clusters).sum(),
        clusters_held_out: splits.iter().map(|(_, s)| s.clusters_held_out).sum(),
        examples,
        load_ms,
        turn_us,
    }
}

fn errors(splits: &[(&str, Split)], foreign: &[String], bot: &BuiltinBot, threshold: f64) {
    for (index, (id, split)) in splits.iter().enumerate() {
        for (text, _) in &split.test {
            let (entry, p) = lab::best(bot, text).unwrap_or((usize::MAX, 0.0));
            let what = match (entry == index, p >= threshold) {
                (true, true) => continue,
                (true, false) => "UNSURE",
                (false, true) => "WRONG",
                (false, false) => "wrong-unsure",
            };
            eprintln!("{what} {p:.2} {id} -> {} | {text}", splits.get(entry).map_or("-", |s| s.0));
        }
    }
    for text in foreign {
        let (entry, p) = lab::best(bot, text).unwrap_or((usize::MAX, 0.0));
        if p > 0.3 {
            eprintln!("FOREIGN {p:.2} -> {} | {text}", splits.get(entry).map_or("-", |s| s.0));
        }
    }
}

/// A knowledge base with up to `examples` training texts of each topic.
pub(crate) fn knowledge(splits: &[(&str, Split)], examples: usize) -> KnowledgeBase {
    let entries = splits.iter().map(|(id, split)| entry(id, split.train.iter().take(examples).cloned().collect()));
    base(entries.collect())
}

pub(crate) fn base(entries: Vec<Entry>) -> KnowledgeBase {
    let words = || "-".to_owned();
    KnowledgeBase {
        version: 1,
        name: words(),
        language: "en".to_owned(),
        greeting: words(),
        fallback: words(),
        entries,
    }
}

pub(crate) fn entry(id: &str, questions: Vec<String>) -> Entry {
    let (quick_replies, follow_ups) = (Vec::new(), Vec::new());
    Entry { id: id.to_owned(), questions, answer: Some(id.to_owned()), quick_replies, follow_ups, hand_over: None }
}

#[expect(clippy::disallowed_methods, reason = "this program measures how long the bot takes")]
fn now() -> std::time::Instant {
    std::time::Instant::now()
}

fn summary(runs: &[Run]) -> Vec<(&'static str, f64, f64, f64)> {
    let lists: Vec<[f64; 6]> = runs.iter().map(|run| run.figures.list()).collect();
    NAMES
        .iter()
        .enumerate()
        .map(|(i, name)| {
            let values = lists.iter().map(|list| list[i]);
            let mean = values.clone().sum::<f64>() / lists.len().max(1) as f64;
            let (low, high) = values.fold((f64::MAX, f64::MIN), |(low, high), v| (low.min(v), high.max(v)));
            (*name, mean, low, high)
        })
        .collect()
}

fn report(runs: &[Run], threshold: f64, options: &Options) -> serde_json::Value {
    let rounded = |v: f64| (v * 1e4).round() / 1e4;
    let each: Vec<_> = runs
        .iter()
        .map(|run| {
            let intervals = metrics::intervals(&run.turns, threshold, DRAWS);
            let figures: serde_json::Map<String, serde_json::Value> = NAMES
                .iter()
                .zip(run.figures.list().iter().zip(intervals))
                .map(|(name, (value, (low, high)))| {
                    let value = json!({ "value": rounded(*value), "low": rounded(low), "high": rounded(high) });
                    ((*name).to_owned(), value)
                })
                .collect();
            json!({
                "seed": run.seed,
                "in_scope": run.turns.iter().filter(|t| t.in_scope).count(),
                "out_of_scope": run.turns.iter().filter(|t| !t.in_scope).count(),
                "clusters": run.clusters,
                "clusters_held_out": run.clusters_held_out,
                "examples": run.examples,
                "load_ms": run.load_ms.round(),
                "turn_us": run.turn_us.round(),
                "figures": figures,
            })
        })
        .collect();
    let summary: serde_json::Map<String, serde_json::Value> = summary(runs)
        .into_iter()
        .map(|(name, mean, low, high)| {
            (name.to_owned(), json!({ "mean": rounded(mean), "least": rounded(low), "most": rounded(high) }))
        })
        .collect();
    json!({
        "what": "built-in bot: 25 Bitext topics held out by template, and CLINC150's out-of-scope texts; halves weigh equally",
        "threshold": threshold,
        "examples_per_entry": options.examples,
        "near_duplicate_similarity": options.similarity,
        "intervals": "95 %, bootstrap over template clusters",
        "targets": { "expected_calibration_error": 0.05, "wrong_share_of_answers": 0.05, "in_scope_answered": 0.70 },
        "meets_targets": meets(runs),
        "summary": summary,
        "runs": each,
    })
}

fn meets(runs: &[Run]) -> bool {
    runs.iter().all(|run| run.figures.ece <= 0.05 && run.figures.wrong <= 0.05 && run.figures.answered >= 0.70)
}

fn print_text(runs: &[Run], threshold: f64) {
    println!("Built-in bot: 25 topics held out by template, and foreign questions; both halves weigh equally.");
    println!("It answers from {threshold:.2} on. Intervals: 95 %, bootstrap over template clusters.\n");
    for run in runs {
        let inside = run.turns.iter().filter(|t| t.in_scope).count();
        println!(
            "split {}: {inside} in scope ({} of {} clusters held out), {} foreign, {} examples; load {:.0} ms, {:.0} us a turn",
            run.seed,
            run.clusters_held_out,
            run.clusters,
            run.turns.len() - inside,
            run.examples,
            run.load_ms,
            run.turn_us
        );
        let intervals = metrics::intervals(&run.turns, threshold, DRAWS);
        for ((name, value), (low, high)) in NAMES.iter().zip(run.figures.list()).zip(intervals) {
            println!("  {name:40} {:6.2} %  [{:.2}, {:.2}]", value * 100.0, low * 100.0, high * 100.0);
        }
    }
    println!("\nover {} splits:{:31}mean    least     most", runs.len(), "");
    for (name, mean, low, high) in summary(runs) {
        println!("  {name:40} {:6.2} % {:6.2} % {:6.2} %", mean * 100.0, low * 100.0, high * 100.0);
    }
    println!("\nreliability, all splits together (confidence -> share right, share of turns):");
    let inside = runs.iter().flat_map(|r| &r.turns).filter(|t| t.in_scope).count() as f64;
    let all = runs.iter().map(|r| r.turns.len()).sum::<usize>() as f64;
    let weight = |t: &Judged| 0.5 / if t.in_scope { inside } else { all - inside };
    let bins = metrics::reliability(runs.iter().flat_map(|r| &r.turns).map(|t| (t.confidence, t.right, weight(t))));
    for bin in bins.iter().filter(|bin| bin.weight > 0.0) {
        println!("  {:5.3} -> {:5.3}  {:5.1} %", bin.confidence, bin.right, bin.weight * 100.0);
    }
    println!("\n{}", if meets(runs) { "Every split meets the targets." } else { "Not every split meets the targets." });
}
