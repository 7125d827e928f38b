//! `<sabir/version.h>`: which release of the core this is.

use core::ffi::c_char;

/// The release that these declarations were written for.
pub const SABIR_VERSION_MAJOR: u32 = 1;
/// Its second number.
pub const SABIR_VERSION_MINOR: u32 = 0;
/// Its third number.
pub const SABIR_VERSION_PATCH: u32 = 0;

#[allow(missing_docs, reason = "the headers describe the functions")]
unsafe extern "C" {
    pub fn sabir_version() -> u32;
    pub fn sabir_version_text() -> *const c_char;
}
