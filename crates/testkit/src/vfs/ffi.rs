//! The table of C functions by which SQLite reaches a [`Disk`](super::Disk). Each passes its call on to the system's own
//! file system and tells the trace; locks and shared memory pass through untouched, so that the write-ahead log works.
#![allow(unsafe_code)]

use super::faults::{Call, Refusal, code};
use super::trace::{FileNumber, Op};
use super::{Shared, State};
use rusqlite::ffi::{self, sqlite3_file, sqlite3_io_methods, sqlite3_vfs};
use std::ffi::{CStr, CString, c_char, c_int, c_void};
use std::path::Path;
use std::ptr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// What stands behind the disk's `pAppData`.
struct App {
    shared: Arc<Shared>,
    real: *mut sqlite3_vfs,
}

/// An open file. The system's own stands right behind it in the memory that SQLite gives.
#[repr(C)]
struct OpenFile {
    base: sqlite3_file,
    app: *const App,
    /// None for a file outside the folder or one without a name.
    known: Option<Known>,
}

struct Known {
    file: FileNumber,
    name: String,
    /// The next sync of this file syncs its folder, too, as the system's own does with logs and journals.
    names_folder: bool,
}

/// The disk as SQLite knows it; taken off the list when dropped.
pub(super) struct Registered {
    name: CString,
    vfs: *mut sqlite3_vfs,
}

// SAFETY: the table is written once, before it is registered, and SQLite's list of file systems has a lock of its own.
unsafe impl Send for Registered {}
// SAFETY: as above; shared use only reads the name.
unsafe impl Sync for Registered {}

static NEXT: AtomicU64 = AtomicU64::new(1);

impl Registered {
    pub(super) fn new(shared: &Arc<Shared>) -> Self {
        let name = format!("baton-disk-{}", NEXT.fetch_add(1, Ordering::Relaxed));
        let name = CString::new(name).expect("a name without zeroes");
        // SAFETY: asking for the default file system initialises SQLite; it stays for the life of the process.
        let real = unsafe { ffi::sqlite3_vfs_find(ptr::null()) };
        assert!(!real.is_null(), "SQLite has a file system");
        let app = Box::into_raw(Box::new(App { shared: Arc::clone(shared), real }));
        // SAFETY: `real` points to SQLite's own table, which nobody changes. The functions copied from it do not read
        // `pAppData`; those that do are replaced below and are given `real` itself.
        let mut vfs = unsafe { *real };
        vfs.iVersion = vfs.iVersion.min(2);
        vfs.szOsFile += size_of::<OpenFile>() as c_int;
        vfs.pNext = ptr::null_mut();
        vfs.zName = name.as_ptr();
        vfs.pAppData = app.cast();
        vfs.xOpen = Some(open);
        vfs.xDelete = Some(delete);
        let vfs = Box::into_raw(Box::new(vfs));
        // SAFETY: the table and its name live until the process ends or `drop` takes them off the list.
        let registered = unsafe { ffi::sqlite3_vfs_register(vfs, 0) };
        assert_eq!(registered, ffi::SQLITE_OK, "SQLite takes the file system");
        Self { name, vfs }
    }

    pub(super) fn name(&self) -> &str {
        self.name.to_str().expect("it was made from text")
    }
}

impl Drop for Registered {
    fn drop(&mut self) {
        // Neither the table nor its name is freed: a connection that is still open, as after a failed test, goes on using them.
        // SAFETY: `vfs` was registered by `new` and points to memory that is never freed.
        unsafe {
            ffi::sqlite3_vfs_unregister(self.vfs);
        }
        std::mem::forget(std::mem::take(&mut self.name));
    }
}

