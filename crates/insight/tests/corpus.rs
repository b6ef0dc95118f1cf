//! The committed corpora are read right, line by line.

use std::fs;
use std::path::Path;

use baton_insight::Lang;
use baton_insight::courtesy::is_courtesy;
use baton_insight::human_request::{Reading, commands, detect, short_word};

fn folder() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus")
}

fn requests(lang: Lang) -> Vec<(bool, String)> {
    let path = folder().join(format!("human_request/{lang}.tsv"));
    let content = fs::read_to_string(&path).unwrap_or_else(|why| panic!("{}: {why}", path.display()));
    content
        .lines()
        .map(|line| {
            let (label, text) = line.split_once('\t').unwrap_or_else(|| panic!("{lang}: no tab in {line:?}"));
            (label == "1", text.to_owned())
        })
        .collect()
}

/// The lines that are read wrong, each with what was read; `hint` is what the caller knows of the language.
fn wrong(lang: Lang, hint: Option<Lang>) -> Vec<String> {
    requests(lang)
        .into_iter()
        .filter_map(|(wanted, text)| {
            let found = detect(&text, hint);
            (found.asked != wanted).then(|| {
                let words: Vec<&str> = found.evidence.iter().map(|e| e.words.as_str()).collect();
                format!("{lang} should be {wanted}: {text}  (read as {:?} by {}: {words:?})", found.reading, found.rule)
            })
        })
        .collect()
}

macro_rules! each_language {
    ($($name:ident: $lang:ident,)*) => {$(
        #[test]
        fn $name() {
            let with_hint = wrong(Lang::$lang, Some(Lang::$lang));
            assert!(with_hint.is_empty(), "{}", with_hint.join("\n"));
            let without = wrong(Lang::$lang, None);
            assert!(without.is_empty(), "without the language of the conversation:\n{}", without.join("\n"));
        }
    )*};
}

each_language! {
    the_english_corpus_is_read_right: En,
    the_spanish_corpus_is_read_right: Es,
    the_french_corpus_is_read_right: Fr,
    the_german_corpus_is_read_right: De,
    the_portuguese_corpus_is_read_right: Pt,
    the_italian_corpus_is_read_right: It,
    the_dutch_corpus_is_read_right: Nl,
    the_polish_corpus_is_read_right: Pl,
    the_turkish_corpus_is_read_right: Tr,
    the_chinese_corpus_is_read_right: Zh,
    the_japanese_corpus_is_read_right: Ja,
    the_arabic_corpus_is_read_right: Ar,
}

#[test]
fn each_corpus_has_at_least_24_requests_and_24_near_misses() {
    for lang in Lang::ALL {
        let lines = requests(lang);
        let asked = lines.iter().filter(|(wanted, _)| *wanted).count();
        assert!(asked >= 24 && lines.len() - asked >= 24, "{lang}: {asked} of {}", lines.len());
        let mut texts: Vec<&String> = lines.iter().map(|(_, text)| text).collect();
        texts.sort();
        texts.dedup();
        assert_eq!(texts.len(), lines.len(), "{lang} repeats a line");
    }
}

#[test]
fn the_short_word_and_every_command_are_requests_in_any_conversation() {
    for lang in Lang::ALL {
        for hint in Lang::ALL.into_iter().map(Some).chain([None]) {
            let word = short_word(lang);
            for text in [word.to_owned(), word.to_uppercase(), format!(" {word}! ")] {
                assert!(detect(&text, hint).asked, "{text:?} in a conversation in {hint:?}");
            }
            for command in commands(lang) {
                let found = detect(&format!("/{command}"), hint);
                assert!(found.asked && found.rule == "command", "/{command} in a conversation in {hint:?}");
            }
        }
    }
}

#[test]
fn courtesies_are_told_from_turns_with_something_to_do() {
    let path = folder().join("courtesy.tsv");
    let content = fs::read_to_string(&path).unwrap_or_else(|why| panic!("{}: {why}", path.display()));
    let wrong: Vec<String> = content
        .lines()
        .filter(|line| {
            let mut parts = line.splitn(3, '\t').skip(1);
            let wanted = parts.next() == Some("1");
            is_courtesy(parts.next().unwrap_or("")) != wanted
        })
        .map(str::to_owned)
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_is_no_request_is_named() {
    for (text, reading) in [
        ("no agent needed", Reading::Refusal),
        ("I don't want a person", Reading::Refusal),
        ("are you a human?", Reading::NatureQuestion),
        ("my travel agent booked the wrong date", Reading::Mention),
        ("I spoke with a representative yesterday", Reading::Mention),
        ("where is my parcel", Reading::None),
    ] {
        assert_eq!(detect(text, Some(Lang::En)).reading, reading, "{text}");
    }
}

#[test]
fn evidence_is_the_customers_own_words() {
    let text = "Guten Tag, ich möchte bitte mit einem MENSCHEN sprechen!";
    let found = detect(text, None);
    let words: Vec<&str> = found.evidence.iter().map(|e| e.words.as_str()).collect();
    assert_eq!(words, ["ich möchte", "MENSCHEN", "sprechen"]);
    assert_eq!(found.rule, "talk_to_person");
    assert_eq!(found.language, Lang::De);
    for piece in &found.evidence {
        assert_eq!(&text[piece.range.clone()], piece.words);
    }
}

#[test]
fn typing_errors_and_disguises_do_not_hide_a_request() {
    for text in [
        "agnet please",
        "I want a humann",
        "get me a represenative",
        "HUMAAAAN PLEASE",
        "i wanna speek to a persn",
        "ａｇｅｎｔ please",
        "I want a hu\u{200B}man",
        "I’d rather talk to somebody than a bot",
        "je veux parler a un operateur",
        "quiero hablar con alguien que no sea un robot",
        "ich moechte mit einem Menschen sprechen",
        "CHCE ROZMAWIAC Z CZLOWIEKIEM",
        "müşteri temsılcısı lütfen",
        "أُرِيدُ التَّحَدُّثَ مَعَ مُوَظَّف",
        "我要轉人工",
        "ｵﾍﾟﾚｰﾀｰお願いします",
    ] {
        assert!(detect(text, None).asked, "{text}");
    }
}

#[test]
fn a_later_refusal_takes_a_request_back_and_a_later_request_stands() {
    assert!(!detect("agent please. no wait, no agent needed", Some(Lang::En)).asked);
    assert!(detect("I don't need an agent, I want a real human being", Some(Lang::En)).asked);
    assert!(detect("are you a human? I need a human", Some(Lang::En)).asked);
}

#[test]
fn a_request_in_another_language_than_the_conversations_is_heard() {
    assert!(detect("I want to talk to a human", Some(Lang::De)).asked);
    assert!(detect("quiero hablar con una persona", Some(Lang::En)).asked);
    assert!(detect("我要转人工", Some(Lang::En)).asked);
}

#[test]
fn quoted_words_are_not_the_customers_request() {
    assert!(!detect("the website has a button “talk to an agent” and it does nothing", Some(Lang::En)).asked);
    assert!(detect("\"agent\"", Some(Lang::En)).asked);
}

#[test]
fn a_request_at_the_end_of_a_long_text_is_found() {
    let text =
        format!("{} I want to speak with a human.", "The parcel came late again and the box was wet. ".repeat(300));
    assert!(detect(&text, Some(Lang::En)).asked);
}
