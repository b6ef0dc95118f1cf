//! Weekly hours with a time zone and closed days.

use crate::ids::Ms;
use crate::words::Words;
use jiff::civil::{Date, Time, Weekday};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan, Zoned};
use serde::{Deserialize, Serialize};

/// When people answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hours {
    /// IANA name, e.g. `Europe/Berlin`.
    pub time_zone: String,
    /// Open spans; a day may have several.
    pub week: Vec<Span>,
    /// Days on which nobody answers, `2026-12-25`.
    #[serde(default)]
    pub closed_days: Vec<Date>,
}

/// One open span of a weekday, `09:00` to `17:00`; `24:00` is written `00:00` of the next day's start and means midnight.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Span {
    /// 1 is Monday, 7 is Sunday.
    pub day: i8,
    /// First open minute.
    pub from: Time,
    /// First closed minute; midnight (`00:00`) means the end of the day.
    pub to: Time,
}

/// What is wrong with hours.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// No such time zone.
    #[error("there is no time zone named {0}; use an IANA name such as Europe/Berlin")]
    TimeZone(String),
    /// Not 1 to 7.
    #[error("day {0} is no weekday; 1 is Monday and 7 is Sunday")]
    Day(i8),
    /// Ends before it starts.
    #[error("a span of day {0} ends before it starts")]
    Backwards(i8),
}

/// How many days ahead an opening is looked for: a closed fortnight must still find the next one.
const DAYS_AHEAD: i64 = 60;

impl Hours {
    /// Checks what a form or a file brought.
    ///
    /// # Errors
    /// The first thing that is wrong.
    pub fn check(&self) -> Result<(), Error> {
        self.zone().ok_or_else(|| Error::TimeZone(self.time_zone.clone()))?;
        for span in &self.week {
            if Weekday::from_monday_one_offset(span.day).is_err() {
                return Err(Error::Day(span.day));
            }
            if span.to != Time::midnight() && span.to <= span.from {
                return Err(Error::Backwards(span.day));
            }
        }
        Ok(())
    }

    fn zone(&self) -> Option<TimeZone> {
        TimeZone::get(&self.time_zone).ok()
    }

    fn local(&self, at: Ms) -> Option<Zoned> {
        Some(Timestamp::from_millisecond(at).ok()?.to_zoned(self.zone()?))
    }

