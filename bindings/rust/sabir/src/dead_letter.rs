//! Messages that ended nowhere.

use std::ffi::{c_char, c_void};

use sabir_sys as sys;

use crate::error::static_text;
use crate::panics;
use crate::types::borrowed_text;

/// A message that ended nowhere; borrowed by the closure that is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct DeadLetter<'a> {
    /// Why, as in reports: `mailbox_full`, `stopped`, `failed`, …
    pub reason: &'static str,
    /// The target, if it is known.
    pub target: Option<&'a str>,
    /// The type, if it is known.
    pub message_type: Option<&'a str>,
    /// More words.
    pub detail: Option<&'a str>,
}

pub(crate) unsafe extern "C" fn told<F>(
    user_data: *mut c_void,
    reason: u32,
    target: *const c_char,
    type_: *const c_char,
    detail: *const c_char,
) where
    F: Fn(&DeadLetter<'_>) + Send + Sync + 'static,
{
    panics::contain(|| {
        // SAFETY: the core passes the closure that it was given, and texts that live until we return.
        unsafe {
            let letter = DeadLetter {
                reason: static_text(sys::sabir_dead_reason_name(reason)).unwrap_or("unknown"),
                target: borrowed_text(target),
                message_type: borrowed_text(type_),
                detail: borrowed_text(detail),
            };
            (*user_data.cast::<F>())(&letter);
        }
    });
}

pub(crate) unsafe extern "C" fn drop_closure<F>(user_data: *mut c_void) {
    // SAFETY: the core gives the closure back, once.
    panics::contain(|| drop(unsafe { Box::from_raw(user_data.cast::<F>()) }));
}
