//! `<sabir/failure.h>`: what becomes of an actor whose handler failed.

use core::ffi::c_int;

use crate::{sabir_actor, sabir_ref};

/// The next message, with the state as it is.
pub const SABIR_FAILURE_RESUME: u32 = 0;
/// The end.
pub const SABIR_FAILURE_STOP: u32 = 1;
/// Fresh state, the mailbox kept.
pub const SABIR_FAILURE_RESTART: u32 = 2;
/// The greatest limit that is one.
pub const SABIR_RESTART_LIMIT_MAX: u32 = 64;
/// No limit.
pub const SABIR_RESTART_UNLIMITED: u32 = u32::MAX;

#[allow(missing_docs, reason = "the headers describe the functions")]
unsafe extern "C" {
    pub fn sabir_actor_set_on_failure(actor: *mut sabir_actor, policy: u32) -> c_int;
    pub fn sabir_actor_set_restart_limit(actor: *mut sabir_actor, limit: u32, window_ns: i64) -> c_int;
    pub fn sabir_actor_set_restart_delay(actor: *mut sabir_actor, first_ns: i64, max_ns: i64) -> c_int;
    pub fn sabir_ref_failed(ref_: *mut sabir_ref);
}
