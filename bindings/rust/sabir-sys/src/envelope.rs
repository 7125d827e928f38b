//! `<sabir/envelope.h>`: judging bytes as the wire's own reader does.

use core::ffi::{c_char, c_int};

use crate::sabir_string;

opaque! {
    /// What the wire's reader says of some bytes.
    sabir_verdict;
}

/// One envelope in either dialect.
pub const SABIR_JUDGED_ENVELOPE: u32 = 0;
/// Any JSON text.
pub const SABIR_JUDGED_TEXT: u32 = 1;

#[allow(missing_docs, reason = "the headers describe the functions")]
unsafe extern "C" {
    pub fn sabir_verdict_new(
        bytes: *const c_char,
        len_bytes: usize,
        judged: u32,
        verdict: *mut *mut sabir_verdict,
    ) -> c_int;
    pub fn sabir_verdict_free(verdict: *mut sabir_verdict);
    pub fn sabir_verdict_accepted(verdict: *const sabir_verdict) -> bool;
    pub fn sabir_verdict_clause(verdict: *const sabir_verdict) -> *const c_char;
    pub fn sabir_verdict_reason(verdict: *const sabir_verdict) -> *const c_char;
    pub fn sabir_verdict_offset_bytes(verdict: *const sabir_verdict) -> usize;
    pub fn sabir_verdict_dialect(verdict: *const sabir_verdict) -> u32;
    pub fn sabir_verdict_type_get(verdict: *const sabir_verdict, text: *mut sabir_string);
    pub fn sabir_verdict_target_get(verdict: *const sabir_verdict, text: *mut sabir_string);
    pub fn sabir_verdict_sender_name_get(verdict: *const sabir_verdict, text: *mut sabir_string);
    pub fn sabir_verdict_sender_endpoint_get(verdict: *const sabir_verdict, text: *mut sabir_string);
    pub fn sabir_verdict_payload_get(verdict: *const sabir_verdict, text: *mut sabir_string);
    pub fn sabir_verdict_id_get(verdict: *const sabir_verdict, text: *mut sabir_string);
    pub fn sabir_verdict_re_get(verdict: *const sabir_verdict, text: *mut sabir_string);
}
