//! `<sabir/watch.h>`: being told when an actor ends.

use core::ffi::c_int;

use crate::sabir_ref;

#[allow(missing_docs, reason = "the headers describe the functions")]
unsafe extern "C" {
    pub fn sabir_ref_watch(ref_: *mut sabir_ref, watcher: *mut sabir_ref) -> c_int;
    pub fn sabir_ref_unwatch(ref_: *mut sabir_ref, watcher: *mut sabir_ref) -> c_int;
}
