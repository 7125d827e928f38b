//! The right to answer, moved out of a handler.

use std::ffi::c_int;
use std::fmt;
use std::mem;
use std::ptr::NonNull;

use sabir_sys as sys;

use crate::error::{Error, SendError};
use crate::object::CoreMessage;
use crate::sendable::{Sendable, Way};
use crate::value::Value;

/// Answers one message later, from any thread. Dropped unused, an asker gets a Reject `failed`.
pub struct ReplyToken {
    raw: NonNull<sys::sabir_reply_token>,
    takes_objects: bool,
}

// SAFETY: the core takes a token from any thread; it belongs to one owner at a time.
unsafe impl Send for ReplyToken {}

impl ReplyToken {
    /// # Safety
    /// `raw` is the caller's to give away, not NULL.
    pub(crate) unsafe fn from_raw(raw: *mut sys::sabir_reply_token, takes_objects: bool) -> Self {
        ReplyToken { raw: NonNull::new(raw).expect("the core made a token"), takes_objects }
    }

    /// Answer.
    ///
    /// # Errors
    /// As [`ActorRef::send`](crate::ActorRef::send). The right to answer is used up also then.
    pub fn send<T: Sendable>(self, message: T) -> Result<(), SendError<T>> {
        message.travel(&mut TokenWay { token: Some(self) })
    }
}

impl Drop for ReplyToken {
    fn drop(&mut self) {
        // SAFETY: the token is ours and not used again.
        unsafe { sys::sabir_reply_token_free(self.raw.as_ptr()) };
    }
}

impl fmt::Debug for ReplyToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ReplyToken")
    }
}

/// The token is consumed by the first message that is ready to go.
struct TokenWay {
    token: Option<ReplyToken>,
}

impl Way for TokenWay {
    fn takes_objects(&self) -> bool {
        self.token.as_ref().is_some_and(|token| token.takes_objects)
    }

    fn put_value(&mut self, value: Value<'_>) -> c_int {
        match CoreMessage::of_value(value) {
            Ok(message) => {
                let raw = message.into_raw();
                // SAFETY: the message was ours; unless the token took it, it is ours again.
                unsafe {
                    let code = self.put_message(raw);
                    if code != sys::SABIR_OK {
                        drop(CoreMessage::from_raw(raw));
                    }
                    code
                }
            }
            Err(error) => Error::code(&error).value(),
        }
    }

    unsafe fn put_message(&mut self, message: *mut sys::sabir_message) -> c_int {
        let Some(token) = self.token.take() else { return sys::SABIR_ENOENT };
        let raw = token.raw.as_ptr();
        mem::forget(token);
        // SAFETY: the token was ours and is consumed; the message is the caller's to give away.
        unsafe { sys::sabir_reply_token_send(raw, message) }
    }
}
