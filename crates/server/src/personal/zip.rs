//! A ZIP archive as a stream: entries stored as they are, in UTF-8, without a file on the disk in between.

use axum::body::Bytes;
use tokio::sync::mpsc::Sender;

/// An entry of the directory at the end.
struct Entry {
    name: String,
    crc: u32,
    size: u32,
    at: u32,
}

/// The receiver went away, or the archive got larger than the format can say.
#[derive(Debug, thiserror::Error)]
#[error("the archive could not be written")]
pub(crate) struct Ended;

/// Writes entries into a channel that a response is read from.
pub(crate) struct Archive {
    to: Sender<Result<Bytes, std::io::Error>>,
    written: u64,
    entries: Vec<Entry>,
}

impl Archive {
    pub(crate) fn new(to: Sender<Result<Bytes, std::io::Error>>) -> Self {
        Self { to, written: 0, entries: Vec::new() }
    }

    async fn put(&mut self, bytes: Vec<u8>) -> Result<(), Ended> {
        self.written += bytes.len() as u64;
        if self.written > u64::from(u32::MAX) {
            return Err(Ended);
        }
        self.to.send(Ok(Bytes::from(bytes))).await.map_err(|_| Ended)
    }

    /// Begins an entry, of which checksum and size are known.
    pub(crate) async fn begin(&mut self, name: &str, crc: u32, size: u64) -> Result<(), Ended> {
        let size = u32::try_from(size).map_err(|_| Ended)?;
        let at = u32::try_from(self.written).map_err(|_| Ended)?;
        let entry = Entry { name: name.to_owned(), crc, size, at };
        let mut head = 0x0403_4b50u32.to_le_bytes().to_vec();
        entry.common(&mut head);
        head.extend_from_slice(name.as_bytes());
        self.entries.push(entry);
        self.put(head).await
    }

    /// The next bytes of the entry that was begun.
    pub(crate) async fn data(&mut self, bytes: Vec<u8>) -> Result<(), Ended> {
        self.put(bytes).await
    }

    /// A whole entry.
    pub(crate) async fn whole(&mut self, name: &str, bytes: Vec<u8>) -> Result<(), Ended> {
        let mut crc = flate2::Crc::new();
        crc.update(&bytes);
        self.begin(name, crc.sum(), bytes.len() as u64).await?;
        self.data(bytes).await
    }

    /// The directory.
    pub(crate) async fn finish(mut self) -> Result<(), Ended> {
        let at = u32::try_from(self.written).map_err(|_| Ended)?;
        let mut out = Vec::new();
        for entry in &self.entries {
            out.extend_from_slice(&0x0201_4b50u32.to_le_bytes());
            out.extend_from_slice(&20u16.to_le_bytes());
            entry.common(&mut out);
            // No comment, first disk, no attributes.
            out.extend_from_slice(&[0; 10]);
            out.extend_from_slice(&entry.at.to_le_bytes());
            out.extend_from_slice(entry.name.as_bytes());
        }
        let (size, count) = (out.len() as u32, self.entries.len() as u16);
        out.extend_from_slice(&0x0605_4b50u32.to_le_bytes());
        out.extend_from_slice(&[0; 4]);
        out.extend_from_slice(&count.to_le_bytes());
        out.extend_from_slice(&count.to_le_bytes());
        out.extend_from_slice(&size.to_le_bytes());
        out.extend_from_slice(&at.to_le_bytes());
        out.extend_from_slice(&[0; 2]);
        self.put(out).await
    }

    /// Breaks the transfer off, so that nobody takes a part for the whole.
    pub(crate) async fn fail(self) {
        let _ = self.to.send(Err(std::io::Error::other("the copy could not be made"))).await;
    }
}

impl Entry {
    /// What stands at an entry and in the directory alike.
    fn common(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&20u16.to_le_bytes());
        // Names are UTF-8; stored, not deflated; the first day that the format knows, as no time is secret or needed.
        out.extend_from_slice(&0x0800u16.to_le_bytes());
        out.extend_from_slice(&[0, 0]);
        out.extend_from_slice(&0u16.to_le_bytes());
        out.extend_from_slice(&0x0021u16.to_le_bytes());
        out.extend_from_slice(&self.crc.to_le_bytes());
        out.extend_from_slice(&self.size.to_le_bytes());
        out.extend_from_slice(&self.size.to_le_bytes());
        out.extend_from_slice(&(self.name.len() as u16).to_le_bytes());
        out.extend_from_slice(&0u16.to_le_bytes());
    }
}
