//! `<sabir/json.h>`: reading and writing JSON text as strictly as the wire does.

use core::ffi::{c_char, c_int};

use crate::sabir_string;

opaque! {
    /// Hands out the tokens of a text.
    sabir_json_reader;
    /// Builds a text from tokens.
    sabir_json_writer;
}

/// The text is read to its end.
pub const SABIR_JSON_END: u32 = 0;
/// `{`
pub const SABIR_JSON_OBJECT_BEGIN: u32 = 1;
/// `}`
pub const SABIR_JSON_OBJECT_END: u32 = 2;
/// `[`
pub const SABIR_JSON_ARRAY_BEGIN: u32 = 3;
/// `]`
pub const SABIR_JSON_ARRAY_END: u32 = 4;
/// A key, unescaped.
pub const SABIR_JSON_KEY: u32 = 5;
/// A string, unescaped; may hold NUL.
pub const SABIR_JSON_STRING: u32 = 6;
/// The token of an integer.
pub const SABIR_JSON_INTEGER: u32 = 7;
/// The token of a double.
pub const SABIR_JSON_DOUBLE: u32 = 8;
/// `true`
pub const SABIR_JSON_TRUE: u32 = 9;
/// `false`
pub const SABIR_JSON_FALSE: u32 = 10;
/// `null`
pub const SABIR_JSON_NULL: u32 = 11;

#[allow(missing_docs, reason = "the headers describe the functions")]
unsafe extern "C" {
    pub fn sabir_json_reader_new(json: *const c_char, len_bytes: usize, reader: *mut *mut sabir_json_reader) -> c_int;
    pub fn sabir_json_reader_next(reader: *mut sabir_json_reader, event: *mut u32, text: *mut sabir_string) -> c_int;
    pub fn sabir_json_reader_offset_bytes(reader: *const sabir_json_reader) -> usize;
    pub fn sabir_json_reader_free(reader: *mut sabir_json_reader);
    pub fn sabir_json_int64_get(token: sabir_string, value: *mut i64) -> c_int;
    pub fn sabir_json_uint64_get(token: sabir_string, value: *mut u64) -> c_int;
    pub fn sabir_json_double_get(token: sabir_string, value: *mut f64) -> c_int;
    pub fn sabir_json_writer_new(writer: *mut *mut sabir_json_writer) -> c_int;
    pub fn sabir_json_writer_object_begin(writer: *mut sabir_json_writer) -> c_int;
    pub fn sabir_json_writer_object_end(writer: *mut sabir_json_writer) -> c_int;
    pub fn sabir_json_writer_array_begin(writer: *mut sabir_json_writer) -> c_int;
    pub fn sabir_json_writer_array_end(writer: *mut sabir_json_writer) -> c_int;
    pub fn sabir_json_writer_key(writer: *mut sabir_json_writer, bytes: *const c_char, len_bytes: usize) -> c_int;
    pub fn sabir_json_writer_string(writer: *mut sabir_json_writer, bytes: *const c_char, len_bytes: usize) -> c_int;
    pub fn sabir_json_writer_int64(writer: *mut sabir_json_writer, value: i64) -> c_int;
    pub fn sabir_json_writer_uint64(writer: *mut sabir_json_writer, value: u64) -> c_int;
    pub fn sabir_json_writer_double(writer: *mut sabir_json_writer, value: f64) -> c_int;
    pub fn sabir_json_writer_bool(writer: *mut sabir_json_writer, value: bool) -> c_int;
    pub fn sabir_json_writer_null(writer: *mut sabir_json_writer) -> c_int;
    pub fn sabir_json_writer_json(writer: *mut sabir_json_writer, bytes: *const c_char, len_bytes: usize) -> c_int;
    pub fn sabir_json_writer_text_get(
        writer: *mut sabir_json_writer,
        json: *mut *const c_char,
        len_bytes: *mut usize,
    ) -> c_int;
    pub fn sabir_json_writer_free(writer: *mut sabir_json_writer);
}
