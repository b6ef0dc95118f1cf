//! Files in memory: the reference, and what tests of the engine use.

use async_trait::async_trait;
use baton_core::ids::Hash16;
use baton_kit::blobs::{Blobs, Error, Opened, Reading, Used, Writing};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

type All = HashMap<(Hash16, Hash16), Vec<u8>>;

/// A place for files that is gone with the process.
#[derive(Debug, Default, Clone)]
pub struct MemoryBlobs(Arc<Mutex<All>>);

impl MemoryBlobs {
    fn lock(&self) -> MutexGuard<'_, All> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

struct Half {
    place: MemoryBlobs,
    group: Hash16,
    bytes: Vec<u8>,
}

#[async_trait]
impl Writing for Half {
    async fn write(&mut self, bytes: &[u8]) -> Result<(), Error> {
        self.bytes.extend_from_slice(bytes);
        Ok(())
    }

    async fn finish(self: Box<Self>, name: Hash16) -> Result<(), Error> {
        self.place.lock().insert((self.group, name), self.bytes);
        Ok(())
    }
}

struct Rest(std::vec::IntoIter<u8>);

#[async_trait]
impl Reading for Rest {
    async fn read(&mut self, most: usize) -> Result<Vec<u8>, Error> {
        Ok(self.0.by_ref().take(most).collect())
    }
}

#[async_trait]
impl Blobs for MemoryBlobs {
    async fn begin(&self, group: Hash16) -> Result<Box<dyn Writing>, Error> {
        Ok(Box::new(Half { place: self.clone(), group, bytes: Vec::new() }))
    }

    async fn open(&self, group: Hash16, name: Hash16) -> Result<Option<Opened>, Error> {
        let bytes = self.lock().get(&(group, name)).cloned();
        Ok(bytes.map(|bytes| Opened { length: bytes.len() as u64, reading: Box::new(Rest(bytes.into_iter())) }))
    }

    async fn used(&self, group: Hash16) -> Result<Used, Error> {
        let all = self.lock();
        let of_group = all.iter().filter(|((of, _), _)| *of == group);
        Ok(of_group.fold(Used::default(), |used, (_, bytes)| Used {
            count: used.count + 1,
            bytes: used.bytes + bytes.len() as u64,
        }))
    }

    async fn delete(&self, group: Hash16) -> Result<(), Error> {
        self.lock().retain(|(of, _), _| *of != group);
        Ok(())
    }
}
