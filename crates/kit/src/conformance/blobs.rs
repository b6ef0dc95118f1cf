//! What every place for files must do.

use crate::blobs::{Blobs, Error, Used};
use baton_core::ids::Hash16;
use std::future::Future;

const GROUP: Hash16 = Hash16([1; 16]);
const OTHER: Hash16 = Hash16([2; 16]);
const NAME: Hash16 = Hash16([3; 16]);

#[track_caller]
fn ok<T>(result: Result<T, Error>) -> T {
    match result {
        Ok(value) => value,
        Err(error) => panic!("the place for files refused what it must do: {error}"),
    }
}

/// Runs all cases, each on a place of its own.
pub async fn blobs<B, F, Fut>(make: F)
where
    B: Blobs,
    F: Fn() -> Fut,
    Fut: Future<Output = B>,
{
    what_was_written_is_read_in_order(&make().await).await;
    what_was_not_finished_was_never_there(&make().await).await;
    a_group_is_deleted_as_one_and_no_other(&make().await).await;
    the_same_name_again_replaces(&make().await).await;
}

async fn put(place: &impl Blobs, group: Hash16, name: Hash16, chunks: &[&[u8]]) {
    let mut writing = ok(place.begin(group).await);
    for chunk in chunks {
        ok(writing.write(chunk).await);
    }
    ok(writing.finish(name).await);
}

async fn get(place: &impl Blobs, group: Hash16, name: Hash16) -> Option<Vec<u8>> {
    let mut opened = ok(place.open(group, name).await)?;
    let mut all = Vec::new();
    loop {
        let some = ok(opened.reading.read(5).await);
        let short = some.len() < 5;
        assert!(some.len() <= 5, "no more is read than was asked for");
        all.extend(some);
        if short {
            break;
        }
    }
    assert!(ok(opened.reading.read(5).await).is_empty(), "after the end there is nothing");
    assert_eq!(all.len() as u64, opened.length, "the length is that of what is read");
    Some(all)
}

async fn what_was_written_is_read_in_order(place: &impl Blobs) {
    assert_eq!(get(place, GROUP, NAME).await, None);
    assert_eq!(ok(place.used(GROUP).await), Used::default());
    put(place, GROUP, NAME, &[b"one ", b"", b"two ", b"three"]).await;
    assert_eq!(get(place, GROUP, NAME).await.as_deref(), Some(&b"one two three"[..]));
    assert_eq!(get(place, OTHER, NAME).await, None, "a name belongs to its group");
    assert_eq!(ok(place.used(GROUP).await), Used { count: 1, bytes: 13 });
}

async fn what_was_not_finished_was_never_there(place: &impl Blobs) {
    let mut writing = ok(place.begin(GROUP).await);
    ok(writing.write(b"half").await);
    assert_eq!(get(place, GROUP, NAME).await, None);
    assert_eq!(ok(place.used(GROUP).await), Used::default());
    drop(writing);
    assert_eq!(ok(place.used(GROUP).await), Used::default());
}

async fn a_group_is_deleted_as_one_and_no_other(place: &impl Blobs) {
    put(place, GROUP, NAME, &[b"one"]).await;
    put(place, GROUP, OTHER, &[b"two"]).await;
    put(place, OTHER, NAME, &[b"three"]).await;
    ok(place.delete(GROUP).await);
    ok(place.delete(GROUP).await);
    assert_eq!((get(place, GROUP, NAME).await, get(place, GROUP, OTHER).await), (None, None));
    assert_eq!(get(place, OTHER, NAME).await.as_deref(), Some(&b"three"[..]));
}

async fn the_same_name_again_replaces(place: &impl Blobs) {
    put(place, GROUP, NAME, &[b"first"]).await;
    put(place, GROUP, NAME, &[b"second"]).await;
    assert_eq!(get(place, GROUP, NAME).await.as_deref(), Some(&b"second"[..]));
    assert_eq!(ok(place.used(GROUP).await).count, 1);
}
