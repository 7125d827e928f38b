//! Everything that a manager counts, at one moment.

use std::fmt;
use std::ptr::{self, NonNull};
use std::sync::{Mutex, PoisonError};

use sabir_sys as sys;

use crate::error::{Error, ErrorCode, Result, check};
use crate::json::{self, Reader, Token};
use crate::types::borrowed_text;

/// Everything that a manager counts, at one moment, taken without stopping anything.
pub struct Snapshot(NonNull<sys::sabir_snapshot>, Mutex<()>);

// SAFETY: a snapshot is never changed after it was taken, but for its table, which is made under a lock.
unsafe impl Send for Snapshot {}
// SAFETY: as above.
unsafe impl Sync for Snapshot {}

impl Snapshot {
    /// # Safety
    /// `manager` is valid.
    pub(crate) unsafe fn take(manager: *mut sys::sabir_manager) -> Result<Self> {
        let mut raw = ptr::null_mut();
        // SAFETY: the caller's; the snapshot is written to a place of ours.
        check(unsafe { sys::sabir_snapshot_new(manager, &mut raw) })?;
        NonNull::new(raw)
            .map(|raw| Snapshot(raw, Mutex::new(())))
            .ok_or_else(|| Error::new(ErrorCode::NoMem, "no snapshot"))
    }

    /// The whole of it as a JSON object with `actors`, `peers`, `dead_letters` and `wire`.
    ///
    /// Of an actor: `name`, `queued`, `received`, `sent`, `rejected`, `failed`, `restarts`, `stopped`, `thread`, `handler_ns` (how long it
    /// has been at work, waiting included), `cpu_ns` (its own thread's processor time; `null` in a group).
    pub fn json(&self) -> &str {
        // SAFETY: the text is valid as long as the snapshot.
        unsafe { borrowed_text(sys::sabir_snapshot_json(self.0.as_ptr())) }.unwrap_or_default()
    }

    /// The whole of it for people: lines in aligned columns. It may change with a release; programs read the JSON.
    ///
    /// # Errors
    /// [`ErrorCode::NoMem`].
    pub fn table(&self) -> Result<String> {
        let mut table = ptr::null();
        let _one_at_a_time = self.1.lock().unwrap_or_else(PoisonError::into_inner);
        // SAFETY: the snapshot is valid; the text, written to a place of ours, lives as long and is copied.
        unsafe {
            check(sys::sabir_snapshot_table_get(self.0.as_ptr(), &mut table))?;
            Ok(borrowed_text(table).unwrap_or_default().to_owned())
        }
    }

    /// How many messages ended nowhere for `reason` (`failed`, `mailbox_full`, …).
    ///
    /// # Errors
    /// [`ErrorCode::Malformed`] if the library reports what this crate cannot read.
    pub fn dead_letters(&self, reason: &str) -> Result<u64> {
        let mut reader = Reader::new(self.json())?;
        let mut depth = 0;
        let mut inside = false;
        let mut wanted = false;
        loop {
            match reader.next()? {
                Token::ObjectBegin | Token::ArrayBegin => depth += 1,
                Token::ObjectEnd | Token::ArrayEnd => depth -= 1,
                Token::Key(key) if depth == 1 => inside = key == "dead_letters",
                Token::Key(key) => wanted = inside && depth == 2 && key == reason,
                Token::Integer(count) if wanted => return json::uint64(count),
                Token::End => return Ok(0),
                _ => {}
            }
        }
    }
}

impl Drop for Snapshot {
    fn drop(&mut self) {
        // SAFETY: the snapshot is ours and not used again.
        unsafe { sys::sabir_snapshot_free(self.0.as_ptr()) };
    }
}

impl fmt::Debug for Snapshot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.json())
    }
}
