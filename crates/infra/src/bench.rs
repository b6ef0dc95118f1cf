//! Measures the store on disk: how fast it takes commits as it grows, how fast it reads what was packed, and whether
//! packing is felt. The floor, a file that is appended to and synced, is measured between the rounds of the same run.
//! Plain numbers come out; whoever asked prints them.

use crate::SqliteStore;
use crate::sqlite::OpenError;
use baton_core::event::Stream;
use baton_core::ids::{ConversationId, PersonId};
use baton_kit::store::{self, Commit, HolderKind, Offset, Row, SealedEvent, Store};
use futures_util::FutureExt;
use futures_util::stream::{FuturesUnordered, StreamExt};
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use uuid::Uuid;

/// Events of a conversation before another one begins in its place.
const EVENTS: u64 = 12;
/// Conversations that are written to at a time, where only some are.
const ACTIVE: u64 = 1_000;
/// Bytes of a header and of a sealed body, as those of a usual message.
const HEADER: usize = 400;
const BODY: usize = 240;
/// Conversations that are read when they are packed.
const COLD: usize = 400;

/// What is to be measured.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Sizes of the log, in events, rising.
    pub sizes: Vec<u64>,
    /// Commands that are queued at once.
    pub queued: Vec<usize>,
    /// How long one round takes.
    pub round: Duration,
    /// Rounds of each kind, one after the other; what is told is their median.
    pub rounds: usize,
    /// So many of the newest events are as yet too young to be packed.
    pub young: u64,
}

impl Plan {
    /// The whole bench: ten million events.
    pub fn full() -> Self {
        Self {
            sizes: vec![100_000, 1_000_000, 3_000_000, 10_000_000],
            queued: vec![1, 64, 256, 1_024],
            round: Duration::from_secs(2),
            rounds: 3,
            young: 1_000_000,
        }
    }

    /// A look at it in a few seconds.
    pub fn quick() -> Self {
        Self {
            sizes: vec![20_000, 60_000],
            queued: vec![1, 256],
            round: Duration::from_millis(400),
            rounds: 2,
            young: 20_000,
        }
    }
}

/// Which conversations are written to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pattern {
    /// A thousand at a time; each is followed by a new one.
    Active,
    /// Any that there ever was, packed or not: the adversary.
    Random,
    /// As `Active`, and each commit also writes a deadline and a row of a list.
    Message,
}

impl Pattern {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Random => "random",
            Self::Message => "message",
        }
    }
}

/// How fast commits of one event each are taken.
#[derive(Clone, Debug)]
pub struct Speed {
    /// Events in the log.
    pub events: u64,
    /// Which conversations.
    pub pattern: Pattern,
    /// Commands queued at once.
    pub queued: usize,
    /// Commits in a second: the median of the rounds, the lowest and the highest.
    pub per_second: [f64; 3],
    /// Rows of the same bytes in a second, so many to a sync, appended to a file: likewise.
    pub floor: [f64; 3],
    /// Processor time of the process for one commit, in microseconds, the caller's included.
    pub cpu: f64,
}

/// What was measured.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// By size, pattern and queue.
    pub speeds: Vec<Speed>,
    /// Milliseconds to read a packed conversation whole, right after the store was opened: median, 99th percentile.
    pub cold_read: [f64; 2],
    /// Events packed in a second, with nothing else to do.
    pub packed_per_second: f64,
    /// Milliseconds of one commit after the other: median, 99th percentile.
    pub alone: [f64; 2],
    /// The same while the store packs.
    pub while_packing: [f64; 2],
    /// Milliseconds to open the store at its largest, from a clean end.
    pub open: f64,
    /// Bytes of the file for one event, at its largest.
    pub bytes_per_event: f64,
    /// Events at its largest.
    pub events: u64,
}

