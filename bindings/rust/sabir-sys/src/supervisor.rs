//! `<sabir/supervisor.h>`: who is restarted when one of several actors fails.

use core::ffi::{c_char, c_int};

use crate::{sabir_actor, sabir_manager};

opaque! {
    /// Decides what is restarted when one of its actors fails.
    sabir_supervisor;
}

/// The actor that failed.
pub const SABIR_STRATEGY_ONE_FOR_ONE: u32 = 0;
/// All of them.
pub const SABIR_STRATEGY_ALL_FOR_ONE: u32 = 1;

#[allow(missing_docs, reason = "the headers describe the functions")]
unsafe extern "C" {
    pub fn sabir_supervisor_new(
        manager: *mut sabir_manager,
        name: *const c_char,
        strategy: u32,
        supervisor: *mut *mut sabir_supervisor,
    ) -> c_int;
    pub fn sabir_supervisor_set_parent(supervisor: *mut sabir_supervisor, parent: *mut sabir_supervisor) -> c_int;
    pub fn sabir_supervisor_set_restart_limit(supervisor: *mut sabir_supervisor, limit: u32, window_ns: i64) -> c_int;
    pub fn sabir_supervisor_set_restart_delay(supervisor: *mut sabir_supervisor, first_ns: i64, max_ns: i64) -> c_int;
    pub fn sabir_actor_set_supervisor(actor: *mut sabir_actor, supervisor: *mut sabir_supervisor) -> c_int;
}
