//! What a handler returns: nothing, a reply, or that it failed.

use std::fmt;

use crate::context::Context;
use crate::error::{Error, ErrorCode};
use crate::message::Message;
use crate::sendable::{JsonMessage, Sendable};

/// Why a handler failed: any error, or words. It is no error itself, so that `?` makes one of every error.
///
/// ```
/// use sabir::Failure;
///
/// fn count(text: &str) -> Result<i64, Failure> {
///     if text.is_empty() {
///         return Err("there is nothing to count".into());
///     }
///     Ok(text.parse::<i64>()?)
/// }
/// assert_eq!(count("x").unwrap_err().to_words(), "invalid digit found in string");
/// ```
pub struct Failure {
    code: ErrorCode,
    words: String,
}

impl Failure {
    /// The payload is not what the handler can take: the sender gets a Reject `bad_payload`, the actor has not failed.
    pub fn bad_payload(words: impl Into<String>) -> Self {
        Failure { code: ErrorCode::BadPayload, words: words.into() }
    }

    /// Why, in words.
    pub fn to_words(&self) -> &str {
        &self.words
    }

    pub(crate) fn code(&self) -> ErrorCode {
        self.code
    }

    /// What the core found wrong with a message before its handler saw it.
    pub(crate) fn of_receiving(error: &Error) -> Self {
        let code = match error.code() {
            // Another Rust type of the same name: the payload does not fit, the actor is well.
            ErrorCode::Mismatch | ErrorCode::Unsupported => ErrorCode::BadPayload,
            code => code,
        };
        Failure { code, words: error.detail().to_owned() }
    }
}

impl fmt::Debug for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code, self.words)
    }
}

impl<E: fmt::Display> From<E> for Failure {
    fn from(error: E) -> Self {
        Failure { code: ErrorCode::Failed, words: error.to_string() }
    }
}

/// What a handler may return: `()`, a message (the reply), `Option` of it, `Result` of any of these.
///
/// A returned reply goes the way of [`Context::reply`]; if the message names nobody to answer, it is dropped.
#[diagnostic::on_unimplemented(
    message = "a handler cannot return `{Self}`",
    note = "a handler returns `()`, a message, `Option` of a message, or `Result` of any of these with any error"
)]
pub trait Outcome {
    #[doc(hidden)]
    fn settle(self, context: &mut Context<'_>) -> Result<(), Failure>;
}

impl Outcome for () {
    #[inline]
    fn settle(self, _context: &mut Context<'_>) -> Result<(), Failure> {
        Ok(())
    }
}

#[inline]
fn reply<T: Sendable>(message: T, context: &mut Context<'_>) -> Result<(), Failure> {
    match context.reply(message) {
        Err(failed) if failed.code() != ErrorCode::NoEnt => Err(format!("the reply was not sent: {failed}").into()),
        _ => Ok(()),
    }
}

impl<M: Message> Outcome for M {
    #[inline]
    fn settle(self, context: &mut Context<'_>) -> Result<(), Failure> {
        reply(self, context)
    }
}

impl Outcome for Box<dyn Message> {
    fn settle(self, context: &mut Context<'_>) -> Result<(), Failure> {
        reply(self, context)
    }
}

impl Outcome for JsonMessage {
    fn settle(self, context: &mut Context<'_>) -> Result<(), Failure> {
        reply(self, context)
    }
}

impl<T: Outcome> Outcome for Option<T> {
    #[inline]
    fn settle(self, context: &mut Context<'_>) -> Result<(), Failure> {
        self.map_or(Ok(()), |outcome| outcome.settle(context))
    }
}

impl<T: Outcome, E: Into<Failure>> Outcome for Result<T, E> {
    #[inline]
    fn settle(self, context: &mut Context<'_>) -> Result<(), Failure> {
        self.map_err(Into::into)?.settle(context)
    }
}
