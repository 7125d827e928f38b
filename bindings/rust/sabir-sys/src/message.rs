//! `<sabir/message.h>`: a type and its payload, in the form that its sender had.

use core::ffi::{c_char, c_int, c_void};

use crate::sabir_type;

opaque! {
    /// A type and its payload.
    sabir_message;
}

#[allow(missing_docs, reason = "the headers describe the functions")]
unsafe extern "C" {
    pub fn sabir_message_new(type_: *const sabir_type, value: *const c_void, message: *mut *mut sabir_message)
    -> c_int;
    pub fn sabir_message_new_json(
        type_: *const sabir_type,
        json: *const c_char,
        len_bytes: usize,
        message: *mut *mut sabir_message,
    ) -> c_int;
    pub fn sabir_message_new_object(
        type_: *const sabir_type,
        language: *const c_void,
        object: *mut c_void,
        drop: Option<unsafe extern "C" fn(object: *mut c_void)>,
        message: *mut *mut sabir_message,
    ) -> c_int;
    pub fn sabir_message_free(message: *mut sabir_message);
    pub fn sabir_message_type(message: *const sabir_message) -> *const sabir_type;
    pub fn sabir_message_value_get(
        message: *mut sabir_message,
        type_: *const sabir_type,
        value: *mut *const c_void,
    ) -> c_int;
    pub fn sabir_message_json_get(
        message: *mut sabir_message,
        json: *mut *const c_char,
        len_bytes: *mut usize,
    ) -> c_int;
    pub fn sabir_message_object_get(message: *const sabir_message, language: *const c_void) -> *mut c_void;
    pub fn sabir_message_object_take(message: *mut sabir_message, language: *const c_void) -> *mut c_void;
    pub fn sabir_message_check(message: *mut sabir_message) -> c_int;
}
