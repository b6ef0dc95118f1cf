//! Bytes and texts from outside core: each is read into something that says the same again, or refused; nothing panics.
//! The awkward texts of `tests/corpus` are tried by the pages' and the hub's tests, too.

use baton_core::content::{Content, Part, file_name};
use baton_core::event::{BrokenSeal, Header, Key, Stream, open, unwrap_key};
use baton_core::frame::{Frames, PREFIX};
use baton_core::hours::Hours;
use baton_core::ids::{Hash16, KeyId};
use baton_core::limits;
use proptest::prelude::*;
use uuid::Uuid;

fn awkward() -> Vec<String> {
    serde_json::from_str(include_str!("corpus/awkward.json")).expect("a list of texts")
}

/// Awkward texts, one behind the other, and any characters between them.
fn text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        2 => prop::sample::select(awkward()),
        1 => prop::collection::vec(any::<char>(), 0..8).prop_map(String::from_iter),
        1 => "[ -~]{0,12}",
    ];
    prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

/// The stored headers of the corpus.
fn headers() -> Vec<Vec<u8>> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus/events/v1");
    let files = std::fs::read_dir(folder).expect("the corpus");
    let mut found: Vec<Vec<u8>> =
        files.map(|file| std::fs::read(file.expect("a file").path()).expect("a file")).collect();
    found.sort();
    assert!(found.len() > 20, "the corpus has headers");
    found
}

/// Reads a header; what it reads is written and read again as itself.
fn header(bytes: &[u8]) -> Result<(), TestCaseError> {
    if let Ok(read) = Header::from_bytes(bytes) {
        let written = read.to_bytes().expect("a header is JSON");
        let again = Header::from_bytes(&written).expect("what was written can be read");
        prop_assert_eq!(&again, &read);
        prop_assert_eq!(again.to_bytes().expect("a header is JSON"), written);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_are_a_header_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        header(&bytes)?;
    }

    #[test]
    fn a_header_of_which_a_part_was_changed_is_one_or_refused(
        of in prop::sample::select(headers()),
        at in any::<prop::sample::Index>(),
        length in 0..12usize,
        instead in prop_oneof![
            prop::collection::vec(any::<u8>(), 0..6),
            prop::sample::select(vec!["null", "-1", "1e999", "18446744073709551616", "{}", "[]", "\"", "\"\\ud800\"", ","])
                .prop_map(|text| text.as_bytes().to_vec()),
        ],
    ) {
        let mut bytes = of;
        let from = at.index(bytes.len());
        let to = bytes.len().min(from + length);
        bytes.splice(from..to, instead);
        header(&bytes)?;
    }

    #[test]
    fn no_bytes_open_under_a_key_that_did_not_seal_them(bytes in prop::collection::vec(any::<u8>(), 0..200), last in any::<bool>()) {
        let key = Key([7; 32]);
        let place = (Uuid::nil(), Stream::Audit, 1, "message", 1);
        prop_assert_eq!(open(&key, place, &bytes), Err(BrokenSeal));
        prop_assert!(unwrap_key(&key, KeyId(Uuid::nil()), &bytes).is_err());
        prop_assert_eq!(Frames::new(&key, [1; PREFIX], Vec::new()).open(&bytes, last), Err(BrokenSeal));
    }

    #[test]
    fn a_frame_of_which_a_byte_was_changed_does_not_open(
        plain in prop::collection::vec(any::<u8>(), 0..200),
        at in any::<prop::sample::Index>(),
        by in 1..=255u8,
    ) {
        let frames = || Frames::new(&Key([7; 32]), [1; PREFIX], b"place".to_vec());
        let mut sealed = frames().seal(&plain, true).expect("it is sealed");
        prop_assert_eq!(frames().open(&sealed, true), Ok(plain));
        let at = at.index(sealed.len());
        sealed[at] ^= by;
        prop_assert_eq!(frames().open(&sealed, true), Err(BrokenSeal));
    }

    #[test]
    fn a_name_of_a_file_is_short_safe_and_stays_as_it_is(name in text()) {
        let once = file_name(&name);
        let length = once.chars().count();
        prop_assert!((1..=limits::FILE_NAME_CHARS).contains(&length), "{once:?}");
        prop_assert!(!once.contains(['/', '\\', '\0', '\n']) && once != "." && once != "..", "{once:?}");
        prop_assert_eq!(file_name(&once), once);
    }

    #[test]
    fn a_message_is_refused_or_stays_as_it_is(texts in prop::collection::vec(text(), 0..4), name in text(), markdown: bool) {
        let mut parts: Vec<Part> =
            texts.into_iter().map(|text| Part::Text { text, markdown, language: None }).collect();
        parts.push(Part::Link { url: "https://a.example".into(), title: name });
        if let Ok(content) = Content::parts(parts) {
            let json = serde_json::to_string(&content).expect("JSON");
            let read: Content = serde_json::from_str(&json).expect("what was written can be read");
            prop_assert_eq!(&read, &content);
            prop_assert_eq!(Content::parts(read.parts).expect("it was taken before"), content);
        }
    }

    #[test]
    fn any_json_is_parts_of_a_message_or_refused(text in text()) {
        for json in [text.clone(), format!("[{{\"type\":{text}}}]"), format!("[{{\"type\":\"text\",\"text\":{text:?}}}]")] {
            if let Ok(parts) = serde_json::from_str::<Vec<Part>>(&json) {
                let _ = Content::parts(parts);
            }
            if let Ok(hours) = serde_json::from_str::<Hours>(&json) {
                let _ = hours.check();
            }
        }
    }

    #[test]
    fn names_of_streams_and_hashes_say_the_same_again(text in text(), id in any::<u128>()) {
        let id = Uuid::from_u128(id);
        for text in [text.clone(), format!("c/{id}"), format!("a/{text}"), format!("p/{id}{text}")] {
            if let Ok(stream) = text.parse::<Stream>() {
                prop_assert_eq!(stream.to_string().parse(), Ok(stream));
            }
            if let Some(hash) = Hash16::from_hex(&text) {
                prop_assert_eq!(Hash16::from_hex(&hash.to_hex()), Some(hash));
            }
        }
    }
}

#[test]
fn every_awkward_text_is_a_name_and_a_message_or_refused() {
    for text in awkward() {
        let name = file_name(&text);
        assert_eq!(file_name(&name), name, "{text:?}");
        if let Ok(content) = Content::text(&text) {
            assert_eq!(Content::parts(content.parts.clone()), Ok(content), "{text:?}");
        }
    }
}

#[test]
fn a_name_that_is_cut_ends_in_neither_a_space_nor_a_dot() {
    for end in [" more of it", ". more of it", " . .more of it, without an ending"] {
        let kept = "x".repeat(limits::FILE_NAME_CHARS - 1);
        assert_eq!(file_name(&format!("{kept}{end}")), kept, "{end}");
    }
}
