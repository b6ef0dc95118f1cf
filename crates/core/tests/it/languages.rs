//! What the customer is told in each of the languages: moments, hours, numbers and names in words of that language.

use crate::common::*;
use baton_core::actor::Actor;
use baton_core::command::Command;
use baton_core::facts::Reading;
use baton_core::hours::{Hours, Span, utc_moment};
use baton_core::notice::{
    AlreadyAt, AskedBy, ClosedBy, Notice, Told, Unavailable, Ways, languages, notice, person_word,
};
use baton_core::settings::History;
use jiff::civil::Time;
use proptest::prelude::*;
use std::collections::BTreeSet;

const MINUTE: i64 = 60_000;
const DAY: i64 = 24 * 60 * MINUTE;

/// Two spans on Monday, one on the other days until Friday, a night on Sunday.
fn hours(time_zone: &str) -> Hours {
    let span = |day, from, to| Span { day, from: Time::constant(from, 0, 0, 0), to: Time::constant(to, 0, 0, 0) };
    let mut week: Vec<Span> = (2..=5).map(|day| span(day, 9, 17)).collect();
    week.extend([span(1, 9, 12), span(1, 13, 17), span(7, 20, 0)]);
    Hours { time_zone: time_zone.into(), week, closed_days: Vec::new() }
}

/// Later today, tomorrow, this week and in a week or more, at one and at other hours.
fn moments(language: &str) -> Vec<String> {
    let hours = hours("Europe/Berlin");
    let days = (0..9).chain([40, 200, 400]);
    let ats = days.flat_map(|days| [0, 60, 61, 125].map(|minutes| MONDAY_NOON + days * DAY + minutes * MINUTE));
    let told = |at| [hours.moment(at, MONDAY_NOON, language), utc_moment(at, MONDAY_NOON, language)];
    ats.flat_map(told).collect()
}

/// Notices with everything in them that is told in words: moments, hours, counts and places.
fn facts(language: &str) -> Vec<Notice> {
    let text = |text: &str| text.to_owned();
    let open = hours("Europe/Berlin");
    let (week, zone) = (open.words(language), open.zone_words(language));
    let mut out = vec![
        Notice::Asked { by: AskedBy::Customer, history: History::Full },
        Notice::Asked { by: AskedBy::House, history: History::Summary },
        Notice::Asked { by: AskedBy::Nobody, history: History::None },
        Notice::Unavailable { why: Unavailable::Full, ways: Ways::default() },
        Notice::Already(AlreadyAt::Agent(text("Ana"))),
        Notice::Already(AlreadyAt::Target(text("Night desk"))),
        Notice::Already(AlreadyAt::Line { place: None }),
        Notice::TransferAsked { giver: text("Ana"), to: text("Ben") },
        Notice::TransferPassed { giver: text("Ana"), to: text("Ben") },
        Notice::TransferTeam { giver: text("Ana"), team: text("billing"), place: None },
        Notice::HandedBack { giver: text("Ana"), acknowledged: Some(text("refund 4711")), word: true },
        Notice::HandedBack { giver: text("Ana"), acknowledged: Some(text("")), word: true },
        Notice::StillWorking,
        Notice::BotFailed,
        Notice::BotFailedNobody { reference: text("B-7K2Q44"), by: None },
        Notice::TargetFailed { team: text("Night desk"), next: text("orders") },
        Notice::TargetFailedBack { team: text("Night desk"), bot: true },
        Notice::TargetFailedBack { team: text("Night desk"), bot: false },
        Notice::Withdrawn,
        Notice::Rating { agent: Some(text("Ana")), bot: true },
        Notice::Rating { agent: None, bot: true },
        Notice::BouncesExhausted,
    ];
    for (name, human) in [(Some(text("Rita")), true), (Some(text("Rita")), false), (None, false)] {
        for history in [History::Full, History::Summary, History::None] {
            for say_team in [false, true] {
                out.push(Notice::Joined { name: name.clone(), human, team: text("billing"), say_team, history });
            }
        }
    }
    for place in [1, 2, 3, 8, 11, 22, 113].map(Some).into_iter().chain([None]) {
        out.push(Notice::AgentLost { name: text("Ana"), lost: true, place });
        out.push(Notice::AgentLost { name: text("Ana"), lost: false, place });
        let (choice_by, ways) = (None, Ways::default());
        out.push(Notice::InLine { place, team: Some(text("billing")), choice_by, staffed: true, ways });
    }
    out.extend([0, 1, 2, 3, 5, 11, 21, 22, 30, 100, 101, 1_000_000].map(|n| Notice::Closed { by: ClosedBy::Quiet(n) }));
    for by in moments(language) {
        let reference = text("B-7K2Q44");
        let leave = |bot| Ways { leave_by: Some(by.clone()), bot };
        let why = Unavailable::Closed { hours: (week.clone(), zone.clone()), next: Some(by.clone()) };
        out.extend([
            Notice::Unavailable { why, ways: leave(true) },
            Notice::WaitChoice { ways: leave(false) },
            Notice::InLine {
                place: Some(2),
                team: None,
                choice_by: Some(by.clone()),
                staffed: false,
                ways: Ways::default(),
            },
            Notice::WaitOver { reference: reference.clone(), by: by.clone() },
            Notice::BotFailedNobody { reference: reference.clone(), by: Some(by.clone()) },
            Notice::TargetFailedNone { reference: reference.clone(), by: by.clone() },
            Notice::MessageLeft { reference, by: by.clone() },
            Notice::Closed { by: ClosedBy::Agent(text("Ana"), by.clone()) },
            Notice::Closed { by: ClosedBy::Bot(by.clone()) },
            Notice::Closed { by: ClosedBy::House(by) },
        ]);
    }
    out
}

