//! `<sabir/puller.h>`: how a binding with its own threads runs an actor. The Rust crate does not; here for completeness.

use core::ffi::{c_char, c_int, c_void};

use crate::{sabir_message, sabir_ref, sabir_reply_token, sabir_type};

opaque! {
    /// Where the actor's own thread gets its batches.
    sabir_puller;
}

/// A message.
pub const SABIR_PULLED_MESSAGE: u32 = 0;
/// Run `on_start`.
pub const SABIR_PULLED_START: u32 = 1;
/// Run `on_stop`.
pub const SABIR_PULLED_STOP: u32 = 2;
/// A `Timeout`: begin it first.
pub const SABIR_PULLED_TIMER: u32 = 3;
/// Make fresh state and run `on_start`.
pub const SABIR_PULLED_RESTART: u32 = 4;

/// What is larger comes as text.
pub const SABIR_PULLED_VALUE_BYTES: usize = 64;

/// One item of a batch; append-only.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct sabir_pulled {
    /// One of `SABIR_PULLED_…`.
    pub kind: u32,
    /// Whether the message names a sender.
    pub has_sender: u32,
    /// The message's type.
    pub type_: *const sabir_type,
    /// The `user_data` of `sabir_actor_on_message`.
    pub handler_data: *mut c_void,
    /// The sender's object if it is of the actor's language.
    pub object: *mut c_void,
    /// The payload, checked against the type; NULL if there is an object or a value.
    pub json: *const c_char,
    /// Its length.
    pub json_len_bytes: usize,
    /// The sender, or NULL.
    pub sender: *mut sabir_ref,
    /// The message itself.
    pub message: *mut sabir_message,
    /// 0 without `sabir_actor_set_pulled_values`: there is no value.
    pub value_len_bytes: usize,
    /// The room of the payload as the struct of its type, which is flat.
    pub value: [u64; SABIR_PULLED_VALUE_BYTES / 8],
}

/// What one pull returns; append-only.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct sabir_batch {
    /// The size of this struct.
    pub size_bytes: usize,
    /// The size of one item: step by it.
    pub item_size_bytes: usize,
    /// How many items there are.
    pub count: usize,
    /// The items.
    pub items: *mut sabir_pulled,
    /// Non-zero when somebody waits; read it volatile.
    pub yield_: u32,
    /// The index of the item in hand, which the binding writes.
    pub current: u32,
    /// What `sabir_actor_new` got for the actor whose batch it is.
    pub self_: *mut c_void,
}

#[allow(missing_docs, reason = "the headers describe the functions")]
unsafe extern "C" {
    pub fn sabir_puller_get(actor: *mut sabir_ref, puller: *mut *mut sabir_puller) -> c_int;
    pub fn sabir_puller_next(
        puller: *mut sabir_puller,
        done: usize,
        timeout_ns: i64,
        batch: *mut *mut sabir_batch,
    ) -> c_int;
    pub fn sabir_puller_try_next(puller: *mut sabir_puller, done: usize, batch: *mut *mut sabir_batch) -> c_int;
    pub fn sabir_puller_begin(puller: *mut sabir_puller, index: usize) -> c_int;
    pub fn sabir_puller_reply(puller: *mut sabir_puller, index: usize, message: *mut sabir_message) -> c_int;
    pub fn sabir_puller_reply_object(
        puller: *mut sabir_puller,
        index: usize,
        type_: *const sabir_type,
        object: *mut c_void,
    ) -> c_int;
    pub fn sabir_puller_reply_take(
        puller: *mut sabir_puller,
        index: usize,
        token: *mut *mut sabir_reply_token,
    ) -> c_int;
    pub fn sabir_puller_fail(puller: *mut sabir_puller, index: usize, code: c_int, detail: *const c_char) -> c_int;
    pub fn sabir_puller_stop(puller: *mut sabir_puller);
}
