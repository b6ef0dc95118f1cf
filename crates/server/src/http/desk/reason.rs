//! Why a person is wanted, in one sentence for people.

use baton_core::event::Trigger;

/// Characters of a quotation in a list.
const QUOTE: usize = 160;

/// One sentence from the trigger, its evidence and, where the customer asked in words, the whole of what they wrote: the
/// evidence alone is a few of its words.
pub(super) fn sentence(trigger: Trigger, evidence: &[String], wrote: Option<&str>) -> String {
    let said = evidence.iter().map(|text| text.trim()).find(|text| !text.is_empty()).map(|text| cut(text, QUOTE));
    let with = |plain: &str, then: &str| match &said {
        Some(said) => format!("{then}: {said}"),
        None => plain.to_owned(),
    };
    match trigger {
        Trigger::Phrase | Trigger::Command => match wrote.map(|text| cut(text, QUOTE)).or(said) {
            Some(words) => format!("Asked for a person: “{words}”"),
            None => "Asked for a person".to_owned(),
        },
        Trigger::Button => "Pressed the button for a person".to_owned(),
        Trigger::Bot => with("The assistant asked for a person", "The assistant asked for a person"),
        Trigger::Abstained => with("The assistant did not know the answer", "The assistant did not know the answer"),
        Trigger::BotFailed => with("The assistant did not answer in time", "The assistant failed"),
        Trigger::TakeOver => "A person took this chat over".to_owned(),
        Trigger::Transfer => with("A colleague passed this chat on", "A colleague passed this chat on"),
        Trigger::AgentLost => "The colleague who had this chat could not be reached".to_owned(),
        Trigger::TargetFailed => "The outside contact centre could not take this chat".to_owned(),
        Trigger::MessageLeft => with("Left a message", "Left a message"),
        Trigger::WaitOver => "Nobody came in time; an answer was promised".to_owned(),
        Trigger::NoBot => "This inbox goes straight to people".to_owned(),
        Trigger::Rule => with("A rule of the house asked for a person", "A rule of the house asked for a person"),
    }
}

/// At most so many characters, on one line.
pub(super) fn cut(text: &str, most: usize) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= most {
        return line;
    }
    line.chars().take(most.saturating_sub(1)).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_quotes_the_words_that_asked() {
        let evidence = vec!["I want".to_owned(), "human".to_owned()];
        let wrote = Some("I want to talk\n to a human");
        assert_eq!(sentence(Trigger::Phrase, &evidence, wrote), "Asked for a person: “I want to talk to a human”");
        assert_eq!(sentence(Trigger::BotFailed, &[], None), "The assistant did not answer in time");
        assert_eq!(
            sentence(Trigger::Bot, &["needs a refund".into()], None),
            "The assistant asked for a person: needs a refund"
        );
    }

    #[test]
    fn a_long_quotation_is_cut_at_a_character() {
        assert_eq!(cut("ääää", 3), "ää…");
    }
}
