//! Nothing that a customer can type makes a reading panic, lose its place or take unbounded work.

use baton_insight::Lang;
use baton_insight::courtesy::is_courtesy;
use baton_insight::human_request::{ASKED_FROM_MILLIONTHS, Reading, detect};
use baton_insight::language::identify;
use proptest::prelude::*;

fn hints() -> impl Strategy<Value = Option<Lang>> {
    proptest::option::of(proptest::sample::select(Lang::ALL.to_vec()))
}

/// Words that mean something to the lists, mixed with what does not.
fn turns() -> impl Strategy<Value = String> {
    let words = vec![
        "agent",
        "human",
        "no",
        "don't want",
        "bot",
        "please",
        "are you",
        "my",
        "/agent",
        "to",
        "a",
        ",",
        ".",
        "?",
        "\"",
        "quiero",
        "hablar",
        "persona",
        "niet",
        "medewerker",
        "je",
        "parler",
        "człowiek",
        "istemiyorum",
        "insanla",
        "转人工",
        "不用",
        "オペレーター",
        "ですか",
        "ﾞ",
        "أريد",
        "وللموظف",
        "موظف",
        "\u{200B}",
        "👍",
        "\n",
        "'",
        "l'",
        "12",
        "é",
    ];
    proptest::collection::vec(proptest::sample::select(words), 0..40)
        .prop_flat_map(|words| (Just(words), proptest::bool::ANY))
        .prop_map(|(words, spaced)| words.join(if spaced { " " } else { "" }))
}

fn holds(text: &str, hint: Option<Lang>) -> Result<(), TestCaseError> {
    let found = detect(text, hint);
    prop_assert_eq!(found.asked, found.reading == Reading::Request);
    prop_assert_eq!(found.asked, found.score_millionths >= ASKED_FROM_MILLIONTHS);
    prop_assert!(found.score_millionths <= 1_000_000);
    prop_assert_eq!(found.evidence.is_empty(), found.reading == Reading::None);
    for piece in &found.evidence {
        prop_assert_eq!(text.get(piece.range.clone()), Some(piece.words.as_str()));
    }
    prop_assert_eq!(&detect(text, hint), &found);
    let (_, sure) = identify(text, hint);
    prop_assert!(sure <= 1_000_000);
    let _ = is_courtesy(text);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_read_without_a_panic(text in any::<String>(), hint in hints()) {
        holds(&text, hint)?;
    }

    #[test]
    fn any_mixture_of_list_words_is_read_consistently(text in turns(), hint in hints()) {
        holds(&text, hint)?;
    }

    #[test]
    fn case_and_surrounding_space_change_nothing(text in "[a-z ,.?]{0,60}") {
        let plain = detect(&text, Some(Lang::En));
        let shouted = detect(&format!("  {}  ", text.to_uppercase()), Some(Lang::En));
        prop_assert_eq!(plain.asked, shouted.asked);
        prop_assert_eq!(plain.rule, shouted.rule);
    }
}

#[test]
fn twenty_thousand_characters_of_anything_are_read() {
    for unit in [
        "agnet ",
        "a",
        "don't want a person ",
        "human human ",
        "are you ",
        "no ",
        "人",
        "不用",
        "オペ",
        "istemiyorum ",
        "\"",
        "'",
        ",",
        "👍",
        "و",
        "لل",
        "möchte mit ",
        "\u{0301}",
        "ﾞ",
        "representatave",
        "/agent",
        "l'",
    ] {
        let text = unit.repeat(20_000 / unit.chars().count());
        let _ = detect(&text, None);
        let _ = identify(&text, None);
        let _ = is_courtesy(&text);
    }
}
