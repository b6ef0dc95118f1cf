//! The word lists of the twelve languages (`lexicon/*.txt`), and how they are found in a text.
//!
//! A list is plain text so that a native speaker can correct it without reading Rust: `class: word, two words, stem*`.
//! Lists are folded like the texts, so an entry may be written with or without accents. All languages share one table:
//! a token is looked up once, whatever the language turns out to be.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::Lang;
use crate::fold::{Folded, Token, fold};

macro_rules! classes {
    ($($(#[$doc:meta])* $variant:ident = $name:literal),* $(,)?) => {
        /// What a word does in a request for a person.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub(crate) enum Class { $($(#[$doc])* $variant),* }

        impl Class {
            fn from_name(name: &str) -> Option<Class> {
                match name { $($name => Some(Class::$variant),)* _ => None }
            }
        }
    };
}

classes! {
    /// A person of the house by role: agent, operator, adviser.
    Staff = "staff",
    /// A superior: manager, supervisor.
    Boss = "boss",
    /// A human being: human, person.
    Human = "human",
    /// Somebody, anyone.
    Some = "some",
    /// Customer service and its names.
    Desk = "desk",
    /// A team or department, which is a person only after *connect me* or *talk to*.
    Team = "team",
    /// A phrase that by itself means people instead of the bot: live agent, human support.
    Live = "live",
    /// In person, personally.
    InPerson = "inperson",
    /// Speak, chat; never in a past form.
    Talk = "talk",
    /// Contact, call, reach.
    Reach = "reach",
    /// Connect me, put me through: the customer is what is passed.
    Pass = "pass",
    /// Transfer, escalate: what is passed may be something else.
    Move = "move",
    /// I want, I need, can I, let me, how do I.
    Want = "want",
    /// Can, could: whether somebody else may.
    Can = "can",
    /// I wanted: polite in most languages, but also a story.
    Wanted = "wanted",
    /// Please.
    Please = "please",
    /// Is there, do you have.
    Exists = "exists",
    /// Available, free: whether somebody is there.
    Available = "available",
    /// Help, assist.
    Help = "help",
    /// Call me.
    CallMe = "callme",
    /// Do not want, do not need, without, tired of: bound to the object next to it.
    Refuse = "refuse",
    /// No, not: bound only to a direct neighbour.
    No = "no",
    /// Bot, robot, machine.
    Bot = "bot",
    /// Are you, am I talking to: a question about who answers.
    Nature = "nature",
    /// Yesterday, told me, do I have to: a story or a question about what has been said.
    Veto = "veto",
    /// Opening hours, number, address.
    Info = "info",
    /// About, regarding.
    About = "about",
    /// My.
    Mine = "mine",
    /// A person word that means somebody else: travel agent, human resources.
    Other = "other",
    /// Articles, prepositions and other words of no weight.
    Thin = "thin",
    /// The definite article, which a bare request does not have.
    Def = "def",
    /// Real, actual, live.
    Real = "real",
    /// A number word.
    Num = "num",
    /// Hello, dear.
    Greet = "greet",
    /// Thanks.
    Thanks = "thanks",
    /// But, so: begins a new clause.
    But = "but",
    /// Or: joins an alternative to what came before.
    Or = "or",
    /// Who, that: continues a clause after a comma.
    Rel = "rel",
    /// Another word of the language; known, so that it is no typing error of one above.
    Word = "word",
    /// A whole courtesy, for the courtesy reading alone.
    Courtesy = "courtesy",
    /// A word that may stand beside a courtesy.
    Polite = "polite",
}

/// All that an entry does: a word may be of several classes (French *humain* is a person and an adjective).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Classes(u64);

impl Classes {
    pub(crate) const fn of(classes: &[Class]) -> Classes {
        let mut bits = 0;
        let mut i = 0;
        while i < classes.len() {
            bits |= 1 << classes[i] as u64;
            i += 1;
        }
        Classes(bits)
    }

    pub(crate) const fn has(self, class: Class) -> bool {
        self.0 & (1 << class as u64) != 0
    }

    pub(crate) const fn meets(self, other: Classes) -> bool {
        self.0 & other.0 != 0
    }

    pub(crate) const fn is_none(self) -> bool {
        self.0 == 0
    }

    /// Nothing but the given classes.
    pub(crate) const fn is_within(self, other: Classes) -> bool {
        self.0 & !other.0 == 0
    }
}

/// The longest entry that begins at a token.
#[derive(Clone, Copy)]
pub(crate) struct Match {
    pub(crate) classes: Classes,
    pub(crate) tokens: usize,
}

#[derive(PartialEq)]
struct Piece {
    text: Box<str>,
    stem: bool,
}

impl Piece {
    fn fits(&self, word: &str) -> bool {
        if self.stem { word.starts_with(&*self.text) } else { *word == *self.text }
    }
}

struct Entry {
    lang: Lang,
    classes: Classes,
    rest: Box<[Piece]>,
}

/// A key word that is recognised with a typing error.
struct Key {
    word: Box<str>,
    classes: Classes,
}

pub(crate) struct Lexicon {
    words: HashMap<Box<str>, Vec<Entry>>,
    stems: HashMap<Box<str>, Vec<Entry>>,
    shortest_stem: usize,
    longest_stem: usize,
    keys: [Vec<Key>; 12],
}

const SOURCES: [(Lang, &str); 12] = [
    (Lang::En, include_str!("../lexicon/en.txt")),
    (Lang::Es, include_str!("../lexicon/es.txt")),
    (Lang::Fr, include_str!("../lexicon/fr.txt")),
    (Lang::De, include_str!("../lexicon/de.txt")),
    (Lang::Pt, include_str!("../lexicon/pt.txt")),
    (Lang::It, include_str!("../lexicon/it.txt")),
    (Lang::Nl, include_str!("../lexicon/nl.txt")),
    (Lang::Pl, include_str!("../lexicon/pl.txt")),
    (Lang::Tr, include_str!("../lexicon/tr.txt")),
    (Lang::Zh, include_str!("../lexicon/zh.txt")),
    (Lang::Ja, include_str!("../lexicon/ja.txt")),
    (Lang::Ar, include_str!("../lexicon/ar.txt")),
];

/// The lists of all languages that the reading of requests and of languages uses, read once.
pub(crate) static LEXICON: LazyLock<Lexicon> = LazyLock::new(|| Lexicon::load(|class| !is_courtesy(class)));

/// The courtesies, and what stands beside them. They are a table of their own because the longest entry wins: はい (yes)
/// would else be found in いますか after は.
pub(crate) static COURTESIES: LazyLock<Lexicon> =
    LazyLock::new(|| Lexicon::load(|class| is_courtesy(class) || class == Class::Thanks));

fn is_courtesy(class: Class) -> bool {
    matches!(class, Class::Courtesy | Class::Polite)
}

fn read_line(line: &str) -> Result<Option<(Class, impl Iterator<Item = &str>)>, String> {
    let line = line.split('#').next().unwrap_or("").trim();
    if line.is_empty() {
        return Ok(None);
    }
    let (name, entries) = line.split_once(':').ok_or_else(|| format!("no colon in: {line}"))?;
    let class = Class::from_name(name.trim()).ok_or_else(|| format!("no such class: {name}"))?;
    Ok(Some((class, entries.split(',').map(str::trim).filter(|entry| !entry.is_empty()))))
}

impl Lexicon {
    fn load(wanted: impl Fn(Class) -> bool) -> Lexicon {
        let mut lexicon = Lexicon {
            words: HashMap::new(),
            stems: HashMap::new(),
            shortest_stem: usize::MAX,
            longest_stem: 0,
            keys: std::array::from_fn(|_| Vec::new()),
        };
        for (lang, source) in SOURCES {
            for line in source.lines() {
                // A line that cannot be read is left out here and named by the test below.
                if let Ok(Some((class, entries))) = read_line(line)
                    && wanted(class)
                {
                    entries.for_each(|entry| lexicon.add(lang, class, entry));
                }
            }
        }
        lexicon
    }

    fn add(&mut self, lang: Lang, class: Class, entry: &str) {
        let mut pieces = Vec::new();
        for written in entry.split_whitespace() {
            let (written, stem) = match written.strip_suffix('*') {
                Some(stem) => (stem, true),
                None => (written, false),
            };
            let folded = fold(written);
            let mut words: Vec<Piece> = folded.words().map(|word| Piece { text: word.into(), stem: false }).collect();
            if let Some(last) = words.last_mut() {
                last.stem = stem;
            }
            pieces.append(&mut words);
        }
        if pieces.is_empty() {
            return;
        }
        let first = pieces.remove(0);
        let is_key = matches!(class, Class::Staff | Class::Human | Class::Boss | Class::Some | Class::Talk);
        if pieces.is_empty()
            && is_key
            && !first.text.contains(|c: char| !c.is_ascii())
            && (5..=20).contains(&first.text.len())
        {
            self.keys[lang.index()].push(Key { word: first.text.clone(), classes: Classes::of(&[class]) });
        }
        let table = if first.stem {
            self.shortest_stem = self.shortest_stem.min(first.text.len());
            self.longest_stem = self.longest_stem.max(first.text.len());
            &mut self.stems
        } else {
            &mut self.words
        };
        let entries = table.entry(first.text).or_default();
        match entries.iter_mut().find(|known| known.lang == lang && *known.rest == *pieces) {
            Some(known) => known.classes.0 |= Classes::of(&[class]).0,
            None => entries.push(Entry { lang, classes: Classes::of(&[class]), rest: pieces.into() }),
        }
    }

    /// The longest entry of each language that begins at the first of `tokens`.
    pub(crate) fn matches(&self, folded: &Folded, tokens: &[Token]) -> [Option<Match>; 12] {
        let mut found = [None; 12];
        let Some(first) = tokens.first().filter(|t| t.is_word()) else { return found };
        let word = folded.text_of(first);
        self.look_up(word, false, folded, tokens, &mut found);
        if word.bytes().next().is_some_and(|b| b >= 0xD8) && word.len() > 4 {
            let mut rest = word;
            // Arabic joins and, to, with and the article to the word: وللموظف is "and to the employee".
            for prefixes in [&["و", "ف"][..], &["لل", "بال", "كال", "ال", "ل", "ب", "ك"][..]] {
                if let Some(cut) = prefixes.iter().find_map(|p| rest.strip_prefix(p)).filter(|cut| cut.len() >= 4) {
                    rest = cut;
                    self.look_up(rest, true, folded, tokens, &mut found);
                }
            }
            // The indefinite object ends in an alef: موظفا is موظف as an object.
            for form in [word, rest] {
                if let Some(cut) = form.strip_suffix('ا').filter(|cut| cut.len() >= 6) {
                    self.look_up(cut, true, folded, tokens, &mut found);
                }
            }
        }
        found
    }

    fn look_up(&self, word: &str, cut: bool, folded: &Folded, tokens: &[Token], found: &mut [Option<Match>; 12]) {
        let longest = self.longest_stem.min(word.len());
        for end in self.shortest_stem..=longest {
            if word.is_char_boundary(end)
                && let Some(entries) = self.stems.get(&word[..end])
            {
                self.longest(entries, cut, folded, tokens, found);
            }
        }
        // After the stems, so that a whole word overrules them.
        if let Some(entries) = self.words.get(word) {
            self.longest(entries, cut, folded, tokens, found);
        }
    }

    fn longest(
        &self,
        entries: &[Entry],
        cut: bool,
        folded: &Folded,
        tokens: &[Token],
        found: &mut [Option<Match>; 12],
    ) {
        for entry in entries {
            if cut && entry.lang != Lang::Ar {
                continue;
            }
            let length = 1 + entry.rest.len();
            let slot = &mut found[entry.lang.index()];
            // The uncut form and, among equals, the longer stem come first or win: `>` for the cut form, `>=` otherwise.
            let enough = slot.is_none_or(|best| if cut { length > best.tokens } else { length >= best.tokens });
            if enough && length <= tokens.len() {
                let fits = entry.rest.iter().zip(&tokens[1..]).all(|(piece, token)| {
                    token.is_word()
                        && (piece.fits(folded.text_of(token))
                            || entry.lang == Lang::Ar && fits_without_article(piece, folded.text_of(token)))
                });
                if fits {
                    *slot = Some(Match { classes: entry.classes, tokens: length });
                }
            }
        }
    }

    /// The class of the key word of a language that a word is a typing error of. Costs are bounded: only words of five
    /// to eighteen letters, only key words with the same first letter (or its neighbours swapped) and nearly the same
    /// length, one edit, two from ten letters on.
    pub(crate) fn near(&self, lang: Lang, word: &str) -> Option<Classes> {
        if !(5..=18).contains(&word.len()) || !word.bytes().all(|b| b.is_ascii_lowercase()) {
            return None;
        }
        let squeezed = squeeze(word);
        let keys = &self.keys[lang.index()];
        keys.iter().find(|key| is_near(squeezed.as_bytes(), key.word.as_bytes())).map(|key| key.classes)
    }
}

fn fits_without_article(piece: &Piece, word: &str) -> bool {
    let bare = word.strip_suffix('ا').unwrap_or(word);
    piece.fits(bare)
        || ["ال", "لل", "بال", "ل", "ب", "و"].iter().any(|p| {
            word.strip_prefix(p).is_some_and(|cut| piece.fits(cut))
                || bare.strip_prefix(p).is_some_and(|cut| piece.fits(cut))
        })
}

/// `humaaaan` is `human`.
fn squeeze(word: &str) -> String {
    let mut out = String::with_capacity(word.len());
    let mut run = 0;
    let mut last = '\0';
    for c in word.chars() {
        run = if c == last { run + 1 } else { 1 };
        last = c;
        if run == 3 {
            out.pop();
        }
        if run < 3 {
            out.push(c);
        }
    }
    out
}

fn is_near(word: &[u8], key: &[u8]) -> bool {
    let allowed = if key.len() >= 10 { 2 } else { 1 };
    if word.len().abs_diff(key.len()) > allowed {
        return false;
    }
    let swapped = word.len() > 1 && word[0] == key[1] && word[1] == key[0];
    (word.first() == key.first() || swapped) && distance(word, key) <= allowed
}

/// Edits (insert, delete, replace, swap neighbours) between two short words.
fn distance(a: &[u8], b: &[u8]) -> usize {
    let mut before = [0usize; 24];
    let mut above: [usize; 24] = std::array::from_fn(|j| j);
    for i in 1..=a.len() {
        let mut row = [0usize; 24];
        row[0] = i;
        for j in 1..=b.len() {
            let replace = above[j - 1] + usize::from(a[i - 1] != b[j - 1]);
            row[j] = replace.min(above[j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                row[j] = row[j].min(before[j - 2] + 1);
            }
        }
        before = above;
        above = row;
    }
    above[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_every_list_can_be_read() {
        let wrong: Vec<String> = SOURCES
            .iter()
            .flat_map(|(lang, source)| source.lines().map(move |line| (lang, line)))
            .filter_map(|(lang, line)| read_line(line).err().map(|why| format!("{lang}: {why}")))
            .collect();
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }

    #[test]
    fn every_language_has_the_classes_that_a_request_needs() {
        for (lang, source) in SOURCES {
            let has = |class| source.lines().filter_map(|l| read_line(l).ok().flatten()).any(|(c, _)| c == class);
            for class in
                [Class::Staff, Class::Human, Class::Bot, Class::Talk, Class::Pass, Class::Refuse, Class::Nature]
            {
                assert!(has(class), "{lang} has no words of the class {class:?}");
            }
        }
    }

    #[test]
    fn key_words_stay_below_the_bound_of_the_edit_table() {
        for keys in &LEXICON.keys {
            assert!(keys.iter().all(|key| key.word.len() < 22));
        }
    }

    #[test]
    fn small_typing_errors_are_near_and_other_words_are_not() {
        let near = |word| LEXICON.near(Lang::En, word);
        assert_eq!(near("agnet"), Some(Classes::of(&[Class::Staff])));
        assert_eq!(near("humann"), Some(Classes::of(&[Class::Human])));
        assert_eq!(near("represenative"), Some(Classes::of(&[Class::Staff])));
        assert_eq!(near("urgent"), None);
        assert_eq!(near("order"), None);
    }
}
