//! Messages with an open payload: any JSON object, as text or through serde.

use std::ffi::c_void;
use std::ptr;
use std::slice;
use std::sync::OnceLock;

use sabir_sys as sys;

use crate::error::{Error, ErrorCode, Result};
use crate::json::Json;
use crate::types::Type;
use crate::value::{Borrower, Value};

/// The registered open type of one message.
pub struct TypeCell(OnceLock<Type>);

impl TypeCell {
    /// A cell that knows no type yet.
    #[allow(clippy::new_without_default, reason = "it is the initial value of a static")]
    pub const fn new() -> Self {
        TypeCell(OnceLock::new())
    }

    /// The open type `name`, registered when first asked.
    pub fn get(&self, name: &str) -> Result<Type> {
        match self.0.get() {
            Some(ty) => Ok(*ty),
            None => {
                let ty = Type::open(name)?;
                Ok(*self.0.get_or_init(|| ty))
            }
        }
    }
}

/// Lend `json` as the struct of an open type.
pub fn lend(ty: Type, json: &str, borrower: &mut Borrower<'_>) -> Result<i32> {
    if !ty.is_open() {
        return Err(not_open(ty));
    }
    let text = sys::sabir_json { bytes: json.as_ptr().cast(), len_bytes: json.len() };
    // SAFETY: the struct of an open type is a sabir_json; it and the text live until the borrower has returned.
    Ok(borrower(unsafe { Value::new(ty, ptr::from_ref(&text).cast::<c_void>()) }))
}

/// The payload of an open type.
pub fn json(value: &Value<'_>) -> Result<Json> {
    text(value).map(|text| Json::trusted(text.to_owned()))
}

fn text<'a>(value: &Value<'a>) -> Result<&'a str> {
    if !value.ty().is_open() {
        return Err(not_open(value.ty()));
    }
    // SAFETY: the struct of an open type is a sabir_json, valid as long as the value.
    let bytes = unsafe {
        let json = value.as_ptr().cast::<sys::sabir_json>().read();
        if json.len_bytes == 0 { &[] } else { slice::from_raw_parts(json.bytes.cast::<u8>(), json.len_bytes) }
    };
    std::str::from_utf8(bytes).map_err(|error| Error::new(ErrorCode::BadPayload, error.to_string()))
}

fn not_open(ty: Type) -> Error {
    Error::new(ErrorCode::Mismatch, format!("{} has a table of fields", ty.name()))
}

/// Lend what serde makes of `message`.
#[cfg(feature = "serde")]
pub fn lend_serde<T: serde::Serialize>(ty: Type, message: &T, borrower: &mut Borrower<'_>) -> Result<i32> {
    let wrong = |words: String| Error::new(ErrorCode::Value, format!("{}: {words}", ty.name()));
    crate::finite::check(message).map_err(|error| wrong(error.to_string()))?;
    let text = serde_json::to_string(message).map_err(|error| wrong(error.to_string()))?;
    lend(ty, &text, borrower)
}

/// What serde makes of the payload.
#[cfg(feature = "serde")]
pub fn load_serde<T: serde::de::DeserializeOwned>(value: &Value<'_>) -> Result<T> {
    serde_json::from_str(text(value)?)
        .map_err(|error| Error::new(ErrorCode::BadPayload, format!("{}: {error}", value.ty().name())))
}

/// What a message of `define_message!(Name)` says when it is asked for another form than its own.
pub fn stays_here(name: &str) -> Error {
    Error::new(
        ErrorCode::Unsupported,
        format!(
            "{name} is a Rust value without fields for others; derive Message to send it beyond the Rust actors of this program"
        ),
    )
}