    /// Open spans from the day of `at` on, as moments, in order.
    fn spans(&self, at: Ms) -> impl Iterator<Item = (Ms, Ms)> + '_ {
        let local = self.local(at);
        // One day back: a span that runs to midnight of yesterday is over, but a change of the clock may shift it.
        (-1..DAYS_AHEAD).flat_map(move |ahead| {
            let mut out = Vec::new();
            if let Some(local) = &local
                && let Ok(date) = local.date().checked_add(ahead.days())
                && !self.closed_days.contains(&date)
            {
                let zone = local.time_zone();
                for span in &self.week {
                    if Weekday::from_monday_one_offset(span.day).is_ok_and(|day| day == date.weekday()) {
                        let end = if span.to == Time::midnight() { date.tomorrow().unwrap_or(date) } else { date };
                        let moment = |d: Date, t: Time| d.to_datetime(t).to_zoned(zone.clone()).ok();
                        if let (Some(from), Some(to)) = (moment(date, span.from), moment(end, span.to)) {
                            out.push((from.timestamp().as_millisecond(), to.timestamp().as_millisecond()));
                        }
                    }
                }
                out.sort_unstable();
            }
            out
        })
    }

    /// Whether people answer at this moment.
    pub fn open_at(&self, at: Ms) -> bool {
        self.spans(at).take_while(|(from, _)| *from <= at).any(|(_, to)| at < to)
    }

    /// The next opening strictly after `at`, none within two months.
    pub fn next_open(&self, at: Ms) -> Option<Ms> {
        self.spans(at).map(|(from, _)| from).find(|from| *from > at)
    }

    /// The moment at which `span` of open time has passed since `at`.
    pub fn after_open_time(&self, at: Ms, span: Ms) -> Option<Ms> {
        let mut left = span;
        for (from, to) in self.spans(at) {
            let from = from.max(at);
            if to <= from {
                continue;
            }
            if to - from >= left {
                return Some(from + left);
            }
            left -= to - from;
        }
        None
    }

    /// The week in words, e.g. `Mon–Fri 9:00–17:00`; days with equal spans are joined.
    pub fn words(&self, language: &str) -> String {
        let words = Words::of(language);
        let of = |day: i8| -> Vec<String> {
            let mut spans: Vec<&Span> = self.week.iter().filter(|s| s.day == day).collect();
            spans.sort_by_key(|s| s.from);
            let text = |span: &&Span| {
                let to = if span.to == Time::midnight() { "24:00".to_owned() } else { clock(span.to) };
                words.fill("hours.span", &[("from", &clock(span.from)), ("to", &to)])
            };
            spans.iter().map(text).collect()
        };
        let mut out: Vec<String> = Vec::new();
        let mut day = 1;
        while day <= 7 {
            let spans = of(day);
            let mut last = day;
            while last < 7 && of(last + 1) == spans {
                last += 1;
            }
            if !spans.is_empty() {
                let (first, final_day) = (day_key(day), day_key(last));
                let (first, final_day) = (words.text(&first), words.text(&final_day));
                let days = if last == day {
                    first.to_owned()
                } else {
                    words.fill("hours.days", &[("from", first), ("to", final_day)])
                };
                let spans = spans.join(words.text("hours.and"));
                out.push(words.fill("hours.open", &[("days", &days), ("spans", &spans)]));
            }
            day = last + 1;
        }
        out.join(words.text("hours.list"))
    }

    /// The place whose clock counts, e.g. `Berlin time`. Its name is that of the time zone in every language.
    pub fn zone_words(&self, language: &str) -> String {
        let city = self.time_zone.rsplit('/').next().unwrap_or("UTC").replace('_', " ");
        // UTC is no place: it has no time of its own.
        if matches!(city.as_str(), "UTC" | "GMT" | "Universal" | "Zulu") {
            return city;
        }
        Words::of(language).fill("hours.zone", &[("city", &city)])
    }

    /// A moment by the clock of this house, e.g. `Wed 12:00`; today is left out and tomorrow is named.
    pub fn moment(&self, at: Ms, now: Ms, language: &str) -> String {
        match (self.local(at), self.local(now)) {
            (Some(at), Some(now)) => moment_words(&at, &now, Words::of(language)),
            _ => utc_moment(at, now, language),
        }
    }
}

fn clock(time: Time) -> String {
    format!("{}:{:02}", time.hour(), time.minute())
}

fn day_key(day: i8) -> String {
    format!("day.{day}")
}

fn moment_words(at: &Zoned, now: &Zoned, words: &Words) -> String {
    // Spanish, Portuguese and Italian have a singular article before one o'clock.
    let time = words.fill(if at.hour() == 1 { "time.one" } else { "time" }, &[("clock", &clock(at.time()))]);
    if at.date() == now.date() {
        return time;
    }
    if now.date().tomorrow().is_ok_and(|day| day == at.date()) {
        return words.fill("moment.tomorrow", &[("time", &time)]);
    }
    let day = day_key(at.weekday().to_monday_one_offset());
    let day = words.text(&day);
    let days = (at.date() - now.date()).get_days();
    if (0..7).contains(&days) {
        return words.fill("moment.weekday", &[("day", day), ("time", &time)]);
    }
    let (date, month) = (at.day().to_string(), format!("month.{}", at.month()));
    words.fill("moment.date", &[("day", day), ("date", &date), ("month", words.text(&month)), ("time", &time)])
}

/// A moment by the clock of this place, which is named: for a house whose notice tells no hours.
pub fn zone_moment(zone: &str, at: Ms, now: Ms, language: &str) -> String {
    let house = Hours { time_zone: zone.to_owned(), week: Vec::new(), closed_days: Vec::new() };
    match house.zone() {
        Some(_) => format!("{} ({})", house.moment(at, now, language), house.zone_words(language)),
        None => utc_moment(at, now, language),
    }
}

/// When the day of `at` began by the clock of this place; by UTC if there is no such zone.
pub fn start_of_day(zone: &str, at: Ms) -> Ms {
    let zone = TimeZone::get(zone).unwrap_or(TimeZone::UTC);
    let now = Timestamp::from_millisecond(at).unwrap_or(Timestamp::UNIX_EPOCH).to_zoned(zone);
    now.start_of_day().map_or(at, |start| start.timestamp().as_millisecond())
}

