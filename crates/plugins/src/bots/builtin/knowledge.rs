//! The knowledge file: what the built-in bot may say. Parsing and every check on it; no I/O.
//!
//! A file that parses here can be loaded: the checks name the entry and the line, all faults at once, so that an
//! administrator mends a file in one go.

use std::collections::{HashMap, HashSet};
use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::text;

/// Bytes of a knowledge file.
pub const MAX_FILE_BYTES: usize = 4 * 1024 * 1024;
/// Entries in a file.
pub const MAX_ENTRIES: usize = 500;
/// Example questions of one entry.
pub const MAX_QUESTIONS: usize = 200;
/// Example questions of a whole file: bounds memory and the time to load.
pub const MAX_QUESTIONS_IN_ALL: usize = 10_000;
/// Characters of one example question.
pub const MAX_QUESTION_CHARS: usize = 500;
/// Characters of an answer, the greeting or the fallback.
pub const MAX_ANSWER_CHARS: usize = 4_000;
/// Quick replies of one entry: more do not fit on a phone.
pub const MAX_QUICK_REPLIES: usize = 10;
/// Characters of a quick reply's label or value, of a name, an id, a reason or a destination.
pub const MAX_LABEL_CHARS: usize = 200;
/// Follow-ups of one entry.
pub const MAX_FOLLOW_UPS: usize = 20;
/// Faults listed in one error.
const MAX_PROBLEMS: usize = 20;

/// What the built-in bot knows, as its file says it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct KnowledgeBase {
    /// The version of this file format: 1.
    pub version: u32,
    /// The name of the bot or shop, for the pages of the administrator.
    pub name: String,
    /// The language of questions and answers, as a BCP 47 tag ("en", "de-AT").
    pub language: String,
    /// What the bot says first.
    pub greeting: String,
    /// What the bot says when it does not know.
    pub fallback: String,
    /// What it knows.
    pub entries: Vec<Entry>,
}

/// One thing the bot knows: examples of how customers ask for it, and what it then says or does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// Its name, unique in the file; also the intent that is reported.
    pub id: String,
    /// How customers ask for it, in their words. Eight or more different ones work well; two are the least.
    #[serde(default)]
    pub questions: Vec<String>,
    /// What the bot says. May be left out of an entry that hands over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<String>,
    /// Buttons under the answer.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub quick_replies: Vec<QuickReply>,
    /// Ids of entries that customers often ask next, perhaps in few words ("and how long?").
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub follow_ups: Vec<String>,
    /// Set where a person must take over instead of the bot answering.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hand_over: Option<HandOver>,
}

/// A button: what it shows, and what is sent as the customer's words when it is pressed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct QuickReply {
    /// What the button shows.
    pub label: String,
    /// What is sent. Best one of the example questions of an entry.
    pub value: String,
}

/// The bot's own request for a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HandOver {
    /// Why, for the agent who takes over.
    pub reason: String,
    /// The queue or target that shall take it; the inbox's own default if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub destination: Option<String>,
}

/// Why a knowledge file was not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The file is larger than any knowledge file may be.
    #[error("the knowledge file has {bytes} bytes; at most {MAX_FILE_BYTES} are allowed")]
    TooLarge {
        /// Its size.
        bytes: usize,
    },
    /// Not YAML, or not of this form. The message names the path inside the file.
    #[error("line {line}, column {column}: {message}")]
    Syntax {
        /// Line of the fault, from 1; 0 if unknown.
        line: usize,
        /// Column of the fault, from 1; 0 if unknown.
        column: usize,
        /// What is wrong, with the path inside the file.
        message: String,
    },
    /// Of the right form, but saying something that cannot be. Never empty.
    #[error("{}", list(.0))]
    Invalid(Vec<Problem>),
}

/// One fault in a file of the right form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Line of the entry, from 1, where it could be found.
    pub line: Option<usize>,
    /// Where: `entries[3] "returns" questions[2]`.
    pub path: String,
    /// What is wrong with it.
    pub what: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(line) = self.line {
            write!(f, "line {line}: ")?;
        }
        write!(f, "{}: {}", self.path, self.what)
    }
}

fn list(problems: &[Problem]) -> String {
    problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

impl KnowledgeBase {
    /// Reads a knowledge file.
    ///
    /// # Errors
    /// If it is too large, not YAML of this form, or contradicts itself.
    pub fn parse(yaml: &str) -> Result<Self, Error> {
        if yaml.len() > MAX_FILE_BYTES {
            return Err(Error::TooLarge { bytes: yaml.len() });
        }
        let base: Self = serde_yaml_ng::from_str(yaml).map_err(|error| {
            let (line, column) = error.location().map_or((0, 0), |at| (at.line(), at.column()));
            Error::Syntax { line, column, message: error.to_string() }
        })?;
        let problems = Checks { yaml, base: &base, problems: Vec::new() }.run();
        if problems.is_empty() { Ok(base) } else { Err(Error::Invalid(problems)) }
    }

    /// The entry of this id.
    #[must_use]
    pub fn entry(&self, id: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.id == id)
    }
}

struct Checks<'a> {
    yaml: &'a str,
    base: &'a KnowledgeBase,
    problems: Vec<Problem>,
}

