//! Whether the loaded library is one that this crate was written for.

use std::sync::OnceLock;

use sabir_sys as sys;

use crate::error::{Error, ErrorCode, Result, static_text};

/// The version of the loaded library, as text.
///
/// ```
/// assert!(sabir::version().starts_with("1."));
/// ```
pub fn version() -> &'static str {
    // SAFETY: returns static text.
    unsafe { static_text(sys::sabir_version_text()) }.unwrap_or_default()
}

/// Same major, at least our minor; asked once.
pub(crate) fn check() -> Result<()> {
    static FITS: OnceLock<bool> = OnceLock::new();
    // SAFETY: takes nothing and returns a number.
    if *FITS.get_or_init(|| fits(unsafe { sys::sabir_version() })) {
        return Ok(());
    }
    let (major, minor) = (sys::SABIR_VERSION_MAJOR, sys::SABIR_VERSION_MINOR);
    Err(Error::new(
        ErrorCode::Version,
        format!("the loaded libsabir is {}, this program needs {major}.{minor} or a later {major}.x", version()),
    ))
}

fn fits(loaded: u32) -> bool {
    let (major, minor) = (loaded / 1_000_000, loaded / 1_000 % 1_000);
    major == sys::SABIR_VERSION_MAJOR && (major, minor) >= (sys::SABIR_VERSION_MAJOR, sys::SABIR_VERSION_MINOR)
}

#[cfg(test)]
mod tests {
    use super::fits;

    #[test]
    fn another_major_does_not_fit() {
        assert!(fits(1_000_000));
        assert!(fits(1_007_003));
        assert!(!fits(2_000_000));
        assert!(!fits(999_999));
    }
}
