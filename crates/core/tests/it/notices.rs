//! What the customer is told: no text claims what its fact lacks, in any language.

use baton_core::notice::{AlreadyAt, AskedBy, ClosedBy, Notice, Told, Unavailable, Ways, languages, notice};
use baton_core::settings::History;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

type Texts = BTreeMap<String, String>;

/// A catalogue as a translator wrote it.
fn catalogue(language: &str) -> Texts {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(format!("../../i18n/notices.{language}.json"));
    let text = std::fs::read_to_string(path).expect("a catalogue for each language");
    let all: BTreeMap<String, Value> = serde_json::from_str(&text).expect("JSON");
    all.into_iter().filter_map(|(key, value)| Some((key, value.as_str()?.to_owned()))).collect()
}

fn placeholders(template: &str) -> BTreeSet<&str> {
    template.split(['{', '}']).skip(1).step_by(2).collect()
}

const HISTORIES: [History; 3] = [History::Full, History::Summary, History::None];
const BOOLS: [bool; 2] = [false, true];
const PLACES: [Option<u32>; 8] = [None, Some(1), Some(2), Some(3), Some(4), Some(11), Some(22), Some(113)];

fn ways() -> Vec<Ways> {
    let leave = [None, Some("Wed 12:00".to_owned())];
    leave.iter().flat_map(|by| BOOLS.map(|bot| Ways { leave_by: by.clone(), bot })).collect()
}

/// Every variant with every combination of what may be absent.
fn all() -> Vec<Notice> {
    let text = |text: &str| text.to_owned();
    let (reference, by) = (text("B-7K2Q44"), text("Thu 10:00"));
    let mut out = vec![
        Notice::WaitOver { reference: reference.clone(), by: by.clone() },
        Notice::TransferAsked { giver: text("Ana"), to: text("Ben") },
        Notice::TransferPassed { giver: text("Ana"), to: text("Ben") },
        Notice::StillWorking,
        Notice::BotFailed,
        Notice::TargetFailed { team: text("Night desk"), next: text("orders") },
        Notice::TargetFailedNone { reference: reference.clone(), by: by.clone() },
        Notice::MessageLeft { reference: reference.clone(), by: by.clone() },
        Notice::Withdrawn,
        Notice::BouncesExhausted,
        Notice::Already(AlreadyAt::Agent(text("Ana"))),
        Notice::Already(AlreadyAt::Target(text("Night desk"))),
        Notice::Closed { by: ClosedBy::Agent(text("Ana"), text("14:32")) },
        Notice::Closed { by: ClosedBy::Quiet(30) },
        Notice::Closed { by: ClosedBy::Bot(text("14:32")) },
        Notice::Closed { by: ClosedBy::House(text("14:32")) },
    ];
    for history in HISTORIES {
        out.extend([AskedBy::Customer, AskedBy::House, AskedBy::Nobody].map(|by| Notice::Asked { by, history }));
        for (human, say_team) in BOOLS.into_iter().flat_map(|human| BOOLS.map(|say| (human, say))) {
            for name in [None, Some(text("Rita"))] {
                out.push(Notice::Joined { name, human, team: text("billing"), say_team, history });
            }
        }
    }
    for place in PLACES {
        out.push(Notice::Already(AlreadyAt::Line { place }));
        out.extend(BOOLS.map(|lost| Notice::AgentLost { name: text("Ana"), lost, place }));
        out.push(Notice::TransferTeam { giver: text("Ana"), team: text("billing"), place });
        for (staffed, ways) in BOOLS.into_iter().flat_map(|staffed| ways().into_iter().map(move |w| (staffed, w))) {
            for (team, choice_by) in
                [(None, Some("12:10")), (Some("Night desk"), None), (Some("Night desk"), Some("12:10"))]
            {
                let (team, choice_by) = (team.map(text), choice_by.map(text));
                out.push(Notice::InLine { place, team, choice_by, staffed, ways: ways.clone() });
            }
        }
    }
    for ways in ways() {
        out.push(Notice::WaitChoice { ways: ways.clone() });
        out.push(Notice::Unavailable { why: Unavailable::Full, ways: ways.clone() });
        for next in [None, Some(text("tomorrow 9:00"))] {
            let why = Unavailable::Closed { hours: (text("Mon–Fri 9:00–17:00"), text("Berlin time")), next };
            out.push(Notice::Unavailable { why, ways: ways.clone() });
        }
    }
    for acknowledged in [None, Some(text("")), Some(text("the refund is on its way"))] {
        out.extend(BOOLS.map(|word| Notice::HandedBack {
            giver: text("Ana"),
            acknowledged: acknowledged.clone(),
            word,
        }));
    }
    for bot in BOOLS {
        out.extend([None, Some(text("Ana"))].map(|agent| Notice::Rating { agent, bot }));
        out.push(Notice::TargetFailedBack { team: text("Night desk"), bot });
    }
    out.extend([None, Some(by)].map(|by| Notice::BotFailedNobody { reference: reference.clone(), by }));
    out
}