static METHODS: sqlite3_io_methods = sqlite3_io_methods {
    // 2: shared memory, but no memory-mapped reading, behind which a write could hide.
    iVersion: 2,
    xClose: Some(close),
    xRead: Some(read),
    xWrite: Some(write),
    xTruncate: Some(truncate),
    xSync: Some(sync),
    xFileSize: Some(file_size),
    xLock: Some(lock),
    xUnlock: Some(unlock),
    xCheckReservedLock: Some(check_reserved_lock),
    xFileControl: Some(file_control),
    xSectorSize: Some(sector_size),
    xDeviceCharacteristics: Some(device_characteristics),
    xShmMap: Some(shm_map),
    xShmLock: Some(shm_lock),
    xShmBarrier: Some(shm_barrier),
    xShmUnmap: Some(shm_unmap),
    xFetch: None,
    xUnfetch: None,
};

/// The system's own file behind one of ours.
///
/// # Safety
/// `file` was opened by [`open`].
unsafe fn real(file: *mut sqlite3_file) -> *mut sqlite3_file {
    // SAFETY: SQLite gives `szOsFile` bytes, which `new` made large enough for both, one behind the other; the size of
    // `OpenFile` is a multiple of 8, so the second is aligned as SQLite aligns the first.
    unsafe { file.cast::<OpenFile>().add(1).cast() }
}

/// Ours, as it is.
///
/// # Safety
/// `file` was opened by [`open`], and nobody else uses it during the call, as SQLite promises for each handle.
unsafe fn ours<'a>(file: *mut sqlite3_file) -> &'a mut OpenFile {
    // SAFETY: the caller's promise.
    unsafe { &mut *file.cast::<OpenFile>() }
}

/// Calls a method of the system's own file.
macro_rules! pass {
    ($file:expr, $method:ident $(, $argument:expr)*) => {{
        // SAFETY: SQLite calls the methods with a file that `open` has opened, whose other half has methods of its own
        // from the same moment on; the arguments are passed on as SQLite gave them.
        unsafe {
            let real = real($file);
            match (*(*real).pMethods).$method {
                Some(method) => method(real $(, $argument)*),
                None => missing(),
            }
        }
    }};
}

/// What a method answers that the system's own file does not have; it has all that SQLite calls.
trait Missing {
    fn missing() -> Self;
}

impl Missing for c_int {
    fn missing() -> Self {
        ffi::SQLITE_IOERR
    }
}

impl Missing for () {
    fn missing() -> Self {}
}

fn missing<T: Missing>() -> T {
    T::missing()
}

unsafe extern "C" fn open(
    vfs: *mut sqlite3_vfs,
    name: ffi::sqlite3_filename,
    file: *mut sqlite3_file,
    flags: c_int,
    out_flags: *mut c_int,
) -> c_int {
    // SAFETY: `pAppData` is the `App` that `new` put there, and it is never freed.
    let app = unsafe { &*(*vfs).pAppData.cast::<App>() };
    let path = (!name.is_null()).then(|| {
        // SAFETY: SQLite gives a text that ends with a zero.
        unsafe { CStr::from_ptr(name) }.to_string_lossy().into_owned()
    });
    let known = path.as_ref().and_then(|path| app.shared.name(Path::new(path)));
    let found = path.as_ref().is_some_and(|path| std::fs::exists(path).unwrap_or(false));
    if let (true, Some(name), Some(path)) = (found, &known, &path) {
        let mut state = app.shared.state();
        // Read once, before SQLite has opened it here: closing any handle of a file lets go all locks of this process on it.
        if state.recording && state.trace.file(name).is_none() {
            state.trace.found(name, std::fs::read(path).unwrap_or_default());
        }
    }
    let opened = OpenFile { base: sqlite3_file { pMethods: ptr::null() }, app: ptr::from_ref(app), known: None };
    // SAFETY: SQLite gives memory of `szOsFile` bytes, aligned for any type, with nothing in it yet.
    unsafe { file.cast::<OpenFile>().write(opened) };
    // SAFETY: `real` is the system's own table; its file lies behind ours; the name is passed on as it came, as the
    // system's own looks for parameters behind it.
    let opened = unsafe {
        match (*app.real).xOpen {
            Some(open) => open(app.real, name, real(file), flags, out_flags),
            None => ffi::SQLITE_CANTOPEN,
        }
    };
    if opened != ffi::SQLITE_OK {
        return opened;
    }
    // SAFETY: written above.
    let ours = unsafe { ours(file) };
    ours.base.pMethods = &raw const METHODS;
    if let Some(name) = known {
        let mut state = app.shared.state();
        let number = if state.recording { state.trace.opened(&name) } else { FileNumber(0) };
        let log = ffi::SQLITE_OPEN_WAL | ffi::SQLITE_OPEN_MAIN_JOURNAL | ffi::SQLITE_OPEN_SUPER_JOURNAL;
        let names_folder = flags & ffi::SQLITE_OPEN_CREATE != 0 && flags & log != 0;
        ours.known = Some(Known { file: number, name, names_folder });
    }
    ffi::SQLITE_OK
}