fn told(language: &str) -> Vec<Told> {
    facts(language).iter().map(|fact| notice(fact, language)).collect()
}

/// Nothing is missing, and nobody shouts.
fn is_whole(text: &str) {
    assert!(!text.contains(['…', '{', '}', '!', '！', '¡']), "a value is missing, or it shouts: {text}");
    assert!(!text.contains("  ") && text.trim() == text, "odd spaces: {text:?}");
    assert!(!text.contains("..") && !text.contains("。。"), "ends twice: {text}");
    let keys = ["day.", "month.", "moment.", "hours.", "ordinal.", "sentence.", "name.", "closed_by."];
    let is_key = |word: &str| keys.iter().any(|key| word.len() > key.len() && word.starts_with(key));
    assert!(!text.split(' ').any(is_key), "a key without words: {text}");
}

#[test]
fn notices_are_told_in_twelve_languages_without_english_in_them() {
    let english: BTreeSet<&str> = [
        "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun", "tomorrow", "today", "time", "and", "You", "you", "person",
        "Dec", "minutes", "st", "nd", "rd", "th", "our", "Our",
    ]
    .into();
    let known: BTreeSet<&str> = languages().collect();
    assert_eq!(known, BTreeSet::from(["en", "es", "fr", "de", "pt", "it", "nl", "pl", "tr", "zh", "ja", "ar"]));
    for language in languages() {
        for told in told(language) {
            assert_eq!(told.language, language);
            is_whole(&told.words);
            if language == "en" {
                continue;
            }
            // Chinese and Japanese have no spaces.
            for word in told.words.split(|c: char| !c.is_alphabetic() || c > '\u{2e80}') {
                let shared = matches!((language, word), ("fr", "minutes"));
                assert!(shared || !english.contains(word), "{word} is English in {language}: {}", told.words);
            }
        }
    }
}

#[test]
fn a_text_from_right_to_left_begins_in_its_direction_and_its_values_are_as_they_are() {
    for told in told("ar") {
        let first = told.words.chars().find(|c| c.is_alphabetic()).expect("words");
        assert!(('\u{600}'..='\u{6ff}').contains(&first), "a page sets the direction by it: {}", told.words);
        let marks = ['\u{200e}', '\u{200f}', '\u{61c}', '\u{2066}', '\u{2067}', '\u{2068}', '\u{2069}'];
        assert!(!told.words.contains(marks), "{}", told.words);
        if let Some(reference) = told.values.get("reference").and_then(|value| value.as_str()) {
            assert!(told.words.contains(reference), "{}", told.words);
        }
    }
}

