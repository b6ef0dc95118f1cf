//! Makes the knowledge file of a replay: our answers, the data set's training utterances as example questions. What was
//! held out goes beside it, for the customers of the replay to say. Both are written under `target/`, never committed.

use std::fmt::Write as _;
use std::path::Path;

use baton_plugins::bots::builtin::KnowledgeBase;

use super::Options;
use super::data::{self, Dice, Missing};
use super::split;

const ANSWERS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../knowledge/bitext-topics.yaml");
/// The split of the replay: the evaluation's first.
const SEED: u64 = 1;

pub(crate) fn run(options: &Options) -> Result<(), Missing> {
    let topics = data::bitext()?;
    let fail =
        |what: &Path, why: &dyn std::fmt::Display| Missing::Unreadable { path: what.to_owned(), why: why.to_string() };
    let answers = Path::new(ANSWERS);
    let yaml = std::fs::read_to_string(answers).map_err(|e| fail(answers, &e))?;
    let mut base: KnowledgeBase = serde_yaml_ng::from_str(&yaml).map_err(|e| fail(answers, &e))?;
    let mut dice = Dice::new(SEED);
    let mut held_out = String::new();
    for (id, texts) in &topics {
        let split = split::split(texts, options.similarity, split::Part::Judging, &mut dice);
        let entry = base.entries.iter_mut().find(|entry| entry.id == *id);
        let entry = entry.ok_or_else(|| fail(answers, &format!("has no entry {id:?}")))?;
        entry.questions = split.train.into_iter().take(options.examples).collect();
        for (text, _) in split.test {
            let line = serde_json::json!({ "text": text, "intent": id });
            writeln!(held_out, "{line}").map_err(|e| fail(answers, &e))?;
        }
    }
    let out = &options.out;
    std::fs::create_dir_all(out).map_err(|e| fail(out, &e))?;
    let filled = serde_yaml_ng::to_string(&base).map_err(|e| fail(answers, &e))?;
    KnowledgeBase::parse(&filled).map_err(|e| fail(answers, &e))?;
    for (name, text) in [("bitext-knowledge.yaml", filled), ("bitext-heldout.jsonl", held_out)] {
        let path = out.join(name);
        std::fs::write(&path, text).map_err(|e| fail(&path, &e))?;
        println!("{}", path.display());
    }
    Ok(())
}
