//! `<sabir/tap.h>`: the messages that pass.

use core::ffi::{c_char, c_int};

use crate::sabir_manager;

opaque! {
    /// Shows the messages that pass.
    sabir_tap;
}

/// One message that passed.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct sabir_tapped {
    /// `size_of` this struct in the core.
    pub size_bytes: usize,
    /// Wall clock, since 1970.
    pub time_ns: i64,
    /// Who sent it.
    pub from: *const c_char,
    /// Who is to get it.
    pub to: *const c_char,
    /// The message type's name.
    pub type_: *const c_char,
    /// What came of it.
    pub outcome: *const c_char,
    /// Of a dead letter.
    pub detail: *const c_char,
    /// The payload, cut.
    pub json: *const c_char,
    /// Of the whole payload.
    pub json_len_bytes: usize,
}

#[allow(missing_docs, reason = "the headers describe the functions")]
unsafe extern "C" {
    pub fn sabir_tap_new(
        manager: *mut sabir_manager,
        from: *const c_char,
        to: *const c_char,
        type_: *const c_char,
        capacity_msgs: usize,
        tap: *mut *mut sabir_tap,
    ) -> c_int;
    pub fn sabir_tap_next(tap: *mut sabir_tap, timeout_ns: i64, tapped: *mut *const sabir_tapped) -> c_int;
    pub fn sabir_tap_missed(tap: *const sabir_tap) -> u64;
    pub fn sabir_tap_free(tap: *mut sabir_tap);
}
