//! Words of a text, and the forms under which each of them is found: full-width forms, case, accents and endings are
//! folded away. Scripts without spaces are found by pairs of characters.

use rust_stemmers::{Algorithm, Stemmer};
use std::collections::BTreeSet;
use std::ops::Range;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;
use unicode_segmentation::UnicodeSegmentation;

/// A word with more characters than this is found by its beginning alone.
const LONGEST: usize = 40;
/// Letters from which a text tells its language by itself.
const TELLS: usize = 24;

/// One word where it stands; of a script without spaces one character.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Word {
    /// In bytes.
    pub(crate) range: Range<usize>,
    /// Lower case, accents kept.
    pub(crate) lower: String,
    /// Lower case, without accents.
    pub(crate) folded: String,
    /// Of a script without spaces.
    pub(crate) dense: bool,
}

/// Scripts that write no spaces between words, and Korean, whose words carry their particles.
fn dense(c: char) -> bool {
    matches!(c,
        '\u{0e00}'..='\u{0eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}'
        | '\u{3040}'..='\u{30ff}' | '\u{31f0}'..='\u{31ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}'
        | '\u{ac00}'..='\u{d7af}' | '\u{f900}'..='\u{faff}' | '\u{ff66}'..='\u{ff9f}' | '\u{20000}'..='\u{323af}')
}

