use super::*;

fn cleaned(text: &str, patterns: &[Compiled]) -> String {
    let mut out = text.to_owned();
    for found in find(text, Wanted { cards: true, ibans: true, patterns }).into_iter().rev() {
        out.replace_range(found.range, &found.token);
    }
    out
}

#[test]
fn card_numbers_are_found_however_they_are_written() {
    for (text, clean) in [
        ("4242424242424242", "[card ending 4242]"),
        ("my card is 4242 4242 4242 4242.", "my card is [card ending 4242]."),
        ("4242-4242-4242-4242, 12/27", "[card ending 4242], 12/27"),
        ("4111.1111.1111.1111", "[card ending 1111]"),
        ("card:5555555555554444;", "card:[card ending 4444];"),
        ("Amex 3782 822463 10005", "Amex [card ending 0005]"),
        ("378282246310005", "[card ending 0005]"),
        ("30569309025904", "[card ending 5904]"),
        ("6011111111111117 and 3530111333300000", "[card ending 1117] and [card ending 0000]"),
        ("2223003122003222", "[card ending 3222]"),
        ("4222222222222", "[card ending 2222]"),
        ("6304000000000000 no, 6759649826438453 yes", "6304000000000000 no, [card ending 8453] yes"),
        // Full-width, Arabic-Indic, with what cannot be seen in between, with typographical dashes.
        ("４２４２ ４２４２ ４２４２ ４２４２", "[card ending 4242]"),
        ("٤٢٤٢٤٢٤٢٤٢٤٢٤٢٤٢", "[card ending 4242]"),
        ("4242\u{200b}4242\u{200b}4242\u{200b}4242", "[card ending 4242]"),
        ("4242\u{2013}4242\u{2013}4242\u{2013}4242", "[card ending 4242]"),
        ("4242\u{a0}4242\u{a0}4242\u{a0}4242", "[card ending 4242]"),
        // Beside other numbers.
        ("4242 4242 4242 4242 123", "[card ending 4242] 123"),
        ("12 4242 4242 4242 4242", "12 [card ending 4242]"),
        ("{\"number\":\"4242424242424242\"}", "{\"number\":\"[card ending 4242]\"}"),
        ("karte4 4242424242424242", "karte4 [card ending 4242]"),
        ("ü4242 4242424242424242", "ü4242 [card ending 4242]"),
    ] {
        assert_eq!(cleaned(text, &[]), clean, "{text}");
    }
}

#[test]
fn what_only_looks_like_a_card_stays() {
    for text in [
        "4242424242424241", // Luhn says no
        "1795435200123",    // a moment in milliseconds
        "0000000000000000",
        "1111111111111111",
        "42424242424242424242",    // 20 digits: a longer id
        "424242424242",            // 12 digits
        "order A4242424242424242", // part of a word
        "4242424242424242x",
        "id_4242424242424242",
        "a6f04242424242424242c1", // a hash
        "0049 89 1234 5678 90",   // a telephone number
        "+1 (415) 555-2671",
        "2026-11-22 16:12:00",
        "192.168.178.201 10.0.0.1",
        "9780306406157", // a book
        "4006381333931", // an article: EAN-13 with the first digit of a card, and no Luhn
        "0192f000-0000-7000-8000-000000000001",
        "4242  4242  4242  4242", // two gaps: columns of a table
        "",
        "ü",
    ] {
        assert_eq!(cleaned(text, &[]), text);
    }
}

#[test]
fn bank_accounts_are_found_and_near_misses_stay() {
    for (text, clean) in [
        ("DE89370400440532013000", "[IBAN ending 3000]"),
        ("IBAN: DE89 3704 0044 0532 0130 00 please", "IBAN: [IBAN ending 3000] please"),
        ("IBANDE89370400440532013000", "IBAN[IBAN ending 3000]"),
        ("de89 3704 0044 0532 0130 00", "[IBAN ending 3000]"),
        ("GB82WEST12345698765432,", "[IBAN ending 5432],"),
        ("GB82 WEST 1234 5698 7654 32 is mine", "[IBAN ending 5432] is mine"),
        ("NO93 8601 1117 947", "[IBAN ending 7947]"),
        ("FR14-2004-1010-0505-0001-3M02-606", "[IBAN ending 2606]"),
        ("MT84MALT011000012345MTLCAST001S", "[IBAN ending 001S]"),
        ("(NL91ABNA0417164300)", "([IBAN ending 4300])"),
    ] {
        assert_eq!(cleaned(text, &[]), clean, "{text}");
    }
    for text in [
        "DE89370400440532013001",  // the check digits say no
        "DE8937040044053201300",   // one short
        "DE893704004405320130000", // one more
        "ZZ89370400440532013000",  // no such country
        "xDE89370400440532013000", // part of a word
        "DE89",
        "de 12 Mark und 40 Pfennig",
    ] {
        assert_eq!(cleaned(text, &[]), text);
    }
}

#[test]
fn the_houses_own_patterns_are_found_and_overlaps_are_one() {
    let own = [
        Compiled::new("customer number", r"\bK-\d{6}\b", 256 * 1024).expect("fit"),
        Compiled::new("digits", r"\d{4}", 256 * 1024).expect("fit"),
    ];
    assert_eq!(cleaned("I am K-123456.", &own), "I am [customer number].");
    // The card begins where the pattern does, and is longer.
    assert_eq!(cleaned("4242424242424242", &own), "[card ending 4242]");
    assert_eq!(cleaned("ä 1234 ö", &own), "ä [digits] ö");
}

#[test]
fn a_pattern_that_could_take_long_or_is_found_everywhere_is_refused() {
    for (pattern, why) in [("(", "not a regular"), (r"(?=a)b", "look-around"), (r"(a)\1", "backreferences")] {
        let error = Compiled::new("x", pattern, 256 * 1024).expect_err("unfit").to_string();
        assert!(error.contains(why), "{error}");
    }
    assert_eq!(Compiled::new("x", r"\w{1000}{100}", 256 * 1024).expect_err("unfit"), Unfit::TooLarge);
    assert_eq!(Compiled::new("x", "a*", 256 * 1024).expect_err("unfit"), Unfit::Empty);
}

#[test]
fn hostile_texts_take_no_more_than_their_length() {
    let own = [Compiled::new("x", r"(a+)+b", 256 * 1024).expect("fit")];
    for text in ["4 ".repeat(10_000), "4".repeat(20_000), "DE89 ".repeat(4_000), "a".repeat(20_000), "٤".repeat(20_000)]
    {
        // A matcher that went back and forth would not come to an end before the tests' own time limit.
        let _ = find(&text, Wanted { cards: true, ibans: true, patterns: &own });
    }
}
