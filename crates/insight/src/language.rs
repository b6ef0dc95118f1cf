//! Which of the twelve languages is a turn in?
//!
//! Script decides for Chinese, Japanese and Arabic. For Latin letters, whichlang comes first; it knows no Polish, so a
//! text with Polish words or letters, or one of which whichlang's language explains no word, is given to whatlang. A
//! short turn ("ok", "agent") says too little: there the conversation's language wins unless the words clearly speak
//! against it.

use whatlang::Detector;

use crate::Lang;
use crate::fold::{Folded, Kind, fold, is_kana};
use crate::lexicon::LEXICON;

/// Below this many letters a turn alone does not settle its language.
const SHORT: usize = 20;
/// whatlang sees no more than this, which bounds its cost.
const LOOKED_AT: usize = 400;

/// The language of a turn and how sure that is, in millionths. `prior` is the language of the conversation so far. The
/// answer is always one of the twelve: a turn in another language gets the prior (or English) with a low confidence.
pub fn identify(text: &str, prior: Option<Lang>) -> (Lang, u32) {
    let sample = sample(text);
    let folded = fold(sample);
    let fallback = prior.unwrap_or(Lang::En);
    let letters = Letters::count(&folded);
    if letters.all == 0 {
        return (fallback, if prior.is_some() { 500_000 } else { 0 });
    }
    if letters.kana > 0 && (letters.kana + letters.han) * 2 >= letters.all {
        return (Lang::Ja, 990_000);
    }
    if letters.han * 2 >= letters.all {
        // A short word such as 人工 or 担当者 may be Japanese; a Japanese sentence has kana.
        return match prior {
            Some(Lang::Ja) if letters.han < 8 => (Lang::Ja, 700_000),
            _ => (Lang::Zh, if letters.han < 4 { 800_000 } else { 970_000 }),
        };
    }
    if letters.arabic * 2 >= letters.all {
        return (Lang::Ar, 980_000);
    }
    if letters.latin * 2 < letters.all {
        return (fallback, 100_000);
    }
    latin(sample, &folded, &letters, prior)
}

/// The first part of a text, cut between two characters.
fn sample(text: &str) -> &str {
    let end = text.char_indices().nth(4 * LOOKED_AT).map_or(text.len(), |(at, _)| at);
    &text[..end]
}

fn latin(sample: &str, folded: &Folded, letters: &Letters, prior: Option<Lang>) -> (Lang, u32) {
    let known = known_words(folded);
    let words = folded.words().count().max(1);
    let best = Lang::ALL.into_iter().filter(|l| l.is_latin()).max_by_key(|l| known[l.index()]).unwrap_or(Lang::En);
    let best_known = known[best.index()];
    let second =
        Lang::ALL.into_iter().filter(|l| l.is_latin() && *l != best).map(|l| known[l.index()]).max().unwrap_or(0);
    if letters.latin < SHORT
        && let Some(prior) = prior.filter(|p| p.is_latin())
    {
        // Two words more than the conversation's language explains, and most of the turn: somebody switched.
        let switched = best != prior && best_known >= known[prior.index()] + 2 && best_known * 2 > words;
        return if switched { (best, 700_000) } else { (prior, 800_000) };
    }
    if has_polish_letters(sample) && known[Lang::Pl.index()] + 1 >= best_known {
        return (Lang::Pl, 950_000);
    }
    let guess = guess(sample);
    match guess {
        // The word lists and the model agree.
        Some(guess) if known[guess.index()] == best_known && best_known > 0 => (guess, 950_000),
        // The lists are clearly of another opinion; they are small but exact.
        _ if best_known >= second + 2 && best_known * 2 > words => (best, 850_000),
        Some(guess) if known[guess.index()] > 0 => (guess, 800_000),
        guess => {
            let second_opinion = second_opinion(sample);
            match (second_opinion, guess, prior) {
                (Some((lang, sure)), _, _) if sure => (lang, 800_000),
                (_, _, Some(prior)) => (prior, 400_000),
                (Some((lang, _)), ..) => (lang, 400_000),
                (None, Some(guess), None) => (guess, 400_000),
                (None, None, None) => (Lang::En, 100_000),
            }
        }
    }
}

/// How many words of the text each language's lists contain.
fn known_words(folded: &Folded) -> [usize; 12] {
    let mut known = [0; 12];
    let mut covered_to = [0; 12];
    for at in 0..folded.tokens.len().min(LOOKED_AT) {
        for (lang, found) in LEXICON.matches(folded, &folded.tokens[at..]).iter().enumerate() {
            if let Some(found) = found {
                let end = at + found.tokens;
                known[lang] += end.saturating_sub(covered_to[lang].max(at));
                covered_to[lang] = covered_to[lang].max(end);
            }
        }
    }
    known
}

/// whichlang's opinion, if it is one of the twelve.
pub(crate) fn guess(text: &str) -> Option<Lang> {
    use whichlang::Lang as W;
    match whichlang::detect_language(sample(text)) {
        W::Eng => Some(Lang::En),
        W::Spa => Some(Lang::Es),
        W::Fra => Some(Lang::Fr),
        W::Deu => Some(Lang::De),
        W::Por => Some(Lang::Pt),
        W::Ita => Some(Lang::It),
        W::Nld => Some(Lang::Nl),
        W::Tur => Some(Lang::Tr),
        W::Cmn => Some(Lang::Zh),
        W::Jpn => Some(Lang::Ja),
        W::Ara => Some(Lang::Ar),
        _ => None,
    }
}

