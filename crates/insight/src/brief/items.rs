//! Things in a sentence that can be settled: numbers of orders, amounts, dates, addresses, ways to be reached.

/// A thing, written so that two spellings of it are equal.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Item {
    /// Of an order, a customer, a parcel.
    Number(String),
    /// Cents and a sign of currency.
    Amount(String),
    /// Digits and month.
    Date(String),
    /// Street and number.
    Street(String),
    /// An address of mail.
    Mail(String),
    /// Digits.
    Phone(String),
}

const MONTHS: [(&str, u8); 48] = [
    ("jan", 1),
    ("feb", 2),
    ("mar", 3),
    ("mär", 3),
    ("maer", 3),
    ("mrz", 3),
    ("apr", 4),
    ("may", 5),
    ("mai", 5),
    ("jun", 6),
    ("jul", 7),
    ("aug", 8),
    ("sep", 9),
    ("oct", 10),
    ("okt", 10),
    ("nov", 11),
    ("dec", 12),
    ("dez", 12),
    ("janvier", 1),
    ("fév", 2),
    ("fev", 2),
    ("mars", 3),
    ("avr", 4),
    ("juin", 6),
    ("juil", 7),
    ("août", 8),
    ("aout", 8),
    ("déc", 12),
    ("ene", 1),
    ("abr", 4),
    ("mayo", 5),
    ("ago", 8),
    ("dic", 12),
    ("gen", 1),
    ("mag", 5),
    ("giu", 6),
    ("lug", 7),
    ("set", 9),
    ("ott", 10),
    ("mei", 5),
    ("maart", 3),
    ("out", 10),
    ("maio", 5),
    ("junho", 6),
    ("julho", 7),
    ("giugno", 6),
    ("luglio", 7),
    ("janeiro", 1),
];
const MONTH_NAMES: [&str; 75] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
    "jan",
    "feb",
    "mar",
    "apr",
    "jun",
    "jul",
    "aug",
    "sep",
    "sept",
    "oct",
    "nov",
    "dec",
    "januar",
    "februar",
    "märz",
    "mai",
    "juni",
    "juli",
    "oktober",
    "dezember",
    "janvier",
    "février",
    "mars",
    "avril",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
    "enero",
    "febrero",
    "marzo",
    "abril",
    "mayo",
    "junio",
    "julio",
    "agosto",
    "septiembre",
    "octubre",
    "noviembre",
    "diciembre",
    "gennaio",
    "febbraio",
    "aprile",
    "maggio",
    "giugno",
    "luglio",
    "settembre",
    "ottobre",
    "dicembre",
    "januari",
    "februari",
    "maart",
    "mei",
    "augustus",
    "janeiro",
    "fevereiro",
    "março",
    "maio",
    "setembro",
    "dezembro",
];
const CURRENCIES: [(&str, &str); 20] = [
    ("€", "€"),
    ("eur", "€"),
    ("euro", "€"),
    ("euros", "€"),
    ("$", "$"),
    ("usd", "$"),
    ("dollar", "$"),
    ("dollars", "$"),
    ("£", "£"),
    ("gbp", "£"),
    ("pounds", "£"),
    ("chf", "chf"),
    ("franken", "chf"),
    ("¥", "¥"),
    ("zł", "zł"),
    ("pln", "zł"),
    ("tl", "₺"),
    ("₺", "₺"),
    ("kr", "kr"),
    ("r$", "r$"),
];
/// Ends of a street's name, before its number.
const STREETS: [&str; 13] =
    ["straße", "strasse", "str", "weg", "platz", "gasse", "allee", "ring", "ufer", "damm", "straat", "laan", "plein"];
/// Words for a street that stand after its name: *12 Baker Street*.
const ROADS: [&str; 14] = [
    "street",
    "st",
    "road",
    "rd",
    "avenue",
    "ave",
    "lane",
    "ln",
    "drive",
    "square",
    "boulevard",
    "blvd",
    "way",
    "close",
];
/// Words for a street that stand before its name: *rue de la Paix 5*, *5 rue …*.
const RUES: [&str; 12] =
    ["rue", "via", "viale", "piazza", "calle", "avenida", "rua", "travessa", "plaza", "chemin", "impasse", "corso"];

/// Small words in a street's name.
const PARTICLES: [&str; 12] = ["de", "la", "le", "du", "des", "di", "da", "do", "del", "della", "dei", "las"];

pub(super) fn is_month(word: &str) -> bool {
    let word = trim(word).to_lowercase();
    MONTH_NAMES.contains(&word.as_str())
}

