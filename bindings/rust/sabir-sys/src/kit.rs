//! `<sabir/kit.h>`: managers that are stepped, and probes.

use core::ffi::{c_char, c_int, c_void};

use crate::{sabir_config, sabir_manager, sabir_message, sabir_ref, sabir_type};

opaque! {
    /// An address that keeps what it gets.
    sabir_probe;
}

#[allow(missing_docs, reason = "the headers describe the functions")]
unsafe extern "C" {
    pub fn sabir_config_set_stepped(config: *mut sabir_config, stepped: bool) -> c_int;
    pub fn sabir_kit_step(manager: *mut sabir_manager, max_msgs: u64, handled: *mut u64) -> c_int;
    pub fn sabir_kit_advance(manager: *mut sabir_manager, duration_ns: i64) -> c_int;
    pub fn sabir_kit_now_ns(manager: *const sabir_manager) -> i64;
    pub fn sabir_probe_new(manager: *mut sabir_manager, name: *const c_char, probe: *mut *mut sabir_probe) -> c_int;
    pub fn sabir_probe_ref(probe: *mut sabir_probe) -> *mut sabir_ref;
    pub fn sabir_probe_count(probe: *mut sabir_probe) -> usize;
    pub fn sabir_probe_next(
        probe: *mut sabir_probe,
        timeout_ns: i64,
        message: *mut *mut sabir_message,
        sender: *mut *mut sabir_ref,
    ) -> c_int;
    pub fn sabir_probe_expect(
        probe: *mut sabir_probe,
        type_: *const sabir_type,
        timeout_ns: i64,
        message: *mut *mut sabir_message,
        sender: *mut *mut sabir_ref,
    ) -> c_int;
    pub fn sabir_probe_expect_value(
        probe: *mut sabir_probe,
        type_: *const sabir_type,
        value: *const c_void,
        timeout_ns: i64,
    ) -> c_int;
    pub fn sabir_probe_expect_order(
        probe: *mut sabir_probe,
        types: *const *const sabir_type,
        count: usize,
        timeout_ns: i64,
    ) -> c_int;
    pub fn sabir_probe_expect_none(probe: *mut sabir_probe, timeout_ns: i64) -> c_int;
    pub fn sabir_probe_fish(
        probe: *mut sabir_probe,
        type_: *const sabir_type,
        timeout_ns: i64,
        message: *mut *mut sabir_message,
        sender: *mut *mut sabir_ref,
    ) -> c_int;
    pub fn sabir_probe_free(probe: *mut sabir_probe);
}
