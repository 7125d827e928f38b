//! Where the core's own lines go: a failed handler, a refused reply.

use std::ffi::{c_char, c_void};
use std::ptr;

use sabir_sys as sys;

use crate::panics;
use crate::types::borrowed_text;

/// Give the core's lines to `line`, called on any thread, which must not block; `None`: to standard error. Process-wide.
///
/// ```
/// sabir::log::set(Some(|line| eprintln!("core: {line}")));
/// sabir::log::set(None);
/// ```
pub fn set(line: Option<fn(&str)>) {
    match line {
        // A function pointer fits where the core keeps a data pointer, and lives as long as the process.
        // SAFETY: `forward` turns it back.
        Some(line) => unsafe { sys::sabir_log_set(Some(forward), line as *mut c_void) },
        // SAFETY: NULL stands for standard error.
        None => unsafe { sys::sabir_log_set(None, ptr::null_mut()) },
    }
}

unsafe extern "C" fn forward(user_data: *mut c_void, line: *const c_char) {
    panics::contain(|| {
        // SAFETY: the core passes what `set` gave it, and a text that lives until we return.
        unsafe {
            let function: fn(&str) = std::mem::transmute(user_data);
            function(borrowed_text(line).unwrap_or_default());
        }
    });
}
