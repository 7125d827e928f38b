//! `<sabir/subscribers.h>`: who asked an actor to be told.

use core::ffi::{c_char, c_int, c_void};

use crate::{sabir_actor, sabir_context, sabir_ref, sabir_type};

opaque! {
    /// The subscribers of one actor.
    sabir_subscribers;
}

#[allow(missing_docs, reason = "the headers describe the functions")]
unsafe extern "C" {
    pub fn sabir_type_subscribe() -> *const sabir_type;
    pub fn sabir_type_unsubscribe() -> *const sabir_type;
    pub fn sabir_type_set() -> *const sabir_type;
    pub fn sabir_subscribers_new(subscribers: *mut *mut sabir_subscribers) -> c_int;
    pub fn sabir_subscribers_free(subscribers: *mut sabir_subscribers);
    pub fn sabir_actor_on_subscribers(actor: *mut sabir_actor, subscribers: *mut sabir_subscribers) -> c_int;
    pub fn sabir_subscribers_take(subscribers: *mut sabir_subscribers, context: *mut sabir_context) -> c_int;
    pub fn sabir_subscribers_add(
        subscribers: *mut sabir_subscribers,
        ref_: *mut sabir_ref,
        topic: *const c_char,
        topic_len_bytes: usize,
    ) -> c_int;
    pub fn sabir_subscribers_remove(
        subscribers: *mut sabir_subscribers,
        ref_: *const sabir_ref,
        topic: *const c_char,
        topic_len_bytes: usize,
    ) -> c_int;
    pub fn sabir_subscribers_link_down(
        subscribers: *mut sabir_subscribers,
        endpoint: *const c_char,
        endpoint_len_bytes: usize,
    ) -> usize;
    pub fn sabir_subscribers_rejected(
        subscribers: *mut sabir_subscribers,
        code: *const c_char,
        target: *const c_char,
        rejected_by: *const c_char,
    ) -> usize;
    pub fn sabir_subscribers_down(
        subscribers: *mut sabir_subscribers,
        name: *const c_char,
        endpoint: *const c_char,
        reason: *const c_char,
    ) -> usize;
    pub fn sabir_subscribers_settle(subscribers: *mut sabir_subscribers, ref_: *const sabir_ref, code: c_int) -> bool;
    pub fn sabir_subscribers_count(subscribers: *const sabir_subscribers) -> usize;
    pub fn sabir_subscribers_list(
        subscribers: *mut sabir_subscribers,
        topic: *const c_char,
        topic_len_bytes: usize,
        refs: *mut *const *mut sabir_ref,
        count: *mut usize,
    ) -> c_int;
    pub fn sabir_subscribers_publish(
        subscribers: *mut sabir_subscribers,
        topic: *const c_char,
        topic_len_bytes: usize,
        type_: *const sabir_type,
        value: *const c_void,
        sender: *mut sabir_ref,
        reached: *mut usize,
    ) -> c_int;
}