/// whatlang's opinion among the Latin languages, and whether it calls that reliable.
fn second_opinion(text: &str) -> Option<(Lang, bool)> {
    use whatlang::Lang as W;
    let allowed = vec![W::Eng, W::Spa, W::Fra, W::Deu, W::Por, W::Ita, W::Nld, W::Pol, W::Tur];
    let end = text.char_indices().nth(LOOKED_AT).map_or(text.len(), |(at, _)| at);
    let info = Detector::with_allowlist(allowed).detect(&text[..end])?;
    let lang = match info.lang() {
        W::Eng => Lang::En,
        W::Spa => Lang::Es,
        W::Fra => Lang::Fr,
        W::Deu => Lang::De,
        W::Por => Lang::Pt,
        W::Ita => Lang::It,
        W::Nld => Lang::Nl,
        W::Pol => Lang::Pl,
        W::Tur => Lang::Tr,
        _ => return None,
    };
    Some((lang, info.is_reliable()))
}

fn has_polish_letters(text: &str) -> bool {
    text.chars().any(|c| matches!(c, 'ą' | 'ę' | 'ł' | 'ś' | 'ź' | 'ż' | 'ć' | 'ń' | 'Ą' | 'Ę' | 'Ł' | 'Ś' | 'Ź' | 'Ż'))
}

struct Letters {
    all: usize,
    latin: usize,
    han: usize,
    kana: usize,
    arabic: usize,
}

impl Letters {
    fn count(folded: &Folded) -> Letters {
        let mut letters = Letters { all: 0, latin: 0, han: 0, kana: 0, arabic: 0 };
        for token in folded.tokens.iter().filter(|t| matches!(t.kind, Kind::Word | Kind::Char)) {
            for c in folded.text_of(token).chars() {
                letters.all += 1;
                match c {
                    c if c.is_ascii_alphabetic() => letters.latin += 1,
                    c if is_kana(c) => letters.kana += 1,
                    c if token.kind == Kind::Char && !c.is_ascii() => letters.han += 1,
                    '\u{0600}'..='\u{06FF}' | '\u{0750}'..='\u{077F}' => letters.arabic += 1,
                    _ => {}
                }
            }
        }
        letters
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_are_told_apart_without_a_prior() {
        for (lang, text) in [
            (Lang::En, "My parcel has not arrived and I would like my money back"),
            (Lang::Es, "Mi paquete no ha llegado y quiero que me devuelvan el dinero"),
            (Lang::Fr, "Mon colis n'est pas arrivé et je voudrais être remboursé"),
            (Lang::De, "Mein Paket ist nicht angekommen und ich möchte mein Geld zurück"),
            (Lang::Pt, "Minha encomenda não chegou e eu quero o meu dinheiro de volta"),
            (Lang::It, "Il mio pacco non è arrivato e vorrei essere rimborsato"),
            (Lang::Nl, "Mijn pakket is niet aangekomen en ik wil mijn geld terug"),
            (Lang::Pl, "Moja paczka nie dotarła i chciałbym odzyskać pieniądze"),
            (Lang::Pl, "Gdzie jest moje zamowienie, nie dostalem jeszcze paczki"),
            (Lang::Tr, "Paketim gelmedi ve paramı geri istiyorum"),
            (Lang::Zh, "我的包裹还没有到，我想退款"),
            (Lang::Ja, "荷物がまだ届いていないので返金してほしいです"),
            (Lang::Ar, "لم يصل الطرد بعد وأريد استرداد أموالي"),
        ] {
            let (found, sure) = identify(text, None);
            assert_eq!(found, lang, "{text}");
            assert!(sure >= 700_000, "{text}: {sure}");
        }
    }

    #[test]
    fn a_short_turn_keeps_the_language_of_the_conversation() {
        for prior in [Lang::De, Lang::Nl, Lang::Pl, Lang::Tr] {
            assert_eq!(identify("ok super", Some(prior)).0, prior);
            assert_eq!(identify("7731", Some(prior)).0, prior);
            assert_eq!(identify("👍", Some(prior)).0, prior);
        }
        assert_eq!(identify("担当者", Some(Lang::Ja)).0, Lang::Ja);
        assert_eq!(identify("人工", Some(Lang::Zh)).0, Lang::Zh);
    }

    #[test]
    fn a_short_turn_that_clearly_switches_is_believed() {
        assert_eq!(identify("I need an agent", Some(Lang::De)).0, Lang::En);
        assert_eq!(identify("ich möchte das", Some(Lang::En)).0, Lang::De);
    }

    #[test]
    fn nothing_to_read_is_the_prior_without_confidence() {
        assert_eq!(identify("", None), (Lang::En, 0));
        assert_eq!(identify("12345 !!!", None), (Lang::En, 0));
    }

    #[test]
    fn another_script_is_no_confident_answer() {
        let (_, sure) = identify("Здравствуйте, где мой заказ?", None);
        assert!(sure <= 100_000);
    }
}
