//! `<sabir/type.h>`: message types, their fields and the structs that the fields make.

use core::ffi::{c_char, c_int, c_void};

opaque! {
    /// A registered message type; lives as long as the process.
    sabir_type;
}

/// UTF-8 text.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct sabir_string {
    /// Not NUL-terminated; may be NULL when the length is 0.
    pub bytes: *const c_char,
    /// How many bytes.
    pub len_bytes: usize,
}

/// Binary data.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct sabir_bytes {
    /// May be NULL when the length is 0.
    pub bytes: *const c_char,
    /// How many bytes.
    pub len_bytes: usize,
}

/// One JSON value as text.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct sabir_json {
    /// Not NUL-terminated.
    pub bytes: *const c_char,
    /// How many bytes.
    pub len_bytes: usize,
}

/// `count` values of the item kind, one after the other.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct sabir_list {
    /// May be NULL when there are none.
    pub items: *const c_void,
    /// How many values.
    pub count: usize,
}

/// `count` keys and values, in the order of the JSON object.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct sabir_map {
    /// Unique keys.
    pub keys: *const sabir_string,
    /// As many values.
    pub values: *const c_void,
    /// How many of each.
    pub count: usize,
}

/// One row of a type's table.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct sabir_field {
    /// The key in the payload.
    pub name: *const c_char,
    /// `INT64`, `LIST(OPTIONAL(STRING))`, `STRUCT(Point)`.
    pub kind: *const c_char,
    /// In the struct, or `SABIR_OFFSET_AUTO` in every row.
    pub offset_bytes: usize,
    /// Of the value in the struct; ignored with `SABIR_OFFSET_AUTO`.
    pub size_bytes: usize,
}

/// The layout that C would give.
pub const SABIR_OFFSET_AUTO: usize = usize::MAX;

/// A timer has fired.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct sabir_timeout {
    /// Which timer.
    pub timer_id: u64,
    /// Firings that fell due while this one waited to be handled.
    pub missed: u64,
}

/// The connection to a peer is lost.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct sabir_linkdown {
    /// The peer's endpoint.
    pub endpoint: sabir_string,
    /// Envelopes sent on that connection.
    pub sent: u64,
    /// Of them, how many at most did not arrive.
    pub maybe_lost: u64,
}

/// An actor that somebody watched has ended, or is out of sight.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct sabir_down {
    /// The actor's name.
    pub name: sabir_string,
    /// Its node's endpoint.
    pub endpoint: sabir_string,
    /// `stopped`, `failed`, `lost`, …
    pub reason: sabir_string,
}

/// The answer to an envelope that could not be delivered to a handler.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct sabir_reject {
    /// `unknown_target`, `bad_payload`, …
    pub code: sabir_string,
    /// For people.
    pub reason: sabir_string,
    /// The type of the envelope.
    pub message_type: sabir_string,
    /// Its target.
    pub target: sabir_string,
    /// The rejecting node's endpoint.
    pub rejected_by: sabir_string,
}

#[allow(missing_docs, reason = "the headers describe the functions")]
unsafe extern "C" {
    pub fn sabir_type_register(
        name: *const c_char,
        fields: *const sabir_field,
        field_count: usize,
        struct_size_bytes: usize,
        type_: *mut *const sabir_type,
    ) -> c_int;
    pub fn sabir_type_register_open(name: *const c_char, type_: *mut *const sabir_type) -> c_int;
    pub fn sabir_type_find(name: *const c_char) -> *const sabir_type;
    pub fn sabir_type_name(type_: *const sabir_type) -> *const c_char;
    pub fn sabir_type_size_bytes(type_: *const sabir_type) -> usize;
    pub fn sabir_type_is_open(type_: *const sabir_type) -> bool;
    pub fn sabir_type_field_count(type_: *const sabir_type) -> usize;
    pub fn sabir_type_field_get(type_: *const sabir_type, index: usize, field: *mut sabir_field) -> c_int;
    pub fn sabir_type_start() -> *const sabir_type;
    pub fn sabir_type_shutdown() -> *const sabir_type;
    pub fn sabir_type_timeout() -> *const sabir_type;
    pub fn sabir_type_linkdown() -> *const sabir_type;
    pub fn sabir_type_reject() -> *const sabir_type;
    pub fn sabir_type_continue() -> *const sabir_type;
    pub fn sabir_type_down() -> *const sabir_type;
}