/// Why there is no report.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The store's own.
    #[error(transparent)]
    Store(#[from] store::Error),
    /// It cannot be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The system's own.
    #[error(transparent)]
    Io(#[from] std::io::Error),
}

/// Measures in a folder that must not hold a store, and takes it away again. `told` hears how far it is.
///
/// # Errors
/// The disk does not let us.
pub async fn store(folder: &Path, plan: &Plan, told: &mut dyn FnMut(&str)) -> Result<Report, Error> {
    let out = run(folder, plan, told).await;
    let gone = std::fs::remove_dir_all(folder);
    let report = out?;
    gone?;
    Ok(report)
}

async fn run(folder: &Path, plan: &Plan, told: &mut dyn FnMut(&str)) -> Result<Report, Error> {
    let mut world = World::open(folder)?;
    let mut report = Report::default();
    for size in &plan.sizes {
        let (began, from) = (now(), world.events);
        world.fill(*size).await?;
        let filled = began.elapsed().as_secs_f64();
        let packed = world.pack(plan.young).await?;
        if packed.0 > 0 {
            report.packed_per_second = packed.0 as f64 / packed.1;
        }
        told(&format!(
            "{size} events: {} written in {filled:.0} s, {} packed in {:.0} s",
            world.events - from,
            packed.0,
            packed.1
        ));
        for pattern in [Pattern::Active, Pattern::Random, Pattern::Message] {
            for queued in &plan.queued {
                // Speeds that differ by what is in the log are told for one queue, others for all.
                if pattern == Pattern::Active || *queued == 256 || *queued == plan.queued[plan.queued.len() - 1] {
                    let speed = world.speed(pattern, *queued, plan).await?;
                    told(&format!(
                        "{size} events, {}, {queued} queued: {:.0} a second, {:.0} appended to a file, {:.1} us of CPU",
                        pattern.name(),
                        speed.per_second[0],
                        speed.floor[0],
                        speed.cpu
                    ));
                    report.speeds.push(Speed { events: *size, ..speed });
                }
            }
        }
    }
    report.alone = world.waits(plan.round * 2, None).await?;
    report.while_packing = world.waits(plan.round * 2, Some(plan.young / 2)).await?;
    let began = now();
    world.reopen()?;
    report.open = began.elapsed().as_secs_f64() * 1e3;
    report.cold_read = world.cold().await?;
    report.events = world.events;
    report.bytes_per_event = std::fs::metadata(folder.join("baton.db"))?.len() as f64 / world.events as f64;
    Ok(report)
}

#[expect(clippy::disallowed_methods, reason = "this measures")]
fn now() -> Instant {
    Instant::now()
}

/// Processor time of this process so far, in microseconds; 0 where the system does not tell.
fn cpu() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields = stat.rsplit(')').next().unwrap_or_default().split_whitespace();
    // utime and stime in ticks of 10 ms.
    fields.skip(11).take(2).filter_map(|field| field.parse::<f64>().ok()).sum::<f64>() * 1e4
}

/// The median, the lowest and the highest.
fn middle(mut values: Vec<f64>) -> [f64; 3] {
    values.sort_by(f64::total_cmp);
    [values[values.len() / 2], values[0], values[values.len() - 1]]
}

/// The median and the 99th percentile, in milliseconds.
fn waits(mut values: Vec<Duration>) -> [f64; 2] {
    values.sort_unstable();
    let at = |share: f64| values.get((values.len().saturating_sub(1) as f64 * share) as usize);
    [0.5, 0.99].map(|share| at(share).map_or(0.0, |wait| wait.as_secs_f64() * 1e3))
}

struct World {
    folder: PathBuf,
    store: Option<SqliteStore>,
    floor: File,
    /// The last seq of every conversation.
    seqs: Vec<u64>,
    /// Those that are written to at a time.
    active: Vec<u64>,
    turn: usize,
    events: u64,
    chance: u64,
}

impl World {
    fn open(folder: &Path) -> Result<Self, Error> {
        let store = Some(SqliteStore::open(folder, [1; 16])?);
        let floor = File::create(folder.join("floor"))?;
        let (seqs, active) = (Vec::new(), Vec::new());
        Ok(Self {
            folder: folder.into(),
            store,
            floor,
            seqs,
            active,
            turn: 0,
            events: 0,
            chance: 0x9E37_79B9_7F4A_7C15,
        })
    }

    fn store(&self) -> Result<&SqliteStore, Error> {
        self.store.as_ref().ok_or(Error::Store(store::Error::Closed))
    }

    fn reopen(&mut self) -> Result<(), Error> {
        self.store.take();
        self.store = Some(SqliteStore::open(&self.folder, [2; 16])?);
        Ok(())
    }

    fn chance(&mut self) -> u64 {
        self.chance ^= self.chance << 13;
        self.chance ^= self.chance >> 7;
        self.chance ^= self.chance << 17;
        self.chance
    }