/// A new variant does not compile until it stands here, and the walk fails until `all` makes it.
fn variant(fact: &Notice) -> usize {
    match fact {
        Notice::Asked { .. } => 0,
        Notice::InLine { .. } => 1,
        Notice::Unavailable { .. } => 2,
        Notice::Already(_) => 3,
        Notice::WaitChoice { .. } => 4,
        Notice::WaitOver { .. } => 5,
        Notice::Joined { .. } => 6,
        Notice::TransferAsked { .. } => 7,
        Notice::TransferPassed { .. } => 8,
        Notice::TransferTeam { .. } => 9,
        Notice::AgentLost { .. } => 10,
        Notice::HandedBack { .. } => 11,
        Notice::StillWorking => 12,
        Notice::BotFailed => 13,
        Notice::BotFailedNobody { .. } => 14,
        Notice::TargetFailed { .. } => 15,
        Notice::TargetFailedNone { .. } => 16,
        Notice::MessageLeft { .. } => 17,
        Notice::Withdrawn => 18,
        Notice::Closed { .. } => 19,
        Notice::Rating { .. } => 20,
        Notice::BouncesExhausted => 21,
        Notice::TargetFailedBack { .. } => 22,
    }
}

fn place(fact: &Notice) -> Option<u32> {
    match fact {
        Notice::InLine { place, .. }
        | Notice::Already(AlreadyAt::Line { place })
        | Notice::AgentLost { place, .. }
        | Notice::TransferTeam { place, .. } => *place,
        _ => None,
    }
}

fn history(fact: &Notice) -> Option<History> {
    match fact {
        Notice::Asked { history, .. } | Notice::Joined { history, .. } => Some(*history),
        _ => None,
    }
}

fn other_ways(fact: &Notice) -> Ways {
    match fact {
        Notice::InLine { ways, .. } | Notice::Unavailable { ways, .. } | Notice::WaitChoice { ways } => ways.clone(),
        _ => Ways::default(),
    }
}

fn promised(fact: &Notice) -> bool {
    matches!(
        fact,
        Notice::WaitOver { .. }
            | Notice::TargetFailedNone { .. }
            | Notice::MessageLeft { .. }
            | Notice::BotFailedNobody { by: Some(_), .. }
    )
}

fn person(fact: &Notice) -> bool {
    matches!(fact, Notice::Joined { name: Some(_), human: true, .. })
}

fn rated(fact: &Notice) -> (bool, bool) {
    match fact {
        Notice::Rating { agent, bot } => (agent.is_some(), *bot),
        _ => (false, false),
    }
}

