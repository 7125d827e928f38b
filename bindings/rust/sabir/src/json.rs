//! JSON text, read and written as strictly as the wire does, for payloads that no table describes.

use std::ffi::c_char;
use std::fmt;
use std::marker::PhantomData;
use std::ptr::{self, NonNull};
use std::slice;
use std::str::FromStr;

use sabir_sys as sys;

use crate::error::{Error, ErrorCode, Result, check};

/// One JSON value as text, known to be valid.
///
/// ```
/// use sabir::Json;
///
/// let order: Json = r#"{"id": 9007199254740993}"#.parse()?;
/// assert_eq!(order.as_str(), r#"{"id": 9007199254740993}"#);
/// assert!("{'id': 1}".parse::<Json>().is_err());
/// # Ok::<(), sabir::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Json(String);

impl Json {
    /// `null`.
    pub fn null() -> Self {
        Json("null".to_owned())
    }

    /// `{}`.
    pub fn object() -> Self {
        Json("{}".to_owned())
    }

    /// Check `text` and keep it as it is.
    ///
    /// # Errors
    /// [`ErrorCode::Malformed`] with the clause that it breaks and where.
    pub fn new(text: impl Into<String>) -> Result<Self> {
        let text = text.into();
        let mut reader = Reader::new(&text)?;
        while reader.next()? != Token::End {}
        drop(reader);
        Ok(Json(text))
    }

    /// Text that a strict reader or writer made.
    pub(crate) fn trusted(text: String) -> Self {
        Json(text)
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The text, given away.
    pub fn into_string(self) -> String {
        self.0
    }

    /// Its tokens.
    ///
    /// # Errors
    /// [`ErrorCode::NoMem`].
    pub fn reader(&self) -> Result<Reader<'_>> {
        Reader::new(&self.0)
    }
}

impl Default for Json {
    fn default() -> Self {
        Json::null()
    }
}

impl fmt::Debug for Json {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for Json {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Json {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        Json::new(text)
    }
}

/// What a [`Reader`] hands out. Texts are unescaped and valid until the next token; numbers keep their text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Token<'r> {
    /// The text is read to its end.
    End,
    /// `{`
    ObjectBegin,
    /// `}`
    ObjectEnd,
    /// `[`
    ArrayBegin,
    /// `]`
    ArrayEnd,
    /// A key.
    Key(&'r str),
    /// A string; may hold NUL.
    String(&'r str),
    /// A number without `.` and exponent.
    Integer(&'r str),
    /// Any other number.
    Double(&'r str),
    /// `true` or `false`.
    Bool(bool),
    /// `null`
    Null,
}

/// Reads a text token by token; builds no tree.
///
/// ```
/// use sabir::json::{Reader, Token};
///
/// let mut reader = Reader::new(r#"[1.5, "a"]"#)?;
/// assert_eq!(reader.next()?, Token::ArrayBegin);
/// assert_eq!(reader.next()?, Token::Double("1.5"));
/// assert_eq!(reader.next()?, Token::String("a"));
/// assert_eq!(reader.next()?, Token::ArrayEnd);
/// assert_eq!(reader.next()?, Token::End);
/// # Ok::<(), sabir::Error>(())
/// ```
pub struct Reader<'t> {
    raw: NonNull<sys::sabir_json_reader>,
    _text: PhantomData<&'t str>,
}

// SAFETY: a reader belongs to one owner at a time and to no thread.
unsafe impl Send for Reader<'_> {}

impl<'t> Reader<'t> {
    /// Begin to read `text`, any one value.
    ///
    /// # Errors
    /// [`ErrorCode::NoMem`].
    pub fn new(text: &'t str) -> Result<Self> {
        let mut raw = ptr::null_mut();
        // SAFETY: the text outlives the reader by `'t`; the reader is written to a place of ours.
        check(unsafe { sys::sabir_json_reader_new(text.as_ptr().cast(), text.len(), &mut raw) })?;
        let raw = NonNull::new(raw).ok_or_else(|| Error::new(ErrorCode::NoMem, "no reader"))?;
        Ok(Reader { raw, _text: PhantomData })
    }

    /// The next token.
    ///
    /// # Errors
    /// [`ErrorCode::Malformed`] with the clause that the text breaks and where.
    #[allow(
        clippy::should_implement_trait,
        reason = "a token borrows from the reader, which an Iterator's item cannot"
    )]
    pub fn next(&mut self) -> Result<Token<'_>> {
        let mut event = sys::SABIR_JSON_END;
        let mut text = sys::sabir_string { bytes: ptr::null(), len_bytes: 0 };
        // SAFETY: the reader is ours; what the token points to is valid until the next call, which `&mut self` keeps away.
        unsafe {
            check(sys::sabir_json_reader_next(self.raw.as_ptr(), &mut event, &mut text))?;
            token(event, text)
        }
    }

    /// Where the last token began, in bytes from the start of the text.
    pub fn offset_bytes(&self) -> usize {
        // SAFETY: the reader is ours.
        unsafe { sys::sabir_json_reader_offset_bytes(self.raw.as_ptr()) }
    }
}

impl Drop for Reader<'_> {
    fn drop(&mut self) {
        // SAFETY: the reader is ours and not used again.
        unsafe { sys::sabir_json_reader_free(self.raw.as_ptr()) };
    }
}

