//! The messages that pass: who sent what to whom, when, and what came of it.

use std::fmt;
use std::ptr::{self, NonNull};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use sabir_sys as sys;

use crate::error::{Error, ErrorCode, Result, check};
use crate::timer::nanoseconds;
use crate::types::{borrowed_text, c_text};

/// One message that passed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tapped {
    /// When.
    pub time: SystemTime,
    /// The sender's name, `name@endpoint` if it is in another process; empty if nobody is named.
    pub from: String,
    /// The receiver's.
    pub to: String,
    /// The message type's name.
    pub type_name: String,
    /// `sent`, `received` (from the wire), `called` (fast_send), an error (`FULL`) or a dead letter's reason (`failed`).
    pub outcome: String,
    /// Of a dead letter.
    pub detail: String,
    /// The payload, cut to 1023 bytes; empty if it has no text: an object among Rust actors, a dead letter.
    pub json: String,
    /// Of the whole payload.
    pub json_len_bytes: usize,
}

/// Shows the messages that pass, from [`ManagerRef::tap`](crate::ManagerRef::tap). A sender never waits for it: what finds no room
/// is counted.
pub struct Tap(NonNull<sys::sabir_tap>);

// SAFETY: a tap belongs to one reader at a time and to no thread.
unsafe impl Send for Tap {}

impl Tap {
    /// # Safety
    /// `manager` is valid. The tap may outlive it.
    pub(crate) unsafe fn open(
        manager: *mut sys::sabir_manager,
        from: &str,
        to: &str,
        type_name: &str,
        capacity_msgs: usize,
    ) -> Result<Self> {
        let (from, to) = (c_text(from, "a pattern")?, c_text(to, "a pattern")?);
        let type_name = c_text(type_name, "a pattern")?;
        let mut raw = ptr::null_mut();
        // SAFETY: the caller's; the texts live until the call has returned; the tap is written to a place of ours.
        check(unsafe {
            sys::sabir_tap_new(manager, from.as_ptr(), to.as_ptr(), type_name.as_ptr(), capacity_msgs, &mut raw)
        })?;
        NonNull::new(raw).map(Tap).ok_or_else(|| Error::new(ErrorCode::NoMem, "no tap"))
    }

    /// The next message that passed; `None` if none does in time, or ever again because the manager is gone.
    ///
    /// # Errors
    /// [`ErrorCode::Inval`]: the time is longer than 292 years.
    pub fn next(&mut self, timeout: Duration) -> Result<Option<Tapped>> {
        let mut seen = ptr::null();
        // SAFETY: the tap is ours; the record is written to a place of ours.
        let code = unsafe { sys::sabir_tap_next(self.0.as_ptr(), nanoseconds(timeout)?, &mut seen) };
        if code == sys::SABIR_ETIMEDOUT || code == sys::SABIR_ECLOSED {
            return Ok(None);
        }
        check(code)?;
        // SAFETY: the record and its texts are valid until the next call, and are copied.
        unsafe {
            let seen = &*seen;
            let text = |text| borrowed_text(text).unwrap_or_default().to_owned();
            Ok(Some(Tapped {
                time: UNIX_EPOCH + Duration::from_nanos(seen.time_ns.unsigned_abs()),
                from: text(seen.from),
                to: text(seen.to),
                type_name: text(seen.type_),
                outcome: text(seen.outcome),
                detail: text(seen.detail),
                json: text(seen.json),
                json_len_bytes: seen.json_len_bytes,
            }))
        }
    }

    /// How many messages matched and found no room.
    pub fn missed(&self) -> u64 {
        // SAFETY: the tap is ours.
        unsafe { sys::sabir_tap_missed(self.0.as_ptr()) }
    }
}

impl Drop for Tap {
    fn drop(&mut self) {
        // SAFETY: the tap is ours and not used again.
        unsafe { sys::sabir_tap_free(self.0.as_ptr()) };
    }
}

impl fmt::Debug for Tap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tap").field("missed", &self.missed()).finish()
    }
}