    /// Ids begin with the time, as those of a hub do.
    fn id(number: u64) -> ConversationId {
        let time = 1_790_000_000_000 + number * 40;
        let rest = number.wrapping_mul(0x9E37_79B9_7F4A_7C15);
        ConversationId(Uuid::from_u128((u128::from(time) << 80) | (7 << 76) | (2 << 62) | u128::from(rest >> 2)))
    }

    fn event(&mut self, number: u64) -> SealedEvent {
        let stream = Stream::Conversation(Self::id(number));
        let seq = &mut self.seqs[number as usize];
        *seq += 1;
        let seq = *seq;
        self.events += 1;
        let mut header = format!(
            "{{\"v\":1,\"stream\":\"{stream}\",\"seq\":{seq},\"position\":{seq},\"at\":{},\"kind\":\"said\",\"actor\":{{\"kind\":\"agent\",\"id\":\"{}\"}},\"audience\":\"customer\",\"baton\":3,\"previous\":\"",
            1_790_000_000_000 + self.events,
            Self::id(number + 7).0,
        );
        // The hashes of a header, which cannot be made smaller.
        while header.len() < HEADER - 2 {
            header.push_str(&format!("{:016x}", self.chance()));
        }
        header.truncate(HEADER - 2);
        header.push_str("\"}");
        let mut body = Vec::with_capacity(BODY + 8);
        while body.len() < BODY {
            body.extend_from_slice(&self.chance().to_le_bytes());
        }
        SealedEvent { stream, seq, position: Some(seq), header: header.into_bytes(), body: Some(body) }
    }

    fn begin(&mut self) -> u64 {
        self.seqs.push(0);
        self.seqs.len() as u64 - 1
    }

    fn commit_of(&mut self, number: u64, events: u64, listed: bool) -> Commit {
        let id = Self::id(number);
        let stream = Stream::Conversation(id);
        let expected = vec![(stream, self.seqs[number as usize])];
        let events = (0..events).map(|_| self.event(number)).collect();
        let (seq, at) = (self.seqs[number as usize], 1_790_000_000_000 + self.events as i64);
        let row = || Row {
            id,
            seq,
            holder: HolderKind::Agent,
            holder_id: Some(Uuid::from_u128(u128::from(number % 50))),
            offered_to: None,
            sort: at,
            reference: format!("B-{number}"),
            person: Some(PersonId(id.0)),
            inbox: None,
            due: None,
            snoozed: false,
            tags: Vec::new(),
            data: vec![b'd'; 400],
        };
        let (timers, rows) = if listed { (vec![(stream, Some(at))], vec![row()]) } else { (Vec::new(), Vec::new()) };
        Commit { expected, events, timers, rows, ..Commit::default() }
    }

    /// Writes whole conversations, a thousand of them at a time in turns of three events, until the log is that long.
    async fn fill(&mut self, size: u64) -> Result<(), Error> {
        while self.events < size {
            let group: Vec<u64> =
                (0..ACTIVE.min((size - self.events).div_ceil(EVENTS))).map(|_| self.begin()).collect();
            for turn in 0..EVENTS / 3 {
                let commits: Vec<_> = group.iter().map(|number| self.commit_of(*number, 3, turn == 0)).collect();
                let mut under_way = FuturesUnordered::new();
                for commit in commits {
                    let mut call = self.store()?.commit(commit);
                    // Asked once: it stands in the queue.
                    if (&mut call).now_or_never().is_none() {
                        under_way.push(call);
                    }
                }
                while let Some(done) = under_way.next().await {
                    done?;
                }
            }
        }
        Ok(())
    }

    /// Packs all but the newest; how many events, and the seconds.
    async fn pack(&self, young: u64) -> Result<(u64, f64), Error> {
        let store = self.store()?;
        let upto = Offset(store.end().await?.0.saturating_sub(young));
        let (began, before) = (now(), self.hot());
        while store.pack(upto, 100_000).await? > 0 {}
        Ok((before.saturating_sub(self.hot()), began.elapsed().as_secs_f64()))
    }

    /// Events in the hot table.
    fn hot(&self) -> u64 {
        crate::sqlite::hot_events(&self.folder).unwrap_or(0)
    }

