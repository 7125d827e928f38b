//! Errors: the core's one table, what a failed call says in words, and the message that a failed send gives back.

use std::ffi::{CStr, c_char, c_int};
use std::fmt;

use sabir_sys as sys;

use crate::Reject;

/// What a call of this crate returns.
pub type Result<T, E = Error> = std::result::Result<T, E>;

macro_rules! codes {
    ($($variant:ident = $code:ident,)*) => {
        /// A row of the core's table of errors.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum ErrorCode {
            $(#[doc = concat!("`", stringify!($code), "`")] $variant,)*
            /// A code that this version of the crate does not know.
            Other(i32),
        }

        impl ErrorCode {
            /// Every code that this crate knows, in the order of the table.
            pub const ALL: &'static [ErrorCode] = &[$(ErrorCode::$variant),*];

            /// The code of the C function, negative.
            pub fn value(self) -> i32 {
                match self {
                    $(ErrorCode::$variant => sys::$code,)*
                    ErrorCode::Other(value) => value,
                }
            }

            pub(crate) fn from_value(value: c_int) -> Self {
                match value {
                    $(sys::$code => ErrorCode::$variant,)*
                    other => ErrorCode::Other(other),
                }
            }
        }
    };
}

codes! {
    Inval = SABIR_EINVAL,
    NoMem = SABIR_ENOMEM,
    Exist = SABIR_EEXIST,
    NoEnt = SABIR_ENOENT,
    Full = SABIR_EFULL,
    Closed = SABIR_ECLOSED,
    Mismatch = SABIR_EMISMATCH,
    TimedOut = SABIR_ETIMEDOUT,
    Reentrant = SABIR_EREENTRANT,
    Deadlock = SABIR_EDEADLOCK,
    Remote = SABIR_EREMOTE,
    Down = SABIR_EDOWN,
    TooBig = SABIR_ETOOBIG,
    Refused = SABIR_EREFUSED,
    Value = SABIR_EVALUE,
    Malformed = SABIR_EMALFORMED,
    BadPayload = SABIR_EBADPAYLOAD,
    Reserved = SABIR_ERESERVED,
    State = SABIR_ESTATE,
    Forked = SABIR_EFORKED,
    Version = SABIR_EVERSION,
    Perm = SABIR_EPERM,
    Unhandled = SABIR_EUNHANDLED,
    Failed = SABIR_EFAILED,
    Bind = SABIR_EBIND,
    Intr = SABIR_EINTR,
    Unsupported = SABIR_EUNSUPPORTED,
    Rejected = SABIR_EREJECTED,
    Io = SABIR_EIO,
    Unbound = SABIR_EUNBOUND,
}

impl ErrorCode {
    /// Its name on the wire and in reports: `FULL` for [`ErrorCode::Full`].
    ///
    /// ```
    /// assert_eq!(sabir::ErrorCode::Full.name(), "FULL");
    /// ```
    pub fn name(self) -> &'static str {
        // SAFETY: the function takes any number; what it returns is static and NUL-terminated, or NULL.
        let name = unsafe { static_text(sys::sabir_error_name(self.value())) };
        name.and_then(|name| name.strip_prefix("SABIR_E")).unwrap_or("UNKNOWN")
    }

    /// What it means, one clause in English.
    pub fn text(self) -> &'static str {
        // SAFETY: as in `name`.
        unsafe { static_text(sys::sabir_error_text(self.value())) }.unwrap_or("a code that this version does not know")
    }
}

impl fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// # Safety
/// `text` is NULL or NUL-terminated and lives as long as the process.
pub(crate) unsafe fn static_text(text: *const c_char) -> Option<&'static str> {
    if text.is_null() {
        return None;
    }
    // SAFETY: the caller promises it.
    unsafe { CStr::from_ptr(text) }.to_str().ok()
}

/// Why a call failed: a code for programs, words for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error {
    code: ErrorCode,
    detail: String,
}

impl Error {
    /// An error with its words; without any, the code's own are used.
    pub fn new(code: ErrorCode, detail: impl Into<String>) -> Self {
        Error { code, detail: detail.into() }
    }

