//! The form of a replay file: JSON Lines, one conversation per line. Documented in `docs/replay.md`.

use anyhow::{Context, bail};
use serde::{Deserialize, Serialize};
use std::io::BufRead;
use std::path::Path;

/// Who wrote the customer's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// A person, one by one.
    Human,
    /// A template: counted apart, because it says little about people.
    Template,
}

/// One customer's conversation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Conversation {
    /// Names it in the report; different in each line.
    pub id: String,
    /// The customer's language, if known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// Who wrote it.
    pub source: Source,
    /// What the customer does, in order.
    pub turns: Vec<Turn>,
    /// What an agent who gets this conversation does; left out: a draw decides.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent: Option<AgentPart>,
}

/// One thing that the customer does.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Turn {
    /// Says this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Presses this button.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub press: Option<Press>,
    /// Seconds before it, at speed 1; left out: as long as typing the text takes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<f64>,
}

/// A button.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Press {
    /// "Talk to a person".
    Person,
    /// "Leave the line".
    Withdraw,
}

/// What the agent does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AgentPart {
    /// Replies before the next move.
    #[serde(default = "one")]
    pub replies: u32,
    /// The move.
    pub then: AgentMove,
}

fn one() -> u32 {
    1
}

/// How an agent ends a stretch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AgentMove {
    /// Stays until the customer has said everything, then closes.
    Stay,
    /// Hands back to the bot, with a brief.
    HandBack,
    /// Closes though the customer has more to say: the next word opens a new episode.
    Close,
}

impl Turn {
    /// A turn that says something.
    pub fn says(text: impl Into<String>) -> Self {
        Self { text: Some(text.into()), press: None, after: None }
    }
}

/// Reads a file; an error names the line.
///
/// # Errors
/// The file cannot be read, or a line is not of the form.
pub fn read(path: &Path) -> anyhow::Result<Vec<Conversation>> {
    let file = std::fs::File::open(path).with_context(|| format!("{} cannot be opened", path.display()))?;
    let mut out: Vec<Conversation> = Vec::new();
    let mut ids = std::collections::HashSet::new();
    for (at, line) in std::io::BufReader::new(file).lines().enumerate() {
        let line = line.with_context(|| format!("{} line {}", path.display(), at + 1))?;
        if line.trim().is_empty() {
            continue;
        }
        let conversation = parse(&line).with_context(|| format!("{} line {}", path.display(), at + 1))?;
        if !ids.insert(conversation.id.clone()) {
            bail!("{} line {}: the id {} stands in an earlier line too", path.display(), at + 1, conversation.id);
        }
        out.push(conversation);
    }
    if out.is_empty() {
        bail!("{} holds no conversation", path.display());
    }
    Ok(out)
}

/// Reads several files and mixes them evenly: each part of the play holds something of each file.
pub(crate) fn mixed(paths: &[std::path::PathBuf]) -> anyhow::Result<Vec<Conversation>> {
    let mut all = Vec::new();
    for path in paths {
        let read = read(path)?;
        let count = read.len() as f64;
        all.extend(read.into_iter().enumerate().map(|(at, conversation)| (at as f64 / count, conversation)));
    }
    all.sort_by(|(one, _), (other, _)| one.total_cmp(other));
    Ok(all.into_iter().map(|(_, conversation)| conversation).collect())
}

fn parse(line: &str) -> anyhow::Result<Conversation> {
    let conversation: Conversation = serde_json::from_str(line)?;
    if conversation.turns.is_empty() {
        bail!("a conversation has at least one turn");
    }
    for turn in &conversation.turns {
        match (&turn.text, turn.press) {
            (Some(text), None) if !text.trim().is_empty() => {}
            (None, Some(_)) => {}
            _ => bail!("a turn has either a text that is not blank or a button that is pressed"),
        }
    }
    Ok(conversation)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_one_conversation() {
        let read = parse(r#"{"id":"a","source":"human","turns":[{"text":"Hi"},{"press":"person"}]}"#).unwrap();
        assert_eq!(read.turns[0], Turn::says("Hi"));
        assert_eq!(read.turns[1].press, Some(Press::Person));
        assert_eq!(read.agent, None);
    }

    #[test]
    fn a_turn_without_text_and_button_is_refused() {
        assert!(parse(r#"{"id":"a","source":"human","turns":[{}]}"#).is_err());
        assert!(parse(r#"{"id":"a","source":"human","turns":[{"text":" "}]}"#).is_err());
        assert!(parse(r#"{"id":"a","source":"human","turns":[]}"#).is_err());
    }

    #[test]
    fn an_error_names_the_line() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("two.jsonl");
        std::fs::write(&path, "{\"id\":\"a\",\"source\":\"human\",\"turns\":[{\"text\":\"Hi\"}]}\nnonsense\n").unwrap();
        let error = format!("{:#}", read(&path).unwrap_err());
        assert!(error.contains("line 2"), "{error}");
    }

    #[test]
    fn the_own_written_conversations_are_of_the_form() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../replays/own.jsonl");
        let all = read(&path).unwrap();
        assert!(all.len() >= 50, "{}", all.len());
        assert!(all.iter().all(|conversation| conversation.source == Source::Human));
    }
}
