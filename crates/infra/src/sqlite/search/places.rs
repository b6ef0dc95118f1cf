//! Where a token stands: episode, seq and who said it in one number, and lists of those as bytes.

use crate::sqlite::fault::{Fault, broken};
use baton_kit::search::By;

const BY_BITS: u32 = 3;
const SEQ_BITS: u32 = 24;

/// One event in which a token stands.
pub(super) fn place(episode: u64, seq: u64, by: By) -> u64 {
    let by = match by {
        By::House => 0,
        By::Customer => 1,
        By::Bot => 2,
        By::Person => 3,
    };
    (episode << (SEQ_BITS + BY_BITS)) | (seq << BY_BITS) | by
}

/// Whether this party said it.
pub(super) fn is_by(place: u64, by: By) -> bool {
    place & ((1 << BY_BITS) - 1) == self::place(0, 0, by)
}

/// The event, without who said it.
pub(super) fn event(place: u64) -> u64 {
    place >> BY_BITS
}

/// The episode of a place.
pub(super) fn episode(place: u64) -> u64 {
    place >> (SEQ_BITS + BY_BITS)
}

/// The episode of an event.
pub(super) fn episode_of(event: u64) -> u64 {
    event >> SEQ_BITS
}

/// The first number that an event of this episode can have.
pub(super) fn first_event(episode: u64) -> u64 {
    episode << SEQ_BITS
}

/// The seq of an event.
pub(super) fn seq_of(event: u64) -> u64 {
    event & ((1 << SEQ_BITS) - 1)
}

/// Rising numbers as bytes: each as its difference from the one before, seven bits a byte.
pub(super) fn write(places: &[u64]) -> Vec<u8> {
    let (mut out, mut before) = (Vec::with_capacity(places.len() * 3), 0);
    for place in places {
        let mut left = place - before;
        before = *place;
        while left >= 0x80 {
            out.push((left as u8) | 0x80);
            left >>= 7;
        }
        out.push(left as u8);
    }
    out
}

/// Reads what [`write`] wrote, onto the end of `out`.
pub(super) fn read(bytes: &[u8], out: &mut Vec<u64>) -> Result<(), Fault> {
    let (mut before, mut number, mut shift) = (0u64, 0u64, 0);
    for byte in bytes {
        if shift > 63 {
            return Err(broken("a list of places"));
        }
        number |= u64::from(byte & 0x7f) << shift;
        shift += 7;
        if byte & 0x80 == 0 {
            before = before.wrapping_add(number);
            out.push(before);
            (number, shift) = (0, 0);
        }
    }
    if shift == 0 { Ok(()) } else { Err(broken("a list of places")) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use baton_kit::search::LAST_SEQ;

    #[test]
    fn places_read_back_as_they_were_written() {
        let last = place((1 << 36) - 1, LAST_SEQ, By::Person);
        let places = vec![place(1, 1, By::Customer), place(1, 2, By::Bot), place(70_000, 3, By::House), last];
        let mut read_back = vec![7];
        read(&write(&places), &mut read_back).unwrap();
        assert_eq!(read_back[1..], places);
        assert!(is_by(last, By::Person) && !is_by(last, By::Bot));
        assert_eq!(
            (episode(last), episode_of(event(last)), seq_of(event(last))),
            ((1 << 36) - 1, (1 << 36) - 1, LAST_SEQ)
        );
        assert!(read(&[0x80], &mut Vec::new()).is_err());
        assert!(read(&[0xff; 12], &mut Vec::new()).is_err());
    }
}
