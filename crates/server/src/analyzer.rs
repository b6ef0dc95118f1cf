//! What Baton reads out of customers' texts, as the engine asks for it.

use baton_core::event::Trigger;
use baton_core::facts::Reading;
use baton_core::notice::person_word;
use baton_insight::courtesy::is_courtesy;
use baton_insight::{Lang, human_request, human_request::Detection, language};
use baton_kit::analyzer::Analyzer;

/// The rules and lists of `baton-insight`.
pub(crate) struct Insight;

/// A language counts as clear from here, in millionths.
const CLEAR: u32 = 700_000;

impl Analyzer for Insight {
    fn read(&self, text: &str, prior: &str) -> Reading {
        let hint = Lang::from_code(prior);
        let detection = human_request::detect(text, hint);
        let asks_person = detection.asked.then(|| {
            let trigger = if text.trim_start().starts_with('/') { Trigger::Command } else { Trigger::Phrase };
            (trigger, vec![evidence(text, &detection)])
        });
        let (lang, sure) = language::identify(text, hint);
        Reading { asks_person, courtesy: is_courtesy(text), language: (sure >= CLEAR).then(|| lang.code().to_owned()) }
    }

    fn person_word(&self, language: &str) -> bool {
        human_request::detect(person_word(language), Lang::from_code(language)).asked
    }
}

/// What a person reads as the reason: the whole text if it is short, else the words that decided.
fn evidence(text: &str, detection: &Detection) -> String {
    const SHORT: usize = 160;
    let text = text.trim();
    if text.chars().count() <= SHORT {
        return text.to_owned();
    }
    let words: Vec<&str> = detection.evidence.iter().map(|evidence| evidence.words.as_str()).collect();
    words.join(" … ").chars().take(SHORT).collect()
}
