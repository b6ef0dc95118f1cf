//! The notices name a word that gets a person: it is the short word of the language, and it is heard.

use baton_insight::Lang;
use baton_insight::human_request::{detect, short_word};
use std::path::PathBuf;

#[test]
fn the_word_that_a_notice_names_asks_for_a_person_in_each_language() {
    for lang in Lang::ALL {
        let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(format!("../../i18n/notices.{lang}.json"));
        let text = std::fs::read_to_string(path).expect("a catalogue for each language");
        let texts: serde_json::Value = serde_json::from_str(&text).expect("JSON");
        let word = texts["person_word"].as_str().expect("the word");
        assert_eq!(word, short_word(lang), "{lang}");
        assert!(detect(word, Some(lang)).asked && detect(word, None).asked, "{lang}: {word}");
    }
}