/// Whether there is a time zone of this name.
pub fn is_zone(name: &str) -> bool {
    TimeZone::get(name).is_ok()
}

/// A moment in UTC, for a house without hours.
pub fn utc_moment(at: Ms, now: Ms, language: &str) -> String {
    let zoned = |ms| Timestamp::from_millisecond(ms).unwrap_or(Timestamp::UNIX_EPOCH).to_zoned(TimeZone::UTC);
    let words = Words::of(language);
    words.fill("moment.utc", &[("moment", &moment_words(&zoned(at), &zoned(now), words))])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Ms {
        text.parse::<Zoned>().expect("a moment").timestamp().as_millisecond()
    }

    #[test]
    fn a_day_begins_at_midnight_of_its_own_place() {
        let noon = at("2026-11-22T12:00[Europe/Berlin]");
        assert_eq!(start_of_day("Europe/Berlin", noon), at("2026-11-22T00:00[Europe/Berlin]"));
        assert_eq!(start_of_day("Pacific/Auckland", noon), at("2026-11-23T00:00[Pacific/Auckland]"));
        for unknown in ["", "Mars/Base"] {
            assert_eq!(start_of_day(unknown, noon), at("2026-11-22T00:00[UTC]"));
        }
        // On this day the clock jumped over midnight itself.
        let jumped = at("2018-11-04T10:00[America/Sao_Paulo]");
        assert_eq!(start_of_day("America/Sao_Paulo", jumped), at("2018-11-04T01:00[America/Sao_Paulo]"));
    }

    fn berlin() -> Hours {
        let span = |day| Span { day, from: Time::constant(9, 0, 0, 0), to: Time::constant(17, 0, 0, 0) };
        Hours {
            time_zone: "Europe/Berlin".into(),
            week: (1..=5).map(span).collect(),
            closed_days: vec![Date::constant(2026, 12, 25)],
        }
    }

    #[test]
    fn office_hours_are_open_in_their_own_time_zone() {
        let hours = berlin();
        assert!(hours.open_at(at("2026-11-23T09:00[Europe/Berlin]")));
        assert!(!hours.open_at(at("2026-11-23T08:59[Europe/Berlin]")));
        assert!(!hours.open_at(at("2026-11-23T17:00[Europe/Berlin]")));
        assert!(!hours.open_at(at("2026-11-22T12:00[Europe/Berlin]")));
    }

    #[test]
    fn a_closed_day_is_skipped_when_the_next_opening_is_told() {
        let hours = berlin();
        let next = hours.next_open(at("2026-12-24T18:00[Europe/Berlin]")).expect("an opening");
        assert_eq!(next, at("2026-12-28T09:00[Europe/Berlin]"));
    }

    #[test]
    fn open_time_runs_on_after_the_night() {
        let hours = berlin();
        let due = hours.after_open_time(at("2026-11-23T16:00[Europe/Berlin]"), 2 * 3_600_000);
        assert_eq!(due, Some(at("2026-11-24T10:00[Europe/Berlin]")));
    }

    #[test]
    fn the_week_is_told_in_words() {
        assert_eq!(berlin().words("en"), "Mon–Fri 9:00–17:00");
        assert_eq!(berlin().zone_words("en"), "Berlin time");
        let now = at("2026-11-23T16:00[Europe/Berlin]");
        assert_eq!(berlin().moment(at("2026-11-24T09:00[Europe/Berlin]"), now, "en"), "tomorrow 9:00");
        assert_eq!(berlin().moment(at("2026-11-25T12:00[Europe/Berlin]"), now, "en"), "Wed 12:00");
    }

    #[test]
    fn a_house_without_hours_names_the_place_whose_clock_counts() {
        let (now, later) = (at("2026-11-23T16:00[Europe/Berlin]"), at("2026-11-24T09:00[Europe/Berlin]"));
        assert_eq!(zone_moment("Europe/Berlin", later, now, "en"), "tomorrow 9:00 (Berlin time)");
        assert_eq!(zone_moment("UTC", later, now, "de"), "morgen 8:00 (UTC)");
        assert!(zone_moment("Mars/Base", later, now, "en").ends_with("UTC"));
    }

    #[test]
    fn wrong_hours_say_what_is_wrong() {
        let mut hours = berlin();
        hours.time_zone = "Mars/Base".into();
        assert_eq!(hours.check(), Err(Error::TimeZone("Mars/Base".into())));
    }
}