/// A claim: the sentences that make it, and whether the fact bears it.
type Claim = (&'static str, &'static [&'static str], fn(&Notice) -> bool);

const CLAIMS: &[Claim] = &[
    ("sees everything", &["history.full", "joined.full"], |f| history(f) == Some(History::Full)),
    ("sees a summary", &["history.summary", "joined.summary"], |f| history(f) == Some(History::Summary)),
    ("a colleague sees the chat", &["transfer.sees"], |f| matches!(f, Notice::TransferPassed { .. })),
    ("place", &["line.place", "again.place"], |f| place(f).is_some()),
    ("next in line", &["again.front"], |f| place(f) == Some(1)),
    ("the connection was lost", &["agent_lost"], |f| matches!(f, Notice::AgentLost { lost: true, .. })),
    ("a person", &["joined.person", "joined.person_team"], person),
    ("a message can be left", &["offer.leave", "offer.leave_or_bot"], |f| other_ways(f).leave_by.is_some()),
    ("the assistant is there", &["offer.bot", "offer.leave_or_bot"], |f| other_ways(f).bot),
    ("back with the assistant", &["withdrawn", "target_failed.bot"], |f| {
        matches!(f, Notice::Withdrawn | Notice::TargetFailedBack { bot: true, .. })
    }),
    ("the word works", &["handed_back.word"], |f| matches!(f, Notice::HandedBack { word: true, .. })),
    ("the bot knows", &["handed_back.known", "handed_back.knows"], |f| {
        matches!(f, Notice::HandedBack { acknowledged: Some(_), .. })
    }),
    ("told again in time", &["line.promise"], |f| matches!(f, Notice::InLine { choice_by: Some(_), .. })),
    ("nobody is there", &["staffless"], |f| matches!(f, Notice::InLine { staffed: false, .. })),
    ("an answer by then", &["message_asked"], promised),
    ("next opening", &["closed.next"], |f| {
        matches!(f, Notice::Unavailable { why: Unavailable::Closed { next: Some(_), .. }, .. })
    }),
    ("hours", &["closed.hours"], |f| matches!(f, Notice::Unavailable { why: Unavailable::Closed { .. }, .. })),
    ("full", &["full"], |f| matches!(f, Notice::Unavailable { why: Unavailable::Full, .. })),
    ("the agent is rated", &["rating.seen_by"], |f| rated(f).0),
    ("the bot is rated", &["rating.bot"], |f| rated(f).1),
    ("the next is tried", &["target_failed.next"], |f| matches!(f, Notice::TargetFailed { .. })),
    ("a person is being got", &["bot_failed"], |f| matches!(f, Notice::BotFailed)),
    ("looked for", &["asked.customer", "asked.house", "asked.first"], |f| matches!(f, Notice::Asked { .. })),
    ("asked by the customer", &["asked.customer"], |f| matches!(f, Notice::Asked { by: AskedBy::Customer, .. })),
    ("goes on", &["closed_by.again"], |f| matches!(f, Notice::Closed { .. })),
];

/// Whether the words contain this sentence, with the values that were told.
fn says(told: &Told, template: &str) -> bool {
    let mut sentence = template.to_owned();
    for name in placeholders(template) {
        let value = match told.values.get(name) {
            Some(Value::String(text)) => text.clone(),
            Some(other) => other.to_string(),
            None => return false,
        };
        sentence = sentence.replace(&format!("{{{name}}}"), &value);
    }
    told.words.contains(&sentence)
}

fn claims(texts: &Texts, told: &Told, fact: &Notice) {
    for (claim, keys, bears) in CLAIMS {
        let made = keys.iter().any(|key| says(told, &texts[*key]));
        assert!(!made || bears(fact), "claims \"{claim}\" without the fact: {fact:?}\n{}", told.words);
    }
}

#[test]
fn no_notice_claims_what_its_fact_lacks() {
    let facts = all();
    let variants: BTreeSet<usize> = facts.iter().map(variant).collect();
    assert_eq!(variants, (0..=22).collect(), "every variant is walked");
    for language in languages() {
        let texts = catalogue(language);
        let mut made: BTreeSet<&str> = BTreeSet::new();
        for fact in &facts {
            let told = notice(fact, language);
            wording(&told, fact);
            claims(&texts, &told, fact);
            actions(&told, fact);
            let makes = |keys: &[&str]| keys.iter().any(|key| says(&told, &texts[*key]));
            made.extend(CLAIMS.iter().filter(|(_, keys, _)| makes(keys)).map(|(claim, ..)| *claim));
        }
        let known: BTreeSet<&str> = CLAIMS.iter().map(|(claim, ..)| *claim).collect();
        assert_eq!(made, known, "each claim is made by some text in {language}, else its check checks nothing");
    }
}

/// The voice of the house.
fn wording(told: &Told, fact: &Notice) {
    let words = &told.words;
    assert!(!words.trim().is_empty(), "{fact:?}");
    assert!(!words.contains(['…', '{', '}', '!', '！', '¡']), "a value is missing, or it shouts: {words}");
    assert!(!words.contains("  ") && words.trim() == words, "odd spaces: {words:?}");
    assert!(words.ends_with(['.', '?', '。', '？', '؟']), "a whole sentence: {words}");
    let lower = words.to_lowercase();
    let never: &[&str] = match told.language.as_str() {
        "en" => &["shortly", "please hold", "soon"],
        "de" => &["in kürze", "bitte warten", "gleich"],
        _ => &[],
    };
    for never in never {
        assert!(!lower.contains(never), "{never} promises nothing: {words}");
    }
    let spans = lower.contains("minute");
    assert!(!spans || matches!(fact, Notice::Closed { by: ClosedBy::Quiet(_) }), "no span is computed yet: {words}");
}

/// What the customer can do next is offered exactly where it exists.
fn actions(told: &Told, fact: &Notice) {
    let has = |action: &str| told.actions.contains(&action);
    let waits_staffed = matches!(fact, Notice::InLine { staffed: true, .. });
    let ways = if waits_staffed { Ways::default() } else { other_ways(fact) };
    assert_eq!(has("leave_message"), ways.leave_by.is_some(), "{fact:?}");
    assert_eq!(has("stay_with_bot"), ways.bot, "{fact:?}");
    assert_eq!(has("wait"), matches!(fact, Notice::InLine { .. } | Notice::WaitChoice { .. }));
    assert_eq!(has("rate"), matches!(fact, Notice::Rating { .. }));
}

#[test]
fn a_place_is_told_as_it_is_and_only_where_it_is_known() {
    for fact in all() {
        let told = notice(&fact, "en");
        match place(&fact) {
            None => assert!(!told.values.contains_key("place"), "{fact:?}"),
            Some(1) if matches!(fact, Notice::AgentLost { .. }) => assert!(told.words.contains("next in line")),
            Some(n) => {
                let word = match n {
                    1 => "1st".to_owned(),
                    2 => "2nd".to_owned(),
                    3 => "3rd".to_owned(),
                    22 => "22nd".to_owned(),
                    _ => format!("{n}th"),
                };
                assert!(told.words.contains(&format!("You are {word} in line")), "{fact:?}: {}", told.words);
            }
        }
    }
}

#[test]
fn an_unknown_language_is_told_in_english_and_says_so() {
    let told = notice(&Notice::Withdrawn, "tlh");
    assert_eq!((told.language.as_str(), told.words), ("en", notice(&Notice::Withdrawn, "en").words));
}

#[test]
fn all_catalogues_have_the_same_sentences_with_the_same_values() {
    let english = catalogue("en");
    for language in languages() {
        let texts = catalogue(language);
        assert!(texts.keys().eq(english.keys()), "{language}: {:?}", differing(&english, &texts));
        for (key, text) in &texts {
            assert_eq!(placeholders(text), placeholders(&english[key]), "{language}: {key}");
            assert_eq!(text.matches('{').count(), text.matches('}').count(), "{language}: {key}");
        }
    }
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../i18n");
    for entry in std::fs::read_dir(folder).expect("the catalogues") {
        let name = entry.expect("an entry").file_name().to_string_lossy().into_owned();
        if let Some(language) = name.strip_prefix("notices.").and_then(|name| name.strip_suffix(".json")) {
            assert!(languages().any(|known| known == language), "{name} is built in");
        }
    }
}

fn differing(one: &Texts, other: &Texts) -> Vec<String> {
    let (one, other): (BTreeSet<_>, BTreeSet<_>) = (one.keys().cloned().collect(), other.keys().cloned().collect());
    one.symmetric_difference(&other).cloned().collect()
}
