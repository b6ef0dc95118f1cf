//! Is a turn nothing but a courtesy: a thank-you, an okay, a goodbye?
//!
//! A courtesy soon after closing wakes nobody. So the reading must be strict in one direction: a turn with anything to
//! do in it ("thanks, but my parcel is still missing") is none, and a word that no list knows makes a turn no courtesy.

use crate::Lang;
use crate::fold::{Folded, Kind, fold};
use crate::lexicon::{COURTESIES, Class, Classes, Match};

const ALONE: Classes = Classes::of(&[Class::Thanks, Class::Courtesy]);
const BESIDE: Classes = Classes::of(&[Class::Thanks, Class::Courtesy, Class::Polite]);
/// A longer turn has something to say.
const LONGEST: usize = 24;

/// Whether a turn is only a courtesy, in any of the twelve languages, in words or emoji.
pub fn is_courtesy(text: &str) -> bool {
    // Cheap way out: nobody thanks in four hundred bytes without saying something.
    if text.len() > 400 {
        return false;
    }
    let folded = fold(text);
    if folded.tokens.len() > 2 * LONGEST
        || folded.tokens.iter().any(|t| matches!(t.kind, Kind::Question | Kind::Number))
    {
        return false;
    }
    let mut symbols = 0;
    for token in folded.tokens.iter().filter(|t| t.kind == Kind::Symbol) {
        symbols += 1;
        if !is_friendly(folded.text_of(token)) {
            return false;
        }
    }
    let matches: Vec<[Option<Match>; 12]> =
        (0..folded.tokens.len()).map(|i| COURTESIES.matches(&folded, &folded.tokens[i..])).collect();
    if folded.words().next().is_none() {
        return symbols > 0 || is_smiley(text);
    }
    Lang::ALL.into_iter().any(|lang| only_courtesies(&folded, &matches, lang))
}

/// Every word is a courtesy, a greeting or stands beside one, and at least one is a courtesy itself.
fn only_courtesies(folded: &Folded, matches: &[[Option<Match>; 12]], lang: Lang) -> bool {
    let mut at = 0;
    let mut thanked = false;
    while at < folded.tokens.len() {
        if !folded.tokens[at].is_word() {
            at += 1;
            continue;
        }
        // "ok, thanks" in any conversation: the English words are known everywhere.
        let found = matches[at][lang.index()]
            .filter(|m| m.classes.meets(BESIDE))
            .or_else(|| matches[at][Lang::En.index()].filter(|m| m.classes.meets(ALONE)));
        let Some(found) = found else { return false };
        thanked |= found.classes.meets(ALONE);
        at += found.tokens;
    }
    thanked
}

fn is_friendly(symbol: &str) -> bool {
    const FRIENDLY: &str =
        "👍👌🙏😀😃😄😁😊🙂😉😍🥰😘🤗🤝👏🙌❤♥💙💚💛🧡💜🖤💯✅✔☑👋😎🎉✨🌹🌸💐😅😆😂🤩💪🫶🆗☺🥳💕💖🤍😇";
    FRIENDLY.contains(symbol)
}

fn is_smiley(text: &str) -> bool {
    matches!(text.trim(), ":)" | ":-)" | ":D" | ":-D" | ";)" | ";-)" | "<3" | ":))" | "^^" | "=)" | ":]" | "\\o/")
}
