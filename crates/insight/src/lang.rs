//! The twelve languages that Baton reads.

use serde::{Deserialize, Serialize};

/// A language that Baton reads. Serialised as its two-letter code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Lang {
    /// English
    En,
    /// Spanish
    Es,
    /// French
    Fr,
    /// German
    De,
    /// Portuguese
    Pt,
    /// Italian
    It,
    /// Dutch
    Nl,
    /// Polish
    Pl,
    /// Turkish
    Tr,
    /// Chinese
    Zh,
    /// Japanese
    Ja,
    /// Arabic
    Ar,
}

impl Lang {
    /// All languages, in the order in which Baton lists them.
    pub const ALL: [Lang; 12] = [
        Lang::En,
        Lang::Es,
        Lang::Fr,
        Lang::De,
        Lang::Pt,
        Lang::It,
        Lang::Nl,
        Lang::Pl,
        Lang::Tr,
        Lang::Zh,
        Lang::Ja,
        Lang::Ar,
    ];

    /// The two-letter code (ISO 639-1).
    pub const fn code(self) -> &'static str {
        match self {
            Lang::En => "en",
            Lang::Es => "es",
            Lang::Fr => "fr",
            Lang::De => "de",
            Lang::Pt => "pt",
            Lang::It => "it",
            Lang::Nl => "nl",
            Lang::Pl => "pl",
            Lang::Tr => "tr",
            Lang::Zh => "zh",
            Lang::Ja => "ja",
            Lang::Ar => "ar",
        }
    }

    /// The language of a code or tag: `pt`, `pt-BR`, `zh_Hant`. `None` for a language that Baton does not read.
    pub fn from_code(tag: &str) -> Option<Lang> {
        let primary = tag.split(['-', '_']).next().unwrap_or("");
        Lang::ALL.into_iter().find(|lang| lang.code().eq_ignore_ascii_case(primary))
    }

    /// Written in Latin letters, with spaces between the words.
    pub const fn is_latin(self) -> bool {
        !matches!(self, Lang::Zh | Lang::Ja | Lang::Ar)
    }

    /// The verb, and with it the negation, stands behind its object.
    pub(crate) const fn is_verb_final(self) -> bool {
        matches!(self, Lang::Tr | Lang::Ja)
    }

    pub(crate) const fn index(self) -> usize {
        self as usize
    }
}

impl std::fmt::Display for Lang {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.code())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_with_a_region_is_its_language() {
        assert_eq!(Lang::from_code("pt-BR"), Some(Lang::Pt));
        assert_eq!(Lang::from_code("ZH_Hant"), Some(Lang::Zh));
        assert_eq!(Lang::from_code("sv"), None);
        assert_eq!(Lang::from_code(""), None);
    }
}