/// # Safety
/// `text` is valid for `'r`.
unsafe fn token<'r>(event: u32, text: sys::sabir_string) -> Result<Token<'r>> {
    let bytes = if text.len_bytes == 0 {
        &[]
    } else {
        // SAFETY: the caller promises it.
        unsafe { slice::from_raw_parts(text.bytes.cast::<u8>(), text.len_bytes) }
    };
    let text = std::str::from_utf8(bytes).map_err(|error| Error::new(ErrorCode::Malformed, error.to_string()))?;
    Ok(match event {
        sys::SABIR_JSON_END => Token::End,
        sys::SABIR_JSON_OBJECT_BEGIN => Token::ObjectBegin,
        sys::SABIR_JSON_OBJECT_END => Token::ObjectEnd,
        sys::SABIR_JSON_ARRAY_BEGIN => Token::ArrayBegin,
        sys::SABIR_JSON_ARRAY_END => Token::ArrayEnd,
        sys::SABIR_JSON_KEY => Token::Key(text),
        sys::SABIR_JSON_STRING => Token::String(text),
        sys::SABIR_JSON_INTEGER => Token::Integer(text),
        sys::SABIR_JSON_DOUBLE => Token::Double(text),
        sys::SABIR_JSON_TRUE => Token::Bool(true),
        sys::SABIR_JSON_FALSE => Token::Bool(false),
        sys::SABIR_JSON_NULL => Token::Null,
        other => return Err(Error::new(ErrorCode::Version, format!("the reader's event {other} is not known"))),
    })
}

macro_rules! numbers {
    ($($name:ident -> $rust:ty = $function:ident, $doc:literal;)*) => {$(
        #[doc = $doc]
        ///
        /// # Errors
        /// [`ErrorCode::BadPayload`] if it is none of the range.
        pub fn $name(token: &str) -> Result<$rust> {
            let text = sys::sabir_string { bytes: token.as_ptr().cast(), len_bytes: token.len() };
            let mut value = Default::default();
            // SAFETY: the token lives until the call has returned; the value is written to a place of ours.
            check(unsafe { sys::$function(text, &mut value) })?;
            Ok(value)
        }
    )*};
}

numbers! {
    int64 -> i64 = sabir_json_int64_get, "The integer of a token.";
    uint64 -> u64 = sabir_json_uint64_get, "The integer of a token, without sign.";
    double -> f64 = sabir_json_double_get, "The double of a token, correctly rounded.";
}

/// Writes one JSON value token by token; commas and colons come by themselves. The first error sticks and is what
/// [`Writer::finish`] returns.
///
/// ```
/// use sabir::json::Writer;
///
/// let mut writer = Writer::new()?;
/// writer.object_begin().key("n").int64(9007199254740993).key("l").array_begin().double(1.0).array_end().object_end();
/// assert_eq!(writer.finish()?.as_str(), r#"{"n":9007199254740993,"l":[1.0]}"#);
/// # Ok::<(), sabir::Error>(())
/// ```
pub struct Writer(NonNull<sys::sabir_json_writer>);

// SAFETY: a writer belongs to one owner at a time and to no thread.
unsafe impl Send for Writer {}

macro_rules! tokens {
    ($($name:ident $(($value:ident: $rust:ty))? = $function:ident, $doc:literal;)*) => {$(
        #[doc = $doc]
        pub fn $name(&mut self $(, $value: $rust)?) -> &mut Self {
            // SAFETY: the writer is ours; an error sticks in it until `finish`.
            unsafe { sys::$function(self.0.as_ptr() $(, $value)?) };
            self
        }
    )*};
}

macro_rules! texts {
    ($($name:ident = $function:ident, $doc:literal;)*) => {$(
        #[doc = $doc]
        pub fn $name(&mut self, text: &str) -> &mut Self {
            // SAFETY: the writer is ours and copies the text; an error sticks in it until `finish`.
            unsafe { sys::$function(self.0.as_ptr(), text.as_ptr().cast::<c_char>(), text.len()) };
            self
        }
    )*};
}

impl Writer {
    /// A writer with an empty text.
    ///
    /// # Errors
    /// [`ErrorCode::NoMem`].
    pub fn new() -> Result<Self> {
        let mut raw = ptr::null_mut();
        // SAFETY: the writer is written to a place of ours.
        check(unsafe { sys::sabir_json_writer_new(&mut raw) })?;
        NonNull::new(raw).map(Writer).ok_or_else(|| Error::new(ErrorCode::NoMem, "no writer"))
    }

    tokens! {
        object_begin = sabir_json_writer_object_begin, "`{`";
        object_end = sabir_json_writer_object_end, "`}`";
        array_begin = sabir_json_writer_array_begin, "`[`";
        array_end = sabir_json_writer_array_end, "`]`";
        null = sabir_json_writer_null, "`null`";
        int64(value: i64) = sabir_json_writer_int64, "An integer.";
        uint64(value: u64) = sabir_json_writer_uint64, "An integer without sign.";
        double(value: f64) = sabir_json_writer_double, "A double, shortest that reads back equal; NaN and infinities are an error.";
        bool(value: bool) = sabir_json_writer_bool, "`true` or `false`";
    }

    texts! {
        key = sabir_json_writer_key, "A key; its value comes next.";
        string = sabir_json_writer_string, "A string.";
        json = sabir_json_writer_json, "One whole value that is JSON text already; it is checked.";
    }

    /// The text.
    ///
    /// # Errors
    /// The first error of the tokens, or [`ErrorCode::State`] if a value is open.
    pub fn finish(self) -> Result<Json> {
        let mut bytes = ptr::null();
        let mut len = 0;
        // SAFETY: the writer is ours; the text is valid until the next call on it and copied before.
        let text = unsafe {
            check(sys::sabir_json_writer_text_get(self.0.as_ptr(), &mut bytes, &mut len))?;
            slice::from_raw_parts(bytes.cast::<u8>(), len)
        };
        String::from_utf8(text.to_vec()).map(Json).map_err(|error| Error::new(ErrorCode::Value, error.to_string()))
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        // SAFETY: the writer is ours and not used again.
        unsafe { sys::sabir_json_writer_free(self.0.as_ptr()) };
    }
}
