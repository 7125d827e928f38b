//! `<sabir/error.h>`: the one table of errors.

use core::ffi::{c_char, c_int};

/// Success.
pub const SABIR_OK: c_int = 0;

macro_rules! errors {
    ($($value:literal $name:ident $text:literal)*) => {
        $(#[doc = $text] pub const $name: c_int = $value;)*

        /// The table as (value, name, text), in the order of the header.
        pub const SABIR_ERRORS: &[(c_int, &str, &str)] = &[$(($value, stringify!($name), $text)),*];
    };
}

errors! {
    -1 SABIR_EINVAL "an argument is not valid"
    -2 SABIR_ENOMEM "out of memory"
    -3 SABIR_EEXIST "the name is taken"
    -4 SABIR_ENOENT "there is nothing of that name"
    -5 SABIR_EFULL "the mailbox holds its capacity"
    -6 SABIR_ECLOSED "the actor or the manager has stopped"
    -7 SABIR_EMISMATCH "the type is another than the one expected"
    -8 SABIR_ETIMEDOUT "the time is up"
    -9 SABIR_EREENTRANT "the actor is already in this chain of calls"
    -10 SABIR_EDEADLOCK "waiting would never end: the actors wait for each other"
    -11 SABIR_EREMOTE "the actor is not in this process"
    -12 SABIR_EDOWN "the peer is down and its queue is full"
    -13 SABIR_ETOOBIG "the value is larger than its limit"
    -14 SABIR_EREFUSED "this node may not send to that endpoint"
    -15 SABIR_EVALUE "a value cannot be carried: NaN, an infinity, a lone surrogate, invalid UTF-8"
    -16 SABIR_EMALFORMED "the text is not what the protocol asks for"
    -17 SABIR_EBADPAYLOAD "the payload does not fit the type's fields"
    -18 SABIR_ERESERVED "the name is reserved for the protocol"
    -19 SABIR_ESTATE "the call does not fit the state of the object"
    -20 SABIR_EFORKED "the process has forked since the manager was made"
    -21 SABIR_EVERSION "the caller was built for another version of the core"
    -22 SABIR_EPERM "the operating system does not permit it"
    -23 SABIR_EUNHANDLED "the actor has no handler for the type"
    -24 SABIR_EFAILED "the handler failed"
    -25 SABIR_EBIND "the endpoint cannot be bound"
    -26 SABIR_EINTR "the wait was interrupted"
    -27 SABIR_EUNSUPPORTED "not possible with this peer, dialect or platform"
    -28 SABIR_EREJECTED "the request was answered with a Reject"
    -29 SABIR_EIO "the operating system reports an input or output error"
    -30 SABIR_EUNBOUND "this node has no endpoint that a reply could go to"
}

#[allow(missing_docs, reason = "the headers describe the functions")]
unsafe extern "C" {
    pub fn sabir_error_name(code: c_int) -> *const c_char;
    pub fn sabir_error_text(code: c_int) -> *const c_char;
    pub fn sabir_error_detail_copy(buffer: *mut c_char, capacity_bytes: usize) -> usize;
    pub fn sabir_error_detail_set(detail: *const c_char);
}
