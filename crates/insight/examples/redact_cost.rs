//! What looking through a text costs: `cargo run --release -p baton-insight --example redact_cost`.

use baton_insight::redact::{Compiled, Wanted, find};
use std::hint::black_box;
use std::time::Instant;

#[expect(clippy::disallowed_methods, reason = "this program measures")]
fn main() {
    let own = [Compiled::new("customer number", r"\bK-\d{6}\b", 256 * 1024).expect("fit")];
    let long = "Hello, order 48213 of 22 November has not come yet, could you look? ".repeat(290);
    let texts = [
        ("a message of 68 characters", &long[..68]),
        ("one with a card", "my card is 4242 4242 4242 4242, thank you for looking into it"),
        ("20,000 characters", &long[..19_720]),
        ("20,000 digits", &"4".repeat(20_000)),
    ];
    for (name, text) in texts {
        for (with, patterns) in [("", &own[..0]), (" and one pattern", &own[..])] {
            let rounds = (20_000_000 / (text.len() + 200)).max(50);
            let begun = Instant::now();
            for _ in 0..rounds {
                black_box(find(black_box(text), Wanted { cards: true, ibans: true, patterns }));
            }
            let each = begun.elapsed().as_nanos() / rounds as u128;
            println!("{name}{with}: {each} ns");
        }
    }
}