unsafe extern "C" fn delete(vfs: *mut sqlite3_vfs, name: *const c_char, sync_folder: c_int) -> c_int {
    // SAFETY: as in `open`.
    let app = unsafe { &*(*vfs).pAppData.cast::<App>() };
    // SAFETY: SQLite gives a text that ends with a zero. The folder is not synced: what would be is in the trace.
    let (path, deleted) = unsafe {
        let path = CStr::from_ptr(name).to_string_lossy().into_owned();
        (path, (*app.real).xDelete.map_or(ffi::SQLITE_IOERR_DELETE, |delete| delete(app.real, name, 0)))
    };
    if deleted == ffi::SQLITE_OK
        && let Some(name) = app.shared.name(Path::new(&path))
    {
        let mut state = app.shared.state();
        if state.recording {
            state.trace.deleted(&name);
            if sync_folder != 0 {
                let covers = state.trace.len();
                state.trace.push(Op::FolderSync { covers });
            }
        }
    }
    deleted
}

unsafe extern "C" fn close(file: *mut sqlite3_file) -> c_int {
    let closed = pass!(file, xClose);
    // SAFETY: `open` wrote it, and SQLite does not use it after this call.
    unsafe { ptr::drop_in_place(file.cast::<OpenFile>()) };
    closed
}

unsafe extern "C" fn read(file: *mut sqlite3_file, into: *mut c_void, amount: c_int, at: i64) -> c_int {
    pass!(file, xRead, into, amount, at)
}

/// Looks at a call that changes something: the file, if the trace knows it, and the refusal, if one is planned.
///
/// # Safety
/// As [`ours`].
unsafe fn meet<'a>(file: *mut sqlite3_file, call: Call) -> (&'a Shared, Option<&'a mut Known>, Option<Refusal>) {
    // SAFETY: the caller's promise; the `App` is never freed.
    let (ours, app) = unsafe {
        let ours = ours(file);
        (&mut *ptr::from_mut(ours), &*ours.app)
    };
    let Some(known) = ours.known.as_mut() else { return (&app.shared, None, None) };
    let (refusal, delay) = {
        let mut state = app.shared.state();
        (state.faults.meets(call, &known.name), state.delay)
    };
    if let Some(delay) = delay.filter(|_| call != Call::SharedMemory) {
        // The disk is slow; nobody waits for a moment by it.
        #[allow(clippy::disallowed_methods)]
        std::thread::sleep(delay);
    }
    (&app.shared, Some(known), refusal)
}

fn record(shared: &Shared, what: impl FnOnce(&mut State)) {
    let mut state = shared.state();
    if state.recording {
        what(&mut state);
    }
}

unsafe extern "C" fn write(file: *mut sqlite3_file, from: *const c_void, amount: c_int, at: i64) -> c_int {
    // SAFETY: SQLite calls it with a file that it has opened.
    let (shared, known, refusal) = unsafe { meet(file, Call::Write) };
    let Some(known) = known else { return pass!(file, xWrite, from, amount, at) };
    let amount = match refusal {
        None => amount,
        Some(Refusal::Short) => amount / 2,
        Some(refusal) => return code(Call::Write, refusal),
    };
    // SAFETY: SQLite gives at least so many bytes.
    let bytes = unsafe { std::slice::from_raw_parts(from.cast::<u8>(), amount.unsigned_abs() as usize) };
    // Told before it is done: a write that is under way when the power goes may be on the disk.
    record(shared, |state| {
        state.trace.push(Op::Write { file: known.file, at: at.unsigned_abs(), bytes: bytes.to_vec() });
    });
    let written = pass!(file, xWrite, from, amount, at);
    match refusal {
        Some(refusal) if written == ffi::SQLITE_OK => code(Call::Write, refusal),
        _ => written,
    }
}