fn month(word: &str) -> Option<u8> {
    let lower = trim(word).to_lowercase();
    if !MONTH_NAMES.contains(&lower.as_str()) {
        return None;
    }
    // The longest beginning that fits: "juin" before "jui".
    MONTHS.iter().filter(|(start, _)| lower.starts_with(start)).max_by_key(|(start, _)| start.len()).map(|(_, n)| *n)
}

fn trim(word: &str) -> &str {
    word.trim_matches(|c: char| !c.is_alphanumeric() && !matches!(c, '€' | '$' | '£' | '¥' | '₺' | '+'))
}

fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

fn number(word: &str) -> Option<u32> {
    word.strip_suffix("st")
        .or(word.strip_suffix("nd"))
        .or(word.strip_suffix("rd"))
        .or(word.strip_suffix("th"))
        .unwrap_or(word)
        .parse()
        .ok()
}

/// The things in a sentence, in order.
pub(super) fn items(text: &str) -> Vec<Item> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let mut out = Vec::new();
    let mut at = 0;
    while at < words.len() {
        let (item, length) = match item(&words, at) {
            Some((item, length)) => (Some(item), length),
            None => (None, 1),
        };
        out.extend(item);
        at += length;
    }
    out
}

/// The thing that begins at this word, and of how many words it is.
fn item(words: &[&str], at: usize) -> Option<(Item, usize)> {
    let word = trim(words[at]);
    if let Some((name, house)) = word.split_once('@') {
        let good = !name.is_empty() && house.split_once('.').is_some_and(|(a, b)| !a.is_empty() && b.len() > 1);
        return good.then(|| (Item::Mail(word.to_lowercase()), 1));
    }
    date(words, at)
        .or_else(|| amount(words, at))
        .or_else(|| street(words, at))
        .or_else(|| phone(words, at))
        .or_else(|| reference(word).map(|item| (item, 1)))
}

/// 12.11.2026, 12/11, 2026-11-12, 12 November, November 12th.
fn date(words: &[&str], at: usize) -> Option<(Item, usize)> {
    let word = trim(words[at]);
    for sign in ['.', '/', '-'] {
        let parts: Vec<&str> = word.split(sign).filter(|part| !part.is_empty()).collect();
        if !(2..=3).contains(&parts.len()) || (parts.len() == 2 && sign == '-') {
            continue;
        }
        let Some(numbers) = parts.iter().map(|part| part.parse::<u32>().ok()).collect::<Option<Vec<_>>>() else {
            continue;
        };
        let written = |from: usize, to: usize| (1..=31).contains(&numbers[from]) && (1..=31).contains(&numbers[to]);
        let date = match (numbers.as_slice(), sign) {
            ([year, ..], '-') if *year > 1_900 && written(1, 2) => Some((numbers[2], numbers[1])),
            // "49.90" is an amount and "3.14" a number: a date of two parts ends in a full stop or has a slash.
            ([_, _], '.') if !words[at].trim_end_matches([',', ';']).ends_with('.') => None,
            // Round the clock.
            ([24, 7], '/') => None,
            ([_, second, ..], '.' | '/') if written(0, 1) && *second <= 12 => Some((numbers[0], *second)),
            _ => None,
        };
        if let Some((day, month)) = date {
            return Some((Item::Date(format!("{day}-{month}")), 1));
        }
    }
    let next = words.get(at + 1).copied().unwrap_or_default();
    let day = |text: &str| number(&trim(text).to_lowercase()).filter(|day| (1..=31).contains(day));
    match (day(word), month(next), month(word), day(next)) {
        (Some(day), Some(month), ..) | (_, _, Some(month), Some(day)) => {
            Some((Item::Date(format!("{day}-{month}")), 2))
        }
        // 12 de noviembre
        (Some(day), ..) if matches!(next, "de" | "of") => {
            let month = words.get(at + 2).and_then(|word| month(word))?;
            Some((Item::Date(format!("{day}-{month}")), 3))
        }
        _ => None,
    }
}

fn currency(text: &str) -> Option<&'static str> {
    let lower = text.to_lowercase();
    CURRENCIES.iter().find(|(name, _)| *name == lower).map(|(_, sign)| *sign)
}

