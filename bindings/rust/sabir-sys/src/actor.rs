//! `<sabir/actor.h>`: an actor before it is managed.

use core::ffi::{c_char, c_int, c_void};

use crate::{sabir_context, sabir_message, sabir_ref, sabir_string, sabir_type};

opaque! {
    /// An actor before it is managed.
    sabir_actor;
}

/// What the core calls beside the handlers; append-only, `size_bytes` first.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct sabir_actor_callbacks {
    /// The size of this struct in the release that the caller was built for.
    pub size_bytes: usize,
    /// On the actor's thread before its first message.
    pub on_start: Option<unsafe extern "C" fn(this: *mut c_void, context: *mut sabir_context) -> c_int>,
    /// On the actor's thread after its last message.
    pub on_stop: Option<unsafe extern "C" fn(this: *mut c_void, context: *mut sabir_context)>,
    /// Exactly once, when nothing will touch the actor's own data again.
    pub drop: Option<unsafe extern "C" fn(this: *mut c_void)>,
    /// The actor comes back from a failure: make it what it was when it was new; `on_start` follows.
    pub on_restart: Option<unsafe extern "C" fn(this: *mut c_void, context: *mut sabir_context) -> c_int>,
}

/// Handles one message; `value` is the type's struct.
pub type sabir_handler =
    Option<unsafe extern "C" fn(this: *mut c_void, value: *const c_void, context: *mut sabir_context) -> c_int>;

/// As [`sabir_handler`] with `user_data`.
pub type sabir_value_handler = Option<
    unsafe extern "C" fn(
        self_: *mut c_void,
        value: *const c_void,
        user_data: *mut c_void,
        context: *mut sabir_context,
    ) -> c_int,
>;

/// Handles one message in the form that it came in.
pub type sabir_message_handler = Option<
    unsafe extern "C" fn(
        this: *mut c_void,
        message: *mut sabir_message,
        user_data: *mut c_void,
        context: *mut sabir_context,
    ) -> c_int,
>;

/// The sender gets `SABIR_EFULL`.
pub const SABIR_OVERLOAD_FAIL: u32 = 0;
/// The sender gets `SABIR_OK`, the message is a dead letter.
pub const SABIR_OVERLOAD_DROP_NEWEST: u32 = 1;
/// The oldest queued message is a dead letter.
pub const SABIR_OVERLOAD_DROP_OLDEST: u32 = 2;

/// `HighWater`: the mailbox of that actor fills up.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct sabir_high_water {
    /// Its name.
    pub actor: sabir_string,
    /// How many messages were queued when the notice was sent.
    pub queued_msgs: u64,
}

#[allow(missing_docs, reason = "the headers describe the functions")]
unsafe extern "C" {
    pub fn sabir_actor_new(
        callbacks: *const sabir_actor_callbacks,
        this: *mut c_void,
        actor: *mut *mut sabir_actor,
    ) -> c_int;
    pub fn sabir_actor_free(actor: *mut sabir_actor);
    pub fn sabir_actor_on(actor: *mut sabir_actor, type_: *const sabir_type, handler: sabir_handler) -> c_int;
    pub fn sabir_actor_on_message(
        actor: *mut sabir_actor,
        type_: *const sabir_type,
        handler: sabir_message_handler,
        user_data: *mut c_void,
    ) -> c_int;
    pub fn sabir_actor_on_value(
        actor: *mut sabir_actor,
        type_: *const sabir_type,
        values: sabir_value_handler,
        objects: sabir_message_handler,
        user_data: *mut c_void,
    ) -> c_int;
    pub fn sabir_actor_set_language(actor: *mut sabir_actor, language: *const c_void) -> c_int;
    pub fn sabir_actor_set_object_drop(
        actor: *mut sabir_actor,
        drop: Option<unsafe extern "C" fn(object: *mut c_void)>,
    ) -> c_int;
    pub fn sabir_actor_set_pulled(actor: *mut sabir_actor) -> c_int;
    pub fn sabir_actor_set_pulled_values(actor: *mut sabir_actor) -> c_int;
    pub fn sabir_actor_set_capacity_msgs(actor: *mut sabir_actor, capacity_msgs: usize) -> c_int;
    pub fn sabir_actor_set_overload(actor: *mut sabir_actor, overload: u32) -> c_int;
    pub fn sabir_actor_set_high_water(actor: *mut sabir_actor, high_water_msgs: usize, to: *mut sabir_ref) -> c_int;
    pub fn sabir_type_high_water() -> *const sabir_type;
    pub fn sabir_actor_set_local(actor: *mut sabir_actor, local: bool) -> c_int;
    pub fn sabir_actor_set_cpus(actor: *mut sabir_actor, cpus: *const u32, count: usize) -> c_int;
    pub fn sabir_actor_set_scheduling(actor: *mut sabir_actor, policy: u32, priority: u32) -> c_int;
    pub fn sabir_actor_set_thread_name(actor: *mut sabir_actor, name: *const c_char) -> c_int;
    pub fn sabir_actor_set_spin_ns(actor: *mut sabir_actor, spin_ns: i64) -> c_int;
    pub fn sabir_actor_set_strict(actor: *mut sabir_actor, strict: bool) -> c_int;
}
