//! Panics of user code end here: none unwinds into C.

use std::any::Any;
use std::ffi::c_int;
use std::panic::{self, AssertUnwindSafe};

use sabir_sys as sys;

use crate::error::set_thread_detail;

/// Run `body` for the core; a panic becomes `SABIR_EFAILED` with its text as the detail.
#[inline]
pub(crate) fn to_code(body: impl FnOnce() -> c_int) -> c_int {
    match panic::catch_unwind(AssertUnwindSafe(body)) {
        Ok(code) => code,
        Err(payload) => {
            set_thread_detail(&words(payload));
            sys::SABIR_EFAILED
        }
    }
}

/// Run `body`, which has nobody to report to: the panic hook has printed what happened.
pub(crate) fn contain(body: impl FnOnce()) {
    if let Err(payload) = panic::catch_unwind(AssertUnwindSafe(body)) {
        words(payload);
    }
}

#[cold]
fn words(payload: Box<dyn Any + Send>) -> String {
    let text = if let Some(text) = payload.downcast_ref::<&str>() {
        format!("panicked: {text}")
    } else if let Some(text) = payload.downcast_ref::<String>() {
        format!("panicked: {text}")
    } else {
        "panicked".to_owned()
    };
    // A payload may panic when it is dropped; what comes of that is left alone.
    if let Err(again) = panic::catch_unwind(AssertUnwindSafe(|| drop(payload))) {
        std::mem::forget(again);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Spiteful;

    impl Drop for Spiteful {
        fn drop(&mut self) {
            panic!("again");
        }
    }

    #[test]
    fn a_panic_becomes_a_code() {
        assert_eq!(to_code(|| 7), 7);
        assert_eq!(to_code(|| panic!("on purpose")), sys::SABIR_EFAILED);
    }

    #[test]
    fn a_payload_that_panics_in_its_drop_is_contained_too() {
        assert_eq!(to_code(|| panic::panic_any(Spiteful)), sys::SABIR_EFAILED);
        contain(|| panic::panic_any(Spiteful));
    }
}