unsafe extern "C" fn truncate(file: *mut sqlite3_file, size: i64) -> c_int {
    // SAFETY: as in `write`.
    let (shared, known, refusal) = unsafe { meet(file, Call::Truncate) };
    if let Some(refusal) = refusal {
        return code(Call::Truncate, refusal);
    }
    if let Some(known) = known {
        record(shared, |state| state.trace.push(Op::Truncate { file: known.file, size: size.unsigned_abs() }));
    }
    pass!(file, xTruncate, size)
}

unsafe extern "C" fn sync(file: *mut sqlite3_file, flags: c_int) -> c_int {
    let mut begun = 0;
    // SAFETY: as in `write`. The place of the trace is read before a delay, as the sync covers nothing later.
    let shared = unsafe { &(*ours(file).app).shared };
    record(shared, |state| begun = state.trace.len());
    // SAFETY: as in `write`.
    let (shared, known, refusal) = unsafe { meet(file, Call::Sync) };
    if let Some(refusal) = refusal {
        return code(Call::Sync, refusal);
    }
    // The system's own sync is spared: only the trace says what a power cut leaves.
    let Some(known) = known else { return pass!(file, xSync, flags) };
    record(shared, |state| {
        state.trace.push(Op::Sync { file: known.file, covers: begun });
        if std::mem::take(&mut known.names_folder) {
            state.trace.push(Op::FolderSync { covers: begun });
        }
    });
    ffi::SQLITE_OK
}

unsafe extern "C" fn file_size(file: *mut sqlite3_file, size: *mut i64) -> c_int {
    pass!(file, xFileSize, size)
}

unsafe extern "C" fn lock(file: *mut sqlite3_file, level: c_int) -> c_int {
    pass!(file, xLock, level)
}

unsafe extern "C" fn unlock(file: *mut sqlite3_file, level: c_int) -> c_int {
    pass!(file, xUnlock, level)
}

unsafe extern "C" fn check_reserved_lock(file: *mut sqlite3_file, held: *mut c_int) -> c_int {
    pass!(file, xCheckReservedLock, held)
}

unsafe extern "C" fn file_control(file: *mut sqlite3_file, op: c_int, argument: *mut c_void) -> c_int {
    pass!(file, xFileControl, op, argument)
}

unsafe extern "C" fn sector_size(file: *mut sqlite3_file) -> c_int {
    pass!(file, xSectorSize)
}

unsafe extern "C" fn device_characteristics(file: *mut sqlite3_file) -> c_int {
    pass!(file, xDeviceCharacteristics)
}

unsafe extern "C" fn shm_map(
    file: *mut sqlite3_file,
    page: c_int,
    size: c_int,
    extend: c_int,
    memory: *mut *mut c_void,
) -> c_int {
    if extend != 0 {
        // SAFETY: as in `write`.
        let (_, _, refusal) = unsafe { meet(file, Call::SharedMemory) };
        if let Some(refusal) = refusal {
            return code(Call::SharedMemory, refusal);
        }
    }
    pass!(file, xShmMap, page, size, extend, memory)
}

unsafe extern "C" fn shm_lock(file: *mut sqlite3_file, offset: c_int, count: c_int, flags: c_int) -> c_int {
    pass!(file, xShmLock, offset, count, flags)
}

unsafe extern "C" fn shm_barrier(file: *mut sqlite3_file) {
    pass!(file, xShmBarrier);
}

unsafe extern "C" fn shm_unmap(file: *mut sqlite3_file, delete: c_int) -> c_int {
    pass!(file, xShmUnmap, delete)
}
