//! `<sabir/ref.h>`: the address of an actor, in this process or in another.

use core::ffi::{c_char, c_int, c_void};

use crate::{sabir_message, sabir_type};

opaque! {
    /// The counted address of an actor.
    sabir_ref;
    /// A wait for an answer.
    sabir_ask;
}

/// First run what was queued when the call was made.
pub const SABIR_FAST_ORDERED: u32 = 1;

/// What an asynchronous ask ends with.
pub type sabir_ask_done = Option<unsafe extern "C" fn(user_data: *mut c_void, code: c_int, reply: *mut sabir_message)>;

#[allow(missing_docs, reason = "the headers describe the functions")]
unsafe extern "C" {
    pub fn sabir_ref_retain(ref_: *mut sabir_ref) -> *mut sabir_ref;
    pub fn sabir_ref_release(ref_: *mut sabir_ref);
    pub fn sabir_ref_send(ref_: *mut sabir_ref, message: *mut sabir_message, sender: *mut sabir_ref) -> c_int;
    pub fn sabir_ref_send_value(
        ref_: *mut sabir_ref,
        type_: *const sabir_type,
        value: *const c_void,
        sender: *mut sabir_ref,
    ) -> c_int;
    pub fn sabir_ref_send_json(
        ref_: *mut sabir_ref,
        type_: *const sabir_type,
        json: *const c_char,
        len_bytes: usize,
        sender: *mut sabir_ref,
    ) -> c_int;
    pub fn sabir_ref_send_object(
        ref_: *mut sabir_ref,
        type_: *const sabir_type,
        object: *mut c_void,
        sender: *mut sabir_ref,
    ) -> c_int;
    pub fn sabir_ref_fast_send(
        ref_: *mut sabir_ref,
        sender: *mut sabir_ref,
        request_type: *const sabir_type,
        request: *const c_void,
        reply_type: *const sabir_type,
        reply: *mut c_void,
        reply_capacity_bytes: usize,
        flags: u32,
        replied: *mut bool,
    ) -> c_int;
    pub fn sabir_ref_fast_send_timed(
        ref_: *mut sabir_ref,
        sender: *mut sabir_ref,
        request_type: *const sabir_type,
        request: *const c_void,
        reply_type: *const sabir_type,
        reply: *mut c_void,
        reply_capacity_bytes: usize,
        flags: u32,
        timeout_ns: i64,
        replied: *mut bool,
    ) -> c_int;
    pub fn sabir_ref_fast_send_message(
        ref_: *mut sabir_ref,
        sender: *mut sabir_ref,
        request: *mut sabir_message,
        flags: u32,
        reply: *mut *mut sabir_message,
    ) -> c_int;
    pub fn sabir_ref_fast_send_message_timed(
        ref_: *mut sabir_ref,
        sender: *mut sabir_ref,
        request: *mut sabir_message,
        flags: u32,
        timeout_ns: i64,
        reply: *mut *mut sabir_message,
    ) -> c_int;
    pub fn sabir_ref_enter_timed(ref_: *mut sabir_ref, flags: u32, timeout_ns: i64) -> c_int;
    pub fn sabir_ref_enter(ref_: *mut sabir_ref, flags: u32) -> c_int;
    pub fn sabir_ref_try_enter(ref_: *mut sabir_ref) -> c_int;
    pub fn sabir_ref_leave(ref_: *mut sabir_ref);
    pub fn sabir_ref_ask(
        ref_: *mut sabir_ref,
        request: *mut sabir_message,
        timeout_ns: i64,
        reply: *mut *mut sabir_message,
    ) -> c_int;
    pub fn sabir_ref_ask_async(
        ref_: *mut sabir_ref,
        request: *mut sabir_message,
        timeout_ns: i64,
        done: sabir_ask_done,
        user_data: *mut c_void,
    ) -> c_int;
    pub fn sabir_ref_ask_start(
        ref_: *mut sabir_ref,
        request: *mut sabir_message,
        timeout_ns: i64,
        done: sabir_ask_done,
        user_data: *mut c_void,
        ask: *mut *mut sabir_ask,
    ) -> c_int;
    pub fn sabir_ask_cancel(ask: *mut sabir_ask);
    pub fn sabir_ask_free(ask: *mut sabir_ask);
    pub fn sabir_ref_stop(ref_: *mut sabir_ref) -> c_int;
    pub fn sabir_ref_name(ref_: *const sabir_ref) -> *const c_char;
    pub fn sabir_ref_endpoint(ref_: *const sabir_ref) -> *const c_char;
    pub fn sabir_ref_equal(a: *const sabir_ref, b: *const sabir_ref) -> bool;
    pub fn sabir_ref_language(ref_: *const sabir_ref) -> *const c_void;
    pub fn sabir_ref_actor_get(ref_: *const sabir_ref, language: *const c_void) -> *mut c_void;
}