#[test]
fn hours_and_moments_read_as_the_language_writes_them() {
    let expected = [
        ("en", "Mon 9:00–12:00 and 13:00–17:00, Tue–Fri 9:00–17:00, Sun 20:00–24:00", "Berlin time"),
        ("es", "lun. 9:00–12:00 y 13:00–17:00, mar.–vie. 9:00–17:00, dom. 20:00–24:00", "hora de Berlin"),
        ("fr", "lun. 9:00–12:00 et 13:00–17:00, mar.–ven. 9:00–17:00, dim. 20:00–24:00", "heure de Berlin"),
        ("de", "Mo 9:00–12:00 und 13:00–17:00, Di–Fr 9:00–17:00, So 20:00–24:00", "Ortszeit Berlin"),
        ("pt", "seg. 9:00–12:00 e 13:00–17:00, ter.–sex. 9:00–17:00, dom. 20:00–24:00", "horário de Berlin"),
        ("it", "lun 9:00–12:00 e 13:00–17:00, mar–ven 9:00–17:00, dom 20:00–24:00", "ora di Berlin"),
        ("nl", "ma 9:00–12:00 en 13:00–17:00, di–vr 9:00–17:00, zo 20:00–24:00", "tijd in Berlin"),
        ("pl", "pon. 9:00–12:00 i 13:00–17:00, wt.–pt. 9:00–17:00, niedz. 20:00–24:00", "czas: Berlin"),
        ("tr", "Pzt 9:00–12:00 ve 13:00–17:00, Sal–Cum 9:00–17:00, Paz 20:00–24:00", "Berlin saati"),
        ("zh", "周一 9:00–12:00、13:00–17:00，周二至周五 9:00–17:00，周日 20:00–24:00", "Berlin 时间"),
        ("ja", "月 9:00～12:00、13:00～17:00、火～金 9:00～17:00、日 20:00～24:00", "Berlin時間"),
        (
            "ar",
            "الاثنين من 9:00 إلى 12:00 ومن 13:00 إلى 17:00، الثلاثاء–الجمعة من 9:00 إلى 17:00، الأحد من 20:00 إلى 24:00",
            "بتوقيت Berlin",
        ),
    ];
    for (language, week, zone) in expected {
        let hours = hours("Europe/Berlin");
        assert_eq!((hours.words(language).as_str(), hours.zone_words(language).as_str()), (week, zone));
    }
    // Monday 12:00 UTC of the 23rd of November is 13:00 in Berlin.
    let expected = [
        ("en", "14:00", "tomorrow 1:30", "Wed 13:00", "Thu 3 Dec 13:00", "12:00 UTC"),
        (
            "es",
            "a las 14:00",
            "mañana a la 1:30",
            "el mié. a las 13:00",
            "el jue. 3 dic. a las 13:00",
            "a las 12:00 UTC",
        ),
        ("fr", "à 14:00", "demain à 1:30", "mer. à 13:00", "jeu. 3 déc. à 13:00", "à 12:00 UTC"),
        ("de", "14:00", "morgen 1:30", "Mi 13:00", "Do, 3. Dez. 13:00", "12:00 UTC"),
        ("pt", "às 14:00", "amanhã à 1:30", "qua. às 13:00", "qui. 3 de dez. às 13:00", "às 12:00 UTC"),
        ("it", "alle 14:00", "domani all'1:30", "mer alle 13:00", "gio 3 dic alle 13:00", "alle 12:00 UTC"),
        ("nl", "om 14:00", "morgen om 1:30", "wo om 13:00", "do 3 dec. om 13:00", "om 12:00 UTC"),
        ("pl", "o 14:00", "jutro o 1:30", "śr. o 13:00", "czw. 3 gru o 13:00", "o 12:00 UTC"),
        ("tr", "saat 14:00", "yarın saat 1:30", "Çar saat 13:00", "3 Ara Per saat 13:00", "saat 12:00 UTC"),
        ("zh", "14:00", "明天 1:30", "周三 13:00", "12月3日周四 13:00", "12:00 UTC"),
        ("ja", "14:00", "明日1:30", "水曜13:00", "12月3日（木）13:00", "12:00（UTC）"),
        (
            "ar",
            "الساعة 14:00",
            "غدًا الساعة 1:30",
            "يوم الأربعاء الساعة 13:00",
            "يوم الخميس 3 ديسمبر الساعة 13:00",
            "الساعة 12:00 بتوقيت UTC",
        ),
    ];
    for (language, today, tomorrow, weekday, date, utc) in expected {
        let moment = |minutes| hours("Europe/Berlin").moment(MONDAY_NOON + minutes * MINUTE, MONDAY_NOON, language);
        assert_eq!(moment(60), today, "{language}");
        assert_eq!(moment(12 * 60 + 30), tomorrow, "{language}");
        assert_eq!(moment(2 * 24 * 60), weekday, "{language}");
        assert_eq!(moment(10 * 24 * 60), date, "{language}");
        assert_eq!(utc_moment(MONDAY_NOON, MONDAY_NOON, language), utc, "{language}");
    }
}

