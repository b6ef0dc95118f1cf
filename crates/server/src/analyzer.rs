//! What Baton reads out of customers' texts, as the engine asks for it.

use baton_core::event::Trigger;
use baton_core::facts::Reading;
use baton_core::limits;
use baton_core::notice::person_word;
use baton_core::privacy::{Found, Pattern, Redaction, Unread};
use baton_insight::courtesy::is_courtesy;
use baton_insight::redact::{self, Compiled, Wanted};
use baton_insight::{Lang, human_request, human_request::Detection, language};
use baton_kit::analyzer::Analyzer;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Lists of patterns that are kept ready; one for each inbox that has some.
const READY: usize = 256;

type Ready = HashMap<Vec<Pattern>, Option<Arc<Vec<Compiled>>>>;

/// The rules and lists of `baton-insight`.
#[derive(Default)]
pub(crate) struct Insight {
    /// `None`: one of the list cannot be used.
    ready: Mutex<Ready>,
}

impl Insight {
    fn ready(&self, patterns: &[Pattern]) -> Result<Arc<Vec<Compiled>>, Unread> {
        let mut ready = self.ready.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = ready.get(patterns) {
            return known.clone().ok_or(Unread);
        }
        let made: Result<Vec<Compiled>, _> = patterns.iter().map(compile).collect();
        if let Err(error) = &made {
            tracing::error!(%error, "a pattern of an inbox cannot be used; nothing it should look through is let in");
        }
        let made = made.ok().map(Arc::new);
        if ready.len() >= READY {
            ready.clear();
        }
        ready.insert(patterns.to_vec(), made.clone());
        made.ok_or(Unread)
    }
}

fn compile(pattern: &Pattern) -> Result<Compiled, redact::Unfit> {
    Compiled::new(&pattern.name, &pattern.regex, limits::PATTERN_BYTES)
}

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

    fn redact(&self, text: &str, rules: &Redaction) -> Result<Vec<Found>, Unread> {
        if text.len() > limits::REDACT_BYTES {
            return Err(Unread);
        }
        let patterns = if rules.patterns.is_empty() { Arc::default() } else { self.ready(&rules.patterns)? };
        let wanted = Wanted { cards: rules.cards, ibans: rules.ibans, patterns: &patterns };
        let found = redact::find(text, wanted).into_iter();
        Ok(found.map(|found| Found { start: found.range.start, end: found.range.end, token: found.token }).collect())
    }

    fn unfit(&self, pattern: &Pattern) -> Option<String> {
        compile(pattern).err().map(|error| error.to_string())
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
