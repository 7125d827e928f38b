//! A message type: the name that stands on the wire, and the table of fields behind it.

use std::ffi::{CStr, CString, c_char};
use std::fmt;
use std::ptr::{self, NonNull};

use sabir_sys as sys;

use crate::error::{Error, ErrorCode, Result, check, static_text};
use crate::version;

/// A registered message type. Types belong to the process and are never removed.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Type(NonNull<sys::sabir_type>);

// SAFETY: a type is never changed after it is registered, and never freed.
unsafe impl Send for Type {}
// SAFETY: as above.
unsafe impl Sync for Type {}

impl Type {
    /// The type of that name, whoever registered it.
    pub fn find(name: &str) -> Option<Type> {
        let name = CString::new(name).ok()?;
        // SAFETY: the name is NUL-terminated for the call.
        Type::new(unsafe { sys::sabir_type_find(name.as_ptr()) })
    }

    /// Register `name` with an open payload: any JSON object.
    ///
    /// # Errors
    /// [`ErrorCode::Mismatch`] if the name has a table of fields; [`ErrorCode::Inval`], [`ErrorCode::Reserved`] for a name that
    /// cannot be one.
    pub fn open(name: &str) -> Result<Type> {
        version::check()?;
        let name = c_text(name, "a type's name")?;
        let mut found = ptr::null();
        // SAFETY: the name is NUL-terminated; the type is written to a place of ours.
        check(unsafe { sys::sabir_type_register_open(name.as_ptr(), &mut found) })?;
        Type::new(found).ok_or_else(|| Error::new(ErrorCode::NoEnt, "the core registered nothing"))
    }

    /// Its name on the wire.
    pub fn name(&self) -> &'static str {
        // SAFETY: the type lives as long as the process, and so does its name, which is UTF-8.
        unsafe { static_text(sys::sabir_type_name(self.as_ptr())) }.unwrap_or_default()
    }

    /// Whether the payload is any JSON object.
    pub fn is_open(&self) -> bool {
        // SAFETY: the type lives as long as the process.
        unsafe { sys::sabir_type_is_open(self.as_ptr()) }
    }

    /// Its fields as (key, kind): `("count", "INT64")`.
    pub fn fields(&self) -> Vec<(&'static str, &'static str)> {
        // SAFETY: the type lives as long as the process; each row is filled by the core before it is read, its texts as
        // long-lived as the type.
        unsafe {
            (0..sys::sabir_type_field_count(self.as_ptr()))
                .filter_map(|index| {
                    let mut row =
                        sys::sabir_field { name: ptr::null(), kind: ptr::null(), offset_bytes: 0, size_bytes: 0 };
                    check(sys::sabir_type_field_get(self.as_ptr(), index, &mut row)).ok()?;
                    Some((static_text(row.name)?, static_text(row.kind)?))
                })
                .collect()
        }
    }

    pub(crate) fn new(raw: *const sys::sabir_type) -> Option<Type> {
        NonNull::new(raw.cast_mut()).map(Type)
    }

    #[inline]
    pub(crate) fn as_ptr(self) -> *const sys::sabir_type {
        self.0.as_ptr()
    }
}

impl fmt::Debug for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Type").field(&self.name()).finish()
    }
}

/// `text` for a C function; what it is for the error, since C text cannot hold NUL.
pub(crate) fn c_text(text: &str, what: &str) -> Result<CString> {
    CString::new(text).map_err(|_| Error::new(ErrorCode::Inval, format!("{what} holds a NUL: {text:?}")))
}

/// # Safety
/// `text` is NULL or NUL-terminated and outlives `'a`.
pub(crate) unsafe fn borrowed_text<'a>(text: *const c_char) -> Option<&'a str> {
    if text.is_null() {
        return None;
    }
    // SAFETY: the caller promises it.
    unsafe { CStr::from_ptr(text) }.to_str().ok()
}
