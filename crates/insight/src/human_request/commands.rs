//! Commands and the short word of each language.

use std::ops::Range;
use std::sync::LazyLock;

use crate::Lang;
use crate::fold::{Folded, fold};

const COMMANDS: [(Lang, &[&str]); 12] = [
    (Lang::En, &["agent", "human", "person", "operator", "representative", "support"]),
    (Lang::Es, &["persona", "agente", "humano", "operador", "asesor"]),
    (Lang::Fr, &["humain", "conseiller", "personne", "agent", "opérateur"]),
    (Lang::De, &["mensch", "mitarbeiter", "berater", "person", "agent"]),
    (Lang::Pt, &["pessoa", "atendente", "humano", "agente", "operador"]),
    (Lang::It, &["persona", "operatore", "umano", "agente"]),
    (Lang::Nl, &["mens", "medewerker", "persoon", "agent"]),
    (Lang::Pl, &["człowiek", "konsultant", "osoba", "agent"]),
    (Lang::Tr, &["insan", "temsilci", "kişi", "operatör"]),
    (Lang::Zh, &["人工", "真人", "客服", "转人工"]),
    (Lang::Ja, &["担当者", "オペレーター", "人", "有人"]),
    (Lang::Ar, &["موظف", "شخص", "إنسان", "ممثل"]),
];

/// The words that make a command of a language when a slash stands before them: `/agent`, `/mensch`. Every language also
/// understands the English ones.
pub fn commands(lang: Lang) -> &'static [&'static str] {
    COMMANDS[lang.index()].1
}

/// The word that the hand-back notice promises: written alone it asks for a person, at any time.
pub const fn short_word(lang: Lang) -> &'static str {
    match lang {
        Lang::En => "person",
        Lang::Es => "persona",
        Lang::Fr => "humain",
        Lang::De => "Mensch",
        Lang::Pt => "pessoa",
        Lang::It => "persona",
        Lang::Nl => "mens",
        Lang::Pl => "człowiek",
        Lang::Tr => "insan",
        Lang::Zh => "人工",
        Lang::Ja => "担当者",
        Lang::Ar => "موظف",
    }
}

/// The language whose short word is all that a text says. The notice promises that the word works at any time, so it
/// works in a conversation of any language.
pub(super) fn only_short_word(folded: &Folded, hint: Option<Lang>) -> Option<Lang> {
    static FOLDED: LazyLock<Vec<(Lang, String)>> =
        LazyLock::new(|| Lang::ALL.into_iter().map(|lang| (lang, fold(short_word(lang)).words().collect())).collect());
    // The longest is of eight characters; Chinese and Japanese have a token for each character.
    if folded.tokens.len() > 12 {
        return None;
    }
    let said: String = folded.words().collect();
    let is_said = |(lang, word): &&(Lang, String)| *word == said && (!lang.is_latin() || folded.words().count() == 1);
    let of_hint = FOLDED.iter().filter(|(lang, _)| Some(*lang) == hint).find(is_said);
    of_hint.or_else(|| FOLDED.iter().find(is_said)).map(|(lang, _)| *lang)
}

/// The command that a text begins with, and its language.
pub(super) fn command(text: &str, hint: Option<Lang>) -> Option<(Range<usize>, Lang)> {
    let from = text.find(|c: char| !c.is_whitespace() && !crate::fold::is_invisible(c))?;
    let body = text[from..].strip_prefix(['/', '／'])?;
    let start = text.len() - body.len();
    let length = body.find(char::is_whitespace).unwrap_or(body.len()).min(64);
    let word = body.get(..length)?.trim_end_matches(|c: char| c.is_ascii_punctuation());
    let wanted: String = fold(word).words().collect();
    if wanted.is_empty() {
        return None;
    }
    let knows = |lang: &Lang| commands(*lang).iter().any(|known| fold(known).words().collect::<String>() == wanted);
    let lang = hint.filter(knows).or_else(|| Lang::ALL.into_iter().find(knows))?;
    Some((from..start + word.len(), lang))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slash_and_a_known_word_is_a_command() {
        assert_eq!(command("/agent", None), Some((0..6, Lang::En)));
        assert_eq!(command("  /Mensch bitte", Some(Lang::De)), Some((2..9, Lang::De)));
        assert_eq!(command("／人工", None).map(|(_, lang)| lang), Some(Lang::Zh));
        assert_eq!(command("/persona", Some(Lang::It)).map(|(_, lang)| lang), Some(Lang::It));
        assert_eq!(command("/człowiek", None).map(|(_, lang)| lang), Some(Lang::Pl));
        assert_eq!(command("/czlowiek!", None).map(|(_, lang)| lang), Some(Lang::Pl));
    }

    #[test]
    fn paths_and_other_commands_are_none() {
        for text in ["/agents/login", "/agentur", "agent", "/", "", "see /agent", "/ agent"] {
            assert_eq!(command(text, None), None, "{text}");
        }
    }
}
