use super::Party::{Bot, Customer, Person};
use super::*;

fn read(turns: &[(Party, &str)]) -> Proposed {
    let turns: Vec<Turn<'_>> =
        turns.iter().zip(1..).map(|((by, text), position)| Turn { position, by: *by, text }).collect();
    propose(&turns)
}

fn facts(turns: &[(Party, &str)]) -> Vec<(String, u64)> {
    read(turns).settled
}

#[test]
fn what_the_customer_stated_and_a_person_repeated_is_settled() {
    for (stated, repeated) in [
        ("My order is 4711-22", "I have order 4711-22 here."),
        ("It was order #10443.", "Order 10443 is on its way"),
        ("I paid 49,90 €", "The 49.90 EUR were charged twice."),
        ("We come on 12.11.2026", "Your visit on 12 November is booked."),
        ("Sie können am 12. November kommen", "Der 12.11.2026 ist eingetragen."),
        ("I live at Hauptstr. 5 in Berlin", "Your address is now Hauptstraße 5."),
        ("Send it to 12 Baker Street please", "The address 12 Baker Street is saved."),
        ("J'habite 5 rue Mozart", "L'adresse 5 rue Mozart est enregistrée."),
        ("my mail is Ana.B@example.org", "The receipt went to ana.b@example.org."),
        ("Call me: +49 30 1234567", "Your number +49 (30) 1234567 is in the file."),
    ] {
        let found = facts(&[(Customer, stated), (Person, repeated)]);
        assert_eq!(found, [(repeated.to_owned(), 2)], "{stated}");
    }
}

#[test]
fn thanks_and_a_yes_settle_what_was_said_and_doubt_does_not() {
    for (turns, expected) in [
        (
            &[(Customer, "The number is 4711-22"), (Person, "Thank you, one moment please.")][..],
            &[("The number is 4711-22", 2)][..],
        ),
        (&[(Customer, "Die Nummer ist 4711-22"), (Person, "Danke, ist notiert.")], &[("Die Nummer ist 4711-22", 2)]),
        (&[(Customer, "It is 4711-22"), (Person, "Is 4711-22 correct?"), (Customer, "yes")], &[("It is 4711-22", 3)]),
        (&[(Customer, "It is 4711-22"), (Person, "Is 4711-22 correct?"), (Customer, "no, wait")], &[]),
        (&[(Customer, "It is 4711-22"), (Person, "I cannot find 4711-22.")], &[]),
        (&[(Customer, "It is 4711-22"), (Person, "Thanks. Unfortunately that order does not exist.")], &[]),
        (&[(Customer, "It is 4711-22"), (Person, "Could you check that?")], &[]),
        (&[(Customer, "It is 4711-22"), (Bot, "Thank you, 4711-22.")], &[]),
        (&[(Customer, "Is it 4711-22?"), (Person, "Thank you.")], &[]),
        (&[(Person, "The refund is 20 €."), (Customer, "ok great")], &[("The refund is 20 €.", 2)]),
        (&[(Person, "Die Erstattung beträgt 20 Euro."), (Customer, "Das passt nicht")], &[]),
        (&[(Customer, "hello there"), (Person, "Thanks for waiting!")], &[]),
    ] {
        let expected: Vec<(String, u64)> = expected.iter().map(|(fact, turn)| ((*fact).to_owned(), *turn)).collect();
        assert_eq!(facts(turns), expected, "{turns:?}");
    }
}

#[test]
fn a_fact_is_settled_once_and_a_promise_stands_among_the_promises() {
    let proposed = read(&[
        (Customer, "Order 4711-22 came broken, order 4711-22!"),
        (Person, "I'll send a replacement for 4711-22 by Friday. Order 4711-22 is noted."),
    ]);
    assert_eq!(proposed.settled.len(), 1);
    assert_eq!(proposed.promised, ["I'll send a replacement for 4711-22 by Friday."]);
}

#[test]
fn promises_are_known_in_seven_languages() {
    for promise in [
        "I'll refund you within 3 days.",
        "We will send a new one tomorrow.",
        "You’ll get an e-mail today.",
        "Ich schicke Ihnen morgen einen neuen.",
        "Wir werden den Betrag erstatten.",
        "Sie erhalten die Bestätigung per Mail.",
        "Nous allons vous rembourser.",
        "Vous recevrez un e-mail demain.",
        "Le enviaremos otro mañana.",
        "Le invieremo un nuovo articolo.",
        "Vamos enviar outro amanhã.",
        "Wij sturen u morgen een nieuwe.",
    ] {
        assert_eq!(read(&[(Person, promise)]).promised, [promise]);
        assert!(read(&[(Bot, promise)]).promised.is_empty(), "a bot's promise is no person's");
    }
    for none in [
        "I'll check that for you.",
        "We'll have a look.",
        "Ich werde das kurz prüfen.",
        "Shall I send a new one?",
        "I will send what?",
        "The parcel was sent yesterday.",
        "Das Paket ist unterwegs.",
    ] {
        assert!(read(&[(Person, none)]).promised.is_empty(), "{none}");
    }
    assert_eq!(read(&[(Person, "I'll check with the warehouse and call you tomorrow.")]).promised.len(), 1);
}

#[test]
fn what_was_asked_and_answered_must_not_be_asked_again() {
    let proposed = read(&[
        (Bot, "Hello. How can I help you?"),
        (Customer, "My parcel is late."),
        (Bot, "What is your order number?"),
        (Customer, "4711-22"),
        (Person, "Thanks. Which size did you order? And in which colour?"),
        (Customer, "M, blue"),
        (Person, "Where do you live?"),
        (Customer, "Why do you ask?"),
        (Person, "Kann ich sonst noch helfen?"),
        (Customer, "nein danke"),
        (Person, "What is your ORDER number?"),
        (Customer, "4711-22, I said that"),
    ]);
    assert_eq!(
        proposed.do_not_ask,
        ["What is your order number?", "Which size did you order?", "And in which colour?"]
    );
}

#[test]
fn sentences_are_not_cut_where_they_do_not_end() {
    let of = |text| sentences(text).into_iter().map(|sentence| sentence.text).collect::<Vec<_>>();
    assert_eq!(of("At Main St. 5 it costs 49.90 EUR. Fine!"), ["At Main St. 5 it costs 49.90 EUR.", "Fine!"]);
    assert_eq!(of("Am 12. November um 10. Danke"), ["Am 12. November um 10.", "Danke"]);
    assert_eq!(of("返金は？はい。"), ["返金は？", "はい。"]);
    assert_eq!(of("Really!? Yes"), ["Really!", "Yes"]);
    assert!(sentences("Really!? Yes")[0].question);
}

#[test]
fn numbers_of_daily_speech_are_no_facts() {
    for text in [
        "in 2026",
        "at 10 am",
        "2 pieces",
        "the 5th one",
        "3kg of it",
        "size 42",
        "chapter 3.14",
        "24/7",
        "a.m. and 1st",
    ] {
        assert_eq!(items(text), [], "{text}");
    }
}

#[test]
fn hostile_and_empty_texts_do_no_harm() {
    let long = "I'll send 4711-22? ".repeat(2_000);
    for text in
        ["", " ", "?", "@", "€", "€ €", "+", "0", "rue", "12", "12.", "..", "5 rue", "\u{202e}4711\u{202c}", &long]
    {
        let proposed = read(&[(Customer, text), (Person, text), (Bot, text), (Customer, text)]);
        assert!(proposed.promised.len() <= MOST && proposed.settled.len() <= MOST);
    }
}
