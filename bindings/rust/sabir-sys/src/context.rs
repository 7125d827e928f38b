//! `<sabir/context.h>`: what a handler may do with the message in hand.

use core::ffi::{c_int, c_void};

use crate::{sabir_manager, sabir_message, sabir_ref, sabir_type};

opaque! {
    /// The message in hand, valid in the handler that got it.
    sabir_context;
    /// The right to answer, moved out of the handler.
    sabir_reply_token;
}

#[allow(missing_docs, reason = "the headers describe the functions")]
unsafe extern "C" {
    pub fn sabir_context_self(context: *mut sabir_context) -> *mut sabir_ref;
    pub fn sabir_context_sender(context: *mut sabir_context) -> *mut sabir_ref;
    pub fn sabir_context_message(context: *mut sabir_context) -> *mut sabir_message;
    pub fn sabir_context_manager(context: *mut sabir_context) -> *mut sabir_manager;
    pub fn sabir_context_reply(context: *mut sabir_context, message: *mut sabir_message) -> c_int;
    pub fn sabir_context_reply_value(
        context: *mut sabir_context,
        type_: *const sabir_type,
        value: *const c_void,
    ) -> c_int;
    pub fn sabir_context_reply_take(context: *mut sabir_context, token: *mut *mut sabir_reply_token) -> c_int;
    pub fn sabir_reply_token_send(token: *mut sabir_reply_token, message: *mut sabir_message) -> c_int;
    pub fn sabir_reply_token_free(token: *mut sabir_reply_token);
    pub fn sabir_context_about_to_wait(context: *mut sabir_context);
    pub fn sabir_context_stop(context: *mut sabir_context);
}