/// What nobody sees: soft hyphens, zero-width and direction signs.
fn unseen(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// Signs inside a word by which it falls into parts, so that `example` finds `ana@mail.example.org`.
fn parts(c: char) -> bool {
    matches!(c, '\'' | '\u{2019}' | '.' | '_' | ':' | ',' | '\u{b7}' | '\u{2027}' | '\u{ff0e}' | '\u{ff07}')
}

/// The words of a text, in order.
pub(crate) fn words(text: &str) -> Vec<Word> {
    let mut segments: Vec<Range<usize>> = Vec::new();
    for (at, segment) in text.unicode_word_indices() {
        match segments.last_mut() {
            // A sign that nobody sees does not part a word.
            Some(last) if last.end < at && text[last.end..at].chars().all(unseen) => last.end = at + segment.len(),
            _ => segments.push(at..at + segment.len()),
        }
    }
    let mut out = Vec::new();
    for range in segments {
        let (mut from, segment) = (range.start, &text[range]);
        for piece in segment.split_inclusive(parts) {
            let word = piece.trim_end_matches(parts);
            if !word.is_empty() {
                take(word, from, &mut out);
            }
            from += piece.len();
        }
    }
    out
}

fn take(word: &str, at: usize, out: &mut Vec<Word>) {
    let mut from = 0;
    let chars: Vec<(usize, char)> = word.char_indices().collect();
    for (index, (offset, c)) in chars.iter().enumerate() {
        let end = chars.get(index + 1).map_or(word.len(), |(next, _)| *next);
        if dense(*c) {
            push(&word[from..*offset], at + from, false, out);
            push(&word[*offset..end], at + offset, true, out);
            from = end;
        }
    }
    push(&word[from..], at + from, false, out);
}

fn push(word: &str, at: usize, dense: bool, out: &mut Vec<Word>) {
    let lower: String = word.nfkc().filter(|c| !unseen(*c)).flat_map(char::to_lowercase).take(LONGEST).collect();
    let folded = fold(&lower);
    if folded.chars().any(char::is_alphanumeric) {
        out.push(Word { range: at..at + word.len(), lower, folded, dense });
    }
}

/// Without accents, vowel signs and letters that only look different. Takes lower case.
fn fold(lower: &str) -> String {
    let mut out = String::with_capacity(lower.len());
    for c in lower.nfd() {
        match c {
            '\u{300}'..='\u{36f}' | '\u{64b}'..='\u{655}' | '\u{670}' | '\u{640}' => {}
            'ß' => out.push_str("ss"),
            'æ' => out.push_str("ae"),
            'œ' => out.push_str("oe"),
            'ø' => out.push('o'),
            'ł' => out.push('l'),
            'đ' | 'ð' => out.push('d'),
            'ı' => out.push('i'),
            'þ' => out.push_str("th"),
            'آ' | 'أ' | 'إ' | 'ٱ' => out.push('ا'),
            'ى' => out.push('ي'),
            'ة' => out.push('ه'),
            c => out.push(c),
        }
    }
    out.nfc().collect()
}

/// Languages whose endings are known.
const ENDINGS: [(&str, Algorithm); 12] = [
    ("en", Algorithm::English),
    ("de", Algorithm::German),
    ("fr", Algorithm::French),
    ("es", Algorithm::Spanish),
    ("it", Algorithm::Italian),
    ("pt", Algorithm::Portuguese),
    ("nl", Algorithm::Dutch),
    ("tr", Algorithm::Turkish),
    ("ar", Algorithm::Arabic),
    ("ru", Algorithm::Russian),
    ("sv", Algorithm::Swedish),
    ("da", Algorithm::Danish),
];

/// Takes endings off words, and says under which forms a word is found.
pub(crate) struct Forms(Vec<(&'static str, Stemmer)>);

impl Default for Forms {
    fn default() -> Self {
        Self(ENDINGS.iter().map(|(code, algorithm)| (*code, Stemmer::create(*algorithm))).collect())
    }
}

impl Forms {
    /// Forms of a word in a text of these languages: itself and without its ending.
    pub(crate) fn of(&self, word: &Word, languages: &[&str], out: &mut BTreeSet<String>) {
        out.insert(word.folded.clone());
        if word.dense || word.folded.chars().all(|c| c.is_ascii_digit()) {
            return;
        }
        for (code, stemmer) in &self.0 {
            if languages.contains(code) {
                out.insert(fold(&stemmer.stem(&word.lower)));
                out.insert(stemmer.stem(&word.folded).into_owned());
            }
        }
    }

    /// Forms of a word that is asked for: nobody knows in which language.
    pub(crate) fn asked(&self, word: &Word) -> BTreeSet<String> {
        let all: Vec<&str> = self.0.iter().map(|(code, _)| *code).collect();
        let mut out = BTreeSet::new();
        self.of(word, &all, &mut out);
        // Written without umlauts: Rueckerstattung.
        let plain = word.lower.replace("ae", "ä").replace("oe", "ö").replace("ue", "ü");
        if plain != word.lower {
            self.of(&Word { folded: fold(&plain), lower: plain, ..word.clone() }, &["de"], &mut out);
        }
        out.retain(|form| !form.is_empty());
        out
    }

    /// Forms of a word of a text that was opened.
    pub(crate) fn opened(&self, word: &Word) -> BTreeSet<String> {
        let all: Vec<&str> = self.0.iter().map(|(code, _)| *code).collect();
        let mut out = BTreeSet::new();
        self.of(word, &all, &mut out);
        out
    }
}

/// The language that a text itself speaks, if it is long enough to tell.
pub(crate) fn language(text: &str) -> Option<&'static str> {
    use whichlang::Lang as W;
    if text.chars().filter(|c| c.is_alphabetic()).take(TELLS).count() < TELLS {
        return None;
    }
    let end = text.char_indices().nth(400).map_or(text.len(), |(at, _)| at);
    Some(match whichlang::detect_language(&text[..end]) {
        W::Eng => "en",
        W::Deu => "de",
        W::Fra => "fr",
        W::Spa => "es",
        W::Ita => "it",
        W::Por => "pt",
        W::Nld => "nl",
        W::Tur => "tr",
        W::Ara => "ar",
        W::Rus => "ru",
        W::Swe => "sv",
        _ => return None,
    })
}

/// Whether two words of a dense script stand side by side.
pub(crate) fn adjoin(one: &Word, other: &Word) -> bool {
    one.dense && other.dense && one.range.end == other.range.start
}

/// A word that may be suggested: letters of a script with spaces, neither very short nor very long.
pub(crate) fn suggestible(word: &Word) -> bool {
    !word.dense && (4..=24).contains(&word.folded.chars().count()) && word.folded.chars().all(char::is_alphabetic)
}

/// Marks are part of what stands before them: a cut never comes between.
pub(crate) fn may_cut(text: &str, at: usize) -> bool {
    text.is_char_boundary(at) && text[at..].chars().next().is_none_or(|c| !is_combining_mark(c) && c != '\u{200d}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folded(text: &str) -> Vec<String> {
        words(text).into_iter().map(|word| word.folded).collect()
    }

    /// Whether a question finds a text of this language.
    fn meets(asked: &str, text: &str, language: &str) -> bool {
        let forms = Forms::default();
        words(asked).iter().all(|asked| {
            let asked = forms.asked(asked);
            words(text).iter().any(|word| {
                let mut of = BTreeSet::new();
                forms.of(word, &[language], &mut of);
                !of.is_disjoint(&asked)
            })
        })
    }

    #[test]
    fn words_are_found_in_any_case_width_and_accent() {
        assert_eq!(folded("Ｂｅｒｌｉｎ, Straße Café!"), ["berlin", "strasse", "cafe"]);
        assert_eq!(folded("l\u{2019}avion ana@mail.example.org"), ["l", "avion", "ana", "mail", "example", "org"]);
        assert_eq!(folded("order B-7K2Q, 4711-22"), ["order", "b", "7k2q", "4711", "22"]);
        assert_eq!(folded("re\u{ad}fund İstanbul ısı"), ["refund", "istanbul", "isi"]);
        assert_eq!(folded("返金 berlin"), ["返", "金", "berlin"]);
        assert_eq!(folded("… !!! 👍"), [] as [&str; 0]);
        assert_eq!(folded("أُريدُ"), ["اريد"]);
    }

    #[test]
    fn endings_are_told_from_words_in_their_own_language() {
        for (asked, text, language) in [
            ("Berlin refund", "Refunds for the berlin store?", "en"),
            ("refunded", "please refund me", "en"),
            ("Rückerstattung", "Rückerstattungen dauern", "de"),
            ("Rueckerstattung", "eine Rückerstattung", "de"),
            ("rembourser", "je veux être remboursé", "fr"),
            ("reembolso", "los reembolsos", "es"),
            ("rimborso", "i rimborsi", "it"),
            ("pacotes", "o pacote", "pt"),
            ("bestelling", "mijn bestellingen", "nl"),
            ("kargo", "kargolar", "tr"),
            ("طرد", "الطرد", "ar"),
            ("paczka", "Paczka", "pl"),
            ("cafe", "im Café", "de"),
        ] {
            assert!(meets(asked, text, language), "{asked} finds {text}");
        }
        for (asked, text, language) in [("berlin", "bern", "de"), ("refund", "fund", "en"), ("4711", "47110", "en")] {
            assert!(!meets(asked, text, language), "{asked} does not find {text}");
        }
    }

    #[test]
    fn ranges_name_the_word_as_it_was_written() {
        let text = "d\u{2019}un «Café», 返金";
        let ranges: Vec<&str> = words(text).iter().map(|word| &text[word.range.clone()]).collect();
        assert_eq!(ranges, ["d", "un", "Café", "返", "金"]);
    }

    #[test]
    fn a_long_text_tells_its_language_and_a_short_one_does_not() {
        assert_eq!(language("Mein Paket ist nicht angekommen und ich möchte mein Geld zurück"), Some("de"));
        assert_eq!(language("Berlin"), None);
    }
}