    /// Which error it is.
    pub fn code(&self) -> ErrorCode {
        self.code
    }

    /// What, where and what to do.
    pub fn detail(&self) -> &str {
        if self.detail.is_empty() { self.code.text() } else { &self.detail }
    }

    /// The error of the call that has just returned `code` on this thread.
    #[cold]
    pub(crate) fn of_call(code: c_int) -> Self {
        Error { code: ErrorCode::from_value(code), detail: thread_detail() }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code, self.detail())
    }
}

impl std::error::Error for Error {}

/// `Ok` for `SABIR_OK`, else the error with this thread's detail.
#[inline]
pub(crate) fn check(code: c_int) -> Result<()> {
    if code == sys::SABIR_OK { Ok(()) } else { Err(Error::of_call(code)) }
}

fn thread_detail() -> String {
    let mut buffer = [0_u8; 1024];
    // SAFETY: the buffer holds what is said of it; the core writes at most that, with a NUL at its end.
    let len = unsafe { sys::sabir_error_detail_copy(buffer.as_mut_ptr().cast(), buffer.len()) };
    String::from_utf8_lossy(&buffer[..len.min(buffer.len() - 1)]).into_owned()
}

/// Leave `words` as the reason why the handler on this thread fails; a NUL in them ends them.
pub(crate) fn set_thread_detail(words: &str) {
    let end = words.find('\0').unwrap_or(words.len());
    let text = std::ffi::CString::new(&words[..end]).unwrap_or_default();
    // SAFETY: the text is NUL-terminated; the core copies it.
    unsafe { sys::sabir_error_detail_set(text.as_ptr()) };
}

/// A send that failed, with the message that was not sent.
///
/// ```
/// # use sabir::{handle_messages, ActorRef, ErrorCode, Manager, Message};
/// # #[derive(Message)] struct Job { text: String }
/// # struct Worker;
/// # impl Worker { fn on_job(&mut self, _: &Job, _: &mut sabir::Context) {} }
/// # handle_messages!(Worker, Job => on_job);
/// # let mut manager = Manager::new()?;
/// # let worker = manager.manage("worker", Worker)?;
/// # manager.start()?;
/// # manager.stop()?;
/// let failed = worker.tell(Job { text: "dig".into() }).unwrap_err();
/// assert_eq!(failed.code(), ErrorCode::Closed);
/// assert_eq!(failed.message.text, "dig");
/// # Ok::<(), sabir::Error>(())
/// ```
pub struct SendError<T> {
    /// What was to be sent.
    pub message: T,
    /// Why it was not.
    pub error: Error,
}

impl<T> SendError<T> {
    /// Which error it is.
    pub fn code(&self) -> ErrorCode {
        self.error.code()
    }

    /// What, where and what to do.
    pub fn detail(&self) -> &str {
        self.error.detail()
    }
}

impl<T> fmt::Debug for SendError<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SendError").field("error", &self.error).finish_non_exhaustive()
    }
}

impl<T> fmt::Display for SendError<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.error.fmt(f)
    }
}

impl<T> std::error::Error for SendError<T> {}

impl<T> From<SendError<T>> for Error {
    fn from(failed: SendError<T>) -> Self {
        failed.error
    }
}

/// An ask without a reply; the Reject if that was the answer.
#[derive(Debug, Clone)]
pub struct AskError {
    /// Why there is no reply.
    pub error: Error,
    /// The answer, with [`ErrorCode::Rejected`].
    pub reject: Option<Box<Reject>>,
}

impl AskError {
    /// Which error it is.
    pub fn code(&self) -> ErrorCode {
        self.error.code()
    }
}

impl fmt::Display for AskError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.reject {
            Some(reject) => write!(f, "{}: {}: {}", self.error.code(), reject.code, reject.reason),
            None => self.error.fmt(f),
        }
    }
}

impl std::error::Error for AskError {}

impl From<Error> for AskError {
    fn from(error: Error) -> Self {
        AskError { error, reject: None }
    }
}

impl From<AskError> for Error {
    fn from(failed: AskError) -> Self {
        failed.error
    }
}