/// € 49.90, 49,90 €, 49.90EUR, $5.
fn amount(words: &[&str], at: usize) -> Option<(Item, usize)> {
    let word = trim(words[at]);
    let value = |text: &str| -> Option<String> {
        let plain = text.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | ',' | '\''))
            && text.contains(|c: char| c.is_ascii_digit());
        plain.then(|| cents(text))
    };
    let split = word.find(|c: char| c.is_ascii_digit()).zip(word.rfind(|c: char| c.is_ascii_digit()));
    if let Some((first, last)) = split {
        let (before, number, after) = (&word[..first], &word[first..=last], &word[last + 1..]);
        let cents = value(number)?;
        if let Some(sign) =
            currency(before).filter(|_| after.is_empty()).or(currency(after).filter(|_| before.is_empty()))
        {
            return Some((Item::Amount(format!("{cents}{sign}")), 1));
        }
        let next = words.get(at + 1).and_then(|next| currency(trim(next)))?;
        return (before.is_empty() && after.is_empty()).then(|| (Item::Amount(format!("{cents}{next}")), 2));
    }
    let sign = currency(word).filter(|_| !word.chars().all(char::is_alphabetic) || word.len() == 3)?;
    let cents = words.get(at + 1).and_then(|next| value(trim(next)))?;
    Some((Item::Amount(format!("{cents}{sign}")), 2))
}

/// A number as cents, whichever sign divides it.
fn cents(text: &str) -> String {
    match text.rfind(['.', ',']) {
        Some(at) if text.len() - at - 1 <= 2 => {
            format!("{}{:0<2}", digits(&text[..at]), digits(&text[at..]))
        }
        _ => format!("{}00", digits(text)),
    }
}

fn house_number(word: &str) -> bool {
    let word = trim(word);
    word.len() <= 5
        && word.starts_with(|c: char| c.is_ascii_digit())
        && word.chars().filter(|c| c.is_alphabetic()).count() <= 1
}

fn plain(text: &str) -> String {
    text.chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect::<String>()
        .replace("strasse", "str")
        .replace("straße", "str")
}

fn capital(word: &str) -> bool {
    word.starts_with(char::is_uppercase)
}

/// Hauptstraße 5, 12 Baker Street, rue de la Paix 5.
fn street(words: &[&str], at: usize) -> Option<(Item, usize)> {
    let word = trim(words[at]);
    let lower = word.to_lowercase();
    let get = |offset: usize| words.get(at + offset).map(|word| trim(word)).unwrap_or_default();
    if capital(word)
        && STREETS.iter().any(|end| lower.ends_with(end) && lower != "weg" && lower != "ring")
        && house_number(get(1))
    {
        return Some((Item::Street(plain(&format!("{word}{}", get(1)))), 2));
    }
    if house_number(word) {
        for length in 2..=4 {
            let names = (1..length).all(|offset| capital(get(offset)));
            if names && ROADS.contains(&get(length).to_lowercase().as_str()) {
                let all: String = (0..=length).map(get).collect();
                return Some((Item::Street(plain(&all)), length + 1));
            }
        }
        if RUES.contains(&get(1).to_lowercase().as_str()) {
            let names = (2..=6)
                .take_while(|offset| {
                    let name = get(*offset);
                    (capital(name) || PARTICLES.contains(&name)) && !words[at + offset - 1].ends_with(',')
                })
                .count();
            return (names > 0).then(|| {
                let mut name: String = (1..2 + names).map(get).collect();
                name.push_str(word);
                (Item::Street(plain(&name)), 2 + names)
            });
        }
    }
    if RUES.contains(&lower.as_str()) {
        let end = (2..=6).find(|offset| house_number(get(*offset)))?;
        let all: String = (0..=end).map(get).collect();
        return Some((Item::Street(plain(&all)), end + 1));
    }
    None
}

/// +49 30 1234567, 030/1234567.
fn phone(words: &[&str], at: usize) -> Option<(Item, usize)> {
    if !(words[at].starts_with('+') || words[at].starts_with('0') || words[at].starts_with("(0")) {
        return None;
    }
    let part =
        |word: &str| word.chars().all(|c| c.is_ascii_digit() || matches!(c, '+' | '-' | '/' | '(' | ')' | '.' | ','));
    let length = words[at..].iter().take(6).take_while(|word| part(word)).count();
    let all = digits(&words[at..at + length].concat());
    (length > 0 && (7..=15).contains(&all.len())).then_some((Item::Phone(all), length))
}

/// 4711-22, #10443, B-7K2Q, AB123456.
fn reference(word: &str) -> Option<Item> {
    let fits = word.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '/' | '_' | '.'));
    let (figures, letters) = (digits(word).len(), word.chars().filter(char::is_ascii_alphabetic).count());
    // 10am, 2x, 3kg, 2026 and 5th are none.
    let long = figures >= 4 && !(figures == 4 && letters == 0 && (word.starts_with("19") || word.starts_with("20")));
    let mixed = figures >= 2 && letters >= 1 && figures + letters >= 5 && !word.to_lowercase().ends_with("th");
    let upper = !word.contains(|c: char| c.is_ascii_lowercase()) || word.starts_with(|c: char| c.is_ascii_digit());
    (fits && (long || (mixed && upper))).then(|| Item::Number(plain(word)))
}
