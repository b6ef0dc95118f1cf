//! The words of the house in the customers' languages: one catalogue a language, `i18n/notices.*.json`.

use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// The forms that a number takes in a language, as Unicode CLDR names them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Nothing.
    Zero,
    /// Singular, or 21st.
    One,
    /// Dual, or 22nd.
    Two,
    /// A few, or 23rd.
    Few,
    /// Many.
    Many,
    /// All the others.
    Other,
}

impl Form {
    /// The last part of a catalogue's key.
    pub fn key(self) -> &'static str {
        match self {
            Self::Zero => "zero",
            Self::One => "one",
            Self::Two => "two",
            Self::Few => "few",
            Self::Many => "many",
            Self::Other => "other",
        }
    }
}

/// The form of a noun that is counted: CLDR's cardinal rules for whole numbers.
pub fn plural(language: &str, n: u64) -> Form {
    let millions = n != 0 && n.is_multiple_of(1_000_000);
    match (language, n, n % 10, n % 100) {
        ("zh" | "ja", ..) => Form::Other,
        ("ar", 0, ..) => Form::Zero,
        ("ar", 2, ..) => Form::Two,
        ("ar", _, _, 3..=10) => Form::Few,
        ("ar", _, _, 11..=99) => Form::Many,
        ("pl", 2.., 2..=4, hundreds) if !(12..=14).contains(&hundreds) => Form::Few,
        ("pl", 0 | 2.., ..) => Form::Many,
        ("fr" | "pt", 0, ..) | (_, 1, ..) => Form::One,
        ("es" | "fr" | "it" | "pt", ..) if millions => Form::Many,
        _ => Form::Other,
    }
}

/// The form of a place in a line: English writes 1st, 22nd, 3rd and 11th, French 1er and 2e, the others one form.
pub fn ordinal(language: &str, n: u32) -> Form {
    match (language, n, n % 10, n % 100) {
        ("fr", 1, ..) => Form::One,
        ("en", _, _, 11..=13) => Form::Other,
        ("en", _, 1, _) => Form::One,
        ("en", _, 2, _) => Form::Two,
        ("en", _, 3, _) => Form::Few,
        _ => Form::Other,
    }
}

/// The words of one language.
#[derive(Debug)]
pub struct Words {
    language: &'static str,
    version: u32,
    texts: BTreeMap<String, String>,
}

/// One file a language; a new one is a line here and nothing else.
const FILES: [(&str, &str); 12] = [
    ("en", include_str!("../../../i18n/notices.en.json")),
    ("es", include_str!("../../../i18n/notices.es.json")),
    ("fr", include_str!("../../../i18n/notices.fr.json")),
    ("de", include_str!("../../../i18n/notices.de.json")),
    ("pt", include_str!("../../../i18n/notices.pt.json")),
    ("it", include_str!("../../../i18n/notices.it.json")),
    ("nl", include_str!("../../../i18n/notices.nl.json")),
    ("pl", include_str!("../../../i18n/notices.pl.json")),
    ("tr", include_str!("../../../i18n/notices.tr.json")),
    ("zh", include_str!("../../../i18n/notices.zh.json")),
    ("ja", include_str!("../../../i18n/notices.ja.json")),
    ("ar", include_str!("../../../i18n/notices.ar.json")),
];

static ALL: LazyLock<Vec<Words>> = LazyLock::new(|| {
    let read = |(language, text): (&'static str, &str)| {
        let mut all: BTreeMap<String, Value> =
            serde_json::from_str(text).expect("the catalogues are part of the build and a test reads them");
        let version = all.remove("version").and_then(|v| v.as_u64()).unwrap_or(0) as u32;
        let texts = all.into_iter().filter_map(|(key, v)| Some((key, v.as_str()?.to_owned()))).collect();
        Words { language, version, texts }
    };
    FILES.into_iter().map(read).collect()
});

/// The languages in which notices can be told.
pub fn languages() -> impl Iterator<Item = &'static str> {
    FILES.iter().map(|(language, _)| *language)
}

