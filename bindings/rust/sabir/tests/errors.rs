//! The crate's error codes are the core's table, row for row.

use std::ffi::CStr;

use sabir::{Error, ErrorCode, sys};

#[test]
fn each_code_is_a_row_of_the_table_and_none_is_missing() {
    let ours: Vec<i32> = ErrorCode::ALL.iter().map(|code| code.value()).collect();
    let table: Vec<i32> = sys::SABIR_ERRORS.iter().map(|(value, ..)| *value).collect();
    assert_eq!(ours, table);
    for (code, (value, name, text)) in ErrorCode::ALL.iter().zip(sys::SABIR_ERRORS) {
        assert_eq!(format!("SABIR_E{}", code.name()), *name);
        assert_eq!(code.text(), *text);
        assert_eq!(format!("{code:?}").to_uppercase(), code.name(), "the variant is named after the row");
        // SAFETY: takes any number; the name is static.
        let said = unsafe { CStr::from_ptr(sys::sabir_error_name(*value)) };
        assert_eq!(said.to_str().unwrap(), *name, "the loaded library says the same");
    }
}

#[test]
fn a_code_of_a_later_release_is_kept() {
    let later = ErrorCode::Other(-9999);
    assert_eq!((later.value(), later.name()), (-9999, "UNKNOWN"));
    assert!(!later.text().is_empty());
}

#[test]
fn an_error_without_words_has_those_of_its_code() {
    let error = Error::new(ErrorCode::Full, "");
    assert_eq!(error.to_string(), "FULL: the mailbox holds its capacity");
    assert_eq!(Error::new(ErrorCode::Full, "box a is full").to_string(), "FULL: box a is full");
}