    fn next(&mut self, pattern: Pattern) -> Commit {
        let number = match pattern {
            Pattern::Random => self.chance() % self.seqs.len() as u64,
            Pattern::Active | Pattern::Message => {
                if (self.active.len() as u64) < ACTIVE {
                    let number = self.begin();
                    self.active.push(number);
                }
                self.turn = (self.turn + 1) % self.active.len();
                if self.seqs[self.active[self.turn] as usize] >= EVENTS {
                    self.active[self.turn] = self.begin();
                }
                self.active[self.turn]
            }
        };
        self.commit_of(number, 1, pattern == Pattern::Message)
    }

    async fn speed(&mut self, pattern: Pattern, queued: usize, plan: &Plan) -> Result<Speed, Error> {
        let (mut per_second, mut floor, mut used, mut commits) = (Vec::new(), Vec::new(), 0.0, 0);
        for _ in 0..plan.rounds {
            floor.push(self.append(queued, plan.round / 2)?);
            let (began, cpu_before, mut done) = (now(), cpu(), 0u64);
            let store = self.store.take().ok_or(store::Error::Closed)?;
            let mut under_way = FuturesUnordered::new();
            let mut kept = Ok(());
            while kept.is_ok() && (began.elapsed() < plan.round || !under_way.is_empty()) {
                while under_way.len() < queued && began.elapsed() < plan.round {
                    let mut call = store.commit(self.next(pattern));
                    match (&mut call).now_or_never() {
                        Some(outcome) => kept = outcome.map(drop),
                        None => under_way.push(call),
                    }
                }
                if let Some(outcome) = under_way.next().await {
                    kept = outcome.map(drop);
                    done += 1;
                }
                // What is answered already makes room without another turn of the runtime.
                while let Some(Some(outcome)) = under_way.next().now_or_never() {
                    kept = kept.and(outcome.map(drop));
                    done += 1;
                }
            }
            drop(under_way);
            per_second.push(done as f64 / began.elapsed().as_secs_f64());
            used += cpu() - cpu_before;
            commits += done;
            self.store = Some(store);
            kept?;
        }
        let (per_second, floor) = (middle(per_second), middle(floor));
        Ok(Speed { events: self.events, pattern, queued, per_second, floor, cpu: used / commits.max(1) as f64 })
    }

    /// The floor: rows of the same bytes, so many to a sync.
    fn append(&mut self, rows: usize, round: Duration) -> Result<f64, Error> {
        let row = vec![b'r'; HEADER + BODY + 24];
        let (began, mut done) = (now(), 0);
        while began.elapsed() < round {
            let mut bytes = Vec::with_capacity(rows * row.len());
            for _ in 0..rows {
                bytes.extend_from_slice(&row);
            }
            self.floor.write_all(&bytes)?;
            self.floor.sync_data()?;
            done += rows;
        }
        let speed = done as f64 / began.elapsed().as_secs_f64();
        self.floor.set_len(0)?;
        std::io::Seek::rewind(&mut self.floor)?;
        Ok(speed)
    }

    /// Commits one after the other; how long they wait. `pack`: with all but so many events being packed meanwhile.
    async fn waits(&mut self, round: Duration, pack: Option<u64>) -> Result<[f64; 2], Error> {
        let (began, mut taken) = (now(), Vec::new());
        let upto = Offset(self.store()?.end().await?.0.saturating_sub(pack.unwrap_or(u64::MAX)));
        while began.elapsed() < round {
            let commits: Vec<_> = (0..64).map(|_| self.next(Pattern::Active)).collect();
            let store = self.store()?;
            let writing = async {
                let mut waits = Vec::new();
                for commit in commits {
                    let asked = now();
                    store.commit(commit).await?;
                    waits.push(asked.elapsed());
                }
                Ok::<_, store::Error>(waits)
            };
            let packing = async {
                if pack.is_some() {
                    store.pack(upto, 2_000).await?;
                }
                Ok::<_, store::Error>(())
            };
            let (waits, packed) = futures_util::future::join(writing, packing).await;
            packed?;
            taken.extend(waits?);
        }
        Ok(waits(taken))
    }

    /// Reads packed conversations.
    async fn cold(&mut self) -> Result<[f64; 2], Error> {
        let mut taken = Vec::new();
        let oldest = (self.seqs.len() as u64 / 4).max(1);
        for _ in 0..COLD {
            let number = self.chance() % oldest;
            let asked = now();
            let read = self.store()?.read(Stream::Conversation(Self::id(number)), 0, 500).await?;
            taken.push(asked.elapsed());
            debug_assert_eq!(read.len() as u64, self.seqs[number as usize].min(500));
        }
        Ok(waits(taken))
    }
}