impl Words {
    /// The words of a language or tag (`pt`, `pt-BR`), or else the English ones.
    pub fn of(language: &str) -> &'static Self {
        let primary = language.split(['-', '_']).next().unwrap_or("");
        let known = ALL.iter().find(|words| words.language.eq_ignore_ascii_case(primary));
        known.or_else(|| ALL.first()).expect("the English catalogue is part of the build")
    }

    /// Which language these are.
    pub fn language(&self) -> &'static str {
        self.language
    }

    /// Version of the catalogue.
    pub fn version(&self) -> u32 {
        self.version
    }

    /// A text with its gaps; the key itself if there is none.
    pub fn text<'a>(&'a self, key: &'a str) -> &'a str {
        self.texts.get(key).map_or(key, String::as_str)
    }

    /// A text with these values in its gaps.
    pub fn fill(&self, key: &str, values: &[(&str, &str)]) -> String {
        let value = |name: &str| values.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
        self.fill_with(key, value)
    }

    /// A text with the values that `value` finds for its gaps.
    pub fn fill_with(&self, key: &str, value: impl Fn(&str) -> Option<String>) -> String {
        let mut out = String::new();
        let mut rest = self.text(key);
        while let Some((before, after)) = rest.split_once('{') {
            out.push_str(before);
            let (name, after) = after.split_once('}').unwrap_or((after, ""));
            out.push_str(value(name).as_deref().unwrap_or("…"));
            rest = after;
        }
        out.push_str(rest);
        out
    }

    /// The key of the form for so many. Nothing has a form of its own in every catalogue, because where it shares the
    /// singular by rule (French) the singular names no number.
    pub fn counted(&self, key: &str, n: u64) -> String {
        let form = if n == 0 { Form::Zero } else { plural(self.language, n) };
        format!("{key}.{}", form.key())
    }

    /// A place in a line, e.g. `2nd`.
    pub fn place(&self, n: u32) -> String {
        let key = format!("ordinal.{}", ordinal(self.language, n).key());
        self.fill(&key, &[("n", &n.to_string())])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn forms<const N: usize>(language: &str, numbers: [u64; N]) -> [Form; N] {
        numbers.map(|n| plural(language, n))
    }

    #[test]
    fn polish_counts_one_a_few_and_many() {
        use Form::{Few, Many, One};
        assert_eq!(forms("pl", [1, 2, 5, 21]), [One, Few, Many, Many]);
        assert_eq!(forms("pl", [0, 3, 4, 11, 12, 14, 22, 101, 112, 122]), {
            [Many, Few, Few, Many, Many, Many, Few, Many, Many, Few]
        });
    }

    #[test]
    fn arabic_counts_in_six_forms() {
        use Form::{Few, Many, One, Other, Two, Zero};
        assert_eq!(forms("ar", [0, 1, 2, 3, 11, 100]), [Zero, One, Two, Few, Many, Other]);
        assert_eq!(forms("ar", [10, 99, 101, 102, 103, 111, 200]), [Few, Many, Other, Other, Few, Many, Other]);
    }

    #[test]
    fn the_others_count_one_and_more() {
        use Form::{Many, One, Other};
        for language in ["en", "de", "nl", "tr"] {
            assert_eq!(forms(language, [0, 1, 2, 21, 1_000_000]), [Other, One, Other, Other, Other], "{language}");
        }
        for language in ["es", "it"] {
            assert_eq!(forms(language, [0, 1, 2, 21, 1_000_000]), [Other, One, Other, Other, Many], "{language}");
        }
        for language in ["fr", "pt"] {
            assert_eq!(forms(language, [0, 1, 2, 21, 1_000_000]), [One, One, Other, Other, Many], "{language}");
        }
        for language in ["zh", "ja"] {
            assert_eq!(forms(language, [0, 1, 2, 21]), [Other; 4], "{language}");
        }
    }

    #[test]
    fn a_place_is_written_as_the_language_writes_it() {
        let places = |language| [1, 2, 3, 11, 22].map(|n| Words::of(language).place(n)).join(" ");
        assert_eq!(places("en"), "1st 2nd 3rd 11th 22nd");
        assert_eq!(places("fr"), "1er 2e 3e 11e 22e");
        assert_eq!(places("es"), "1.º 2.º 3.º 11.º 22.º");
        assert_eq!(places("pt"), "1º 2º 3º 11º 22º");
        assert_eq!(places("de"), "1. 2. 3. 11. 22.");
        assert_eq!(places("nl"), "1e 2e 3e 11e 22e");
        assert_eq!(places("zh"), "第1位 第2位 第3位 第11位 第22位");
        assert_eq!(places("ja"), "1番目 2番目 3番目 11番目 22番目");
        assert_eq!(places("ar"), "1 2 3 11 22");
    }

    #[test]
    fn a_tag_with_a_region_is_its_language_and_an_unknown_one_is_english() {
        assert_eq!(Words::of("pt-BR").language(), "pt");
        assert_eq!(Words::of("ZH_Hant").language(), "zh");
        assert_eq!(Words::of("tlh").language(), "en");
        assert_eq!(Words::of("").language(), "en");
    }
}
