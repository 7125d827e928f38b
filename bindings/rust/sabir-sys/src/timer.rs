//! `<sabir/timer.h>`: timers of an actor.

use core::ffi::c_int;

use crate::sabir_ref;

#[allow(missing_docs, reason = "the headers describe the functions")]
unsafe extern "C" {
    pub fn sabir_timer_once(actor: *mut sabir_ref, delay_ns: i64, timer_id: *mut u64) -> c_int;
    pub fn sabir_timer_periodic(actor: *mut sabir_ref, period_ns: i64, timer_id: *mut u64) -> c_int;
    pub fn sabir_timer_aligned(actor: *mut sabir_ref, period_ns: i64, offset_ns: i64, timer_id: *mut u64) -> c_int;
    pub fn sabir_timer_cancel(timer_id: u64) -> c_int;
}