#[test]
fn quiet_minutes_are_counted_as_the_language_counts() {
    let closed = |language, minutes| notice(&Notice::Closed { by: ClosedBy::Quiet(minutes) }, language).words;
    for (minutes, words) in
        [(1, "przez minutę "), (2, "2 minuty "), (5, "5 minut "), (21, "21 minut "), (22, "22 minuty ")]
    {
        assert!(closed("pl", minutes).contains(words), "{}", closed("pl", minutes));
    }
    let arabic =
        [(0, "0 دقيقة"), (1, "دقيقة واحدة"), (2, "دقيقتين"), (3, "3 دقائق"), (11, "11 دقيقة"), (100, "100 دقيقة")];
    for (minutes, words) in arabic {
        assert!(closed("ar", minutes).contains(words), "{}", closed("ar", minutes));
    }
    // French counts nothing as one, and still says so.
    assert!(closed("fr", 0).contains("0 minute."), "{}", closed("fr", 0));
    for language in languages() {
        assert!(closed(language, 30).contains("30"), "{}", closed(language, 30));
    }
}

#[test]
fn a_customer_reads_when_the_house_opens_in_their_own_language() {
    let expected = [
        ("fr", "Notre équipe répond lun.–ven. 13:00–17:00, UTC. Nous serons de retour à 13:00."),
        ("pl", "Nasz zespół odpowiada: pon.–pt. 13:00–17:00, UTC. Wracamy: o 13:00."),
        ("ja", "受付時間は月～金 13:00～17:00（UTC）です。次の受付開始は13:00です。"),
        ("tlh", "Our team answers Mon–Fri 13:00–17:00, UTC. We are back 13:00."),
    ];
    for (language, words) in expected {
        let mut house = House::new(closed(desk()));
        let Command::Start(mut start) = start() else { return };
        start.language = language.into();
        house.act(CHAT, Actor::CUSTOMER, Command::Start(start), Reading::default()).expect("it starts");
        let then = house.when(Actor::CUSTOMER, Command::AskPerson);
        assert!(then.words().contains(words), "{}", then.words());
    }
}

#[test]
fn the_word_for_a_person_stands_in_the_notice_that_promises_it() {
    for language in languages() {
        let fact = Notice::HandedBack { giver: "Ana".into(), acknowledged: None, word: true };
        let told = notice(&fact, language);
        assert!(told.words.contains(person_word(language)), "{}", told.words);
    }
}

#[test]
fn hours_that_never_open_say_nothing_of_a_week() {
    let never = Hours { time_zone: "Europe/Berlin".into(), week: Vec::new(), closed_days: Vec::new() };
    for language in languages() {
        let open = (never.words(language), never.zone_words(language));
        let why = Unavailable::Closed { hours: open, next: None };
        let told = notice(&Notice::Unavailable { why, ways: Ways::default() }, language);
        assert!(!told.words.contains("Berlin"), "{}", told.words);
    }
}

proptest! {
    #[test]
    fn any_moment_is_told_in_whole_words(
        at in prop_oneof![any::<i64>(), -70_000_000_000_000i64..260_000_000_000_000],
        apart in prop_oneof![any::<i64>(), -20 * DAY..20 * DAY],
        zone in prop::sample::select(vec!["UTC", "Europe/Berlin", "Pacific/Apia", "Asia/Kathmandu", "Mars/Base"]),
    ) {
        let now = at.saturating_sub(apart);
        for language in languages() {
            for text in [hours(zone).moment(at, now, language), utc_moment(at, now, language)] {
                is_whole(&text);
                prop_assert!(text.contains(':'), "{}", text);
            }
        }
    }
}