impl Checks<'_> {
    fn run(mut self) -> Vec<Problem> {
        let base = self.base;
        if base.version != 1 {
            self.add(None, "version", format!("is {}; this release reads version 1", base.version));
        }
        self.words(None, "name", &base.name, MAX_LABEL_CHARS);
        self.words(None, "language", &base.language, MAX_LABEL_CHARS);
        self.words(None, "greeting", &base.greeting, MAX_ANSWER_CHARS);
        self.words(None, "fallback", &base.fallback, MAX_ANSWER_CHARS);
        if base.entries.is_empty() {
            self.add(None, "entries", "is empty; the bot would know nothing".to_owned());
        }
        self.count(None, "entries", base.entries.len(), MAX_ENTRIES);
        let in_all = base.entries.iter().map(|entry| entry.questions.len()).sum();
        self.count(None, "questions in all", in_all, MAX_QUESTIONS_IN_ALL);
        self.ids();
        self.questions();
        let ids: HashSet<&str> = base.entries.iter().map(|entry| entry.id.as_str()).collect();
        for (index, entry) in base.entries.iter().enumerate() {
            self.entry(index, entry, &ids);
        }
        self.problems
    }

    fn ids(&mut self) {
        let mut first: HashMap<&str, usize> = HashMap::new();
        for (index, entry) in self.base.entries.iter().enumerate() {
            self.words(Some(index), "id", &entry.id, MAX_LABEL_CHARS);
            if let Some(earlier) = first.insert(&entry.id, index) {
                self.add(Some(index), "id", format!("is also the id of entries[{earlier}]; each id stands once"));
            }
        }
    }

    /// The same question in two entries has no right answer.
    fn questions(&mut self) {
        let mut owner: HashMap<Vec<String>, usize> = HashMap::new();
        for (index, entry) in self.base.entries.iter().enumerate() {
            for (at, question) in entry.questions.iter().enumerate() {
                let words = text::tokens(question);
                if words.is_empty() {
                    self.add(Some(index), &format!("questions[{at}]"), "has no words".to_owned());
                } else if let Some(other) = owner.insert(words, index).filter(|other| *other != index) {
                    let other = &self.base.entries[other].id;
                    let what = format!("\"{question}\" is also a question of entry \"{other}\"");
                    self.add(Some(index), &format!("questions[{at}]"), what);
                }
            }
        }
    }

    fn entry(&mut self, index: usize, entry: &Entry, ids: &HashSet<&str>) {
        let at = Some(index);
        if entry.questions.len() < 2 {
            self.add(at, "questions", "needs at least two ways to ask".to_owned());
        }
        self.count(at, "questions", entry.questions.len(), MAX_QUESTIONS);
        for (i, question) in entry.questions.iter().enumerate() {
            if question.chars().count() > MAX_QUESTION_CHARS {
                self.add(at, &format!("questions[{i}]"), format!("is longer than {MAX_QUESTION_CHARS} characters"));
            }
        }
        match (&entry.answer, &entry.hand_over) {
            (Some(answer), _) => self.words(at, "answer", answer, MAX_ANSWER_CHARS),
            (None, None) => self.add(at, "answer", "is missing, and the entry does not hand over".to_owned()),
            (None, Some(_)) => {}
        }
        self.count(at, "quick_replies", entry.quick_replies.len(), MAX_QUICK_REPLIES);
        for (i, reply) in entry.quick_replies.iter().enumerate() {
            self.words(at, &format!("quick_replies[{i}].label"), &reply.label, MAX_LABEL_CHARS);
            self.words(at, &format!("quick_replies[{i}].value"), &reply.value, MAX_LABEL_CHARS);
        }
        self.count(at, "follow_ups", entry.follow_ups.len(), MAX_FOLLOW_UPS);
        for (i, id) in entry.follow_ups.iter().enumerate() {
            if !ids.contains(id.as_str()) {
                self.add(at, &format!("follow_ups[{i}]"), format!("\"{id}\" is the id of no entry"));
            } else if *id == entry.id {
                self.add(at, &format!("follow_ups[{i}]"), "is the entry itself".to_owned());
            }
        }
        if let Some(hand_over) = &entry.hand_over {
            self.words(at, "hand_over.reason", &hand_over.reason, MAX_LABEL_CHARS);
            if let Some(destination) = &hand_over.destination {
                self.words(at, "hand_over.destination", destination, MAX_LABEL_CHARS);
            }
        }
    }

    fn words(&mut self, entry: Option<usize>, field: &str, value: &str, most: usize) {
        if value.trim().is_empty() {
            self.add(entry, field, "is empty".to_owned());
        } else if value.chars().count() > most {
            self.add(entry, field, format!("is longer than {most} characters"));
        }
    }

    fn count(&mut self, entry: Option<usize>, field: &str, count: usize, most: usize) {
        if count > most {
            self.add(entry, field, format!("are {count}; at most {most} are allowed"));
        }
    }

    fn add(&mut self, entry: Option<usize>, field: &str, what: String) {
        if self.problems.len() >= MAX_PROBLEMS {
            return;
        }
        let (line, path) = match entry {
            None => (None, field.to_owned()),
            Some(index) => {
                let id = &self.base.entries[index].id;
                (self.line_of(index), format!("entries[{index}] \"{id}\" {field}"))
            }
        };
        self.problems.push(Problem { line, path, what });
    }

    /// The parser keeps no lines, so the entry's `id:` line is looked up in the text: the n-th of that id, if ids repeat.
    fn line_of(&self, index: usize) -> Option<usize> {
        let id = self.base.entries[index].id.as_str();
        let repeats = self.base.entries[..index].iter().filter(|entry| entry.id == id).count();
        let is_id_line = |line: &str| {
            let line = line.trim_start().trim_start_matches('-').trim_start();
            let value = line.strip_prefix("id:").map(|rest| rest.split(" #").next().unwrap_or(rest).trim());
            value.is_some_and(|value| value.trim_matches(['"', '\'']) == id)
        };
        let mut hits = self.yaml.lines().enumerate().filter(|(_, line)| is_id_line(line)).map(|(i, _)| i + 1);
        hits.nth(repeats)
    }
}
