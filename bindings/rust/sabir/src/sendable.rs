//! How a message takes a way out of this crate: as itself to Rust actors of this program, as the C struct to all others.

use std::ffi::c_int;

use sabir_sys as sys;

use crate::error::{Error, ErrorCode, SendError, check};
use crate::json::Json;
use crate::message::Message;
use crate::object::{self, CoreMessage, Load};
use crate::types::Type;
use crate::value::Value;

/// What can be sent: a [`Message`], boxed or not, a `Box<dyn Message>`, or a [`JsonMessage`].
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be sent",
    note = "messages, `Box<dyn Message>` and `JsonMessage` can; write `#[derive(sabir::Message)]` on the struct"
)]
pub trait Sendable: Sized {
    /// Try the way; what could not go is given back.
    #[doc(hidden)]
    fn travel<W: Way>(self, way: &mut W) -> Result<(), SendError<Self>>;
}

/// A way: to a ref, to whoever waits for a reply.
#[doc(hidden)]
pub trait Way {
    /// Whether Rust values of this copy of the crate can go it.
    fn takes_objects(&self) -> bool;
    /// Whether a few plain numbers better go it as the struct.
    fn prefers_values(&self) -> bool {
        true
    }
    /// Send the struct.
    fn put_value(&mut self, value: Value<'_>) -> c_int;
    /// Send the message, which is consumed on `SABIR_OK`.
    ///
    /// # Safety
    /// `message` is the caller's to give away.
    unsafe fn put_message(&mut self, message: *mut sys::sabir_message) -> c_int;
}

/// A message of a type that is known only by name, with its payload as JSON text.
///
/// ```
/// use sabir::{JsonMessage, Type};
///
/// let message = JsonMessage::new(Type::open("demo.Any")?, r#"{"n": 1}"#.parse()?);
/// assert_eq!(message.ty.name(), "demo.Any");
/// # Ok::<(), sabir::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JsonMessage {
    /// Its type.
    pub ty: Type,
    /// Its payload, an object.
    pub payload: Json,
}

impl JsonMessage {
    /// A message of that type and payload.
    pub fn new(ty: Type, payload: Json) -> Self {
        JsonMessage { ty, payload }
    }
}

impl Sendable for JsonMessage {
    fn travel<W: Way>(self, way: &mut W) -> Result<(), SendError<Self>> {
        let gone = CoreMessage::of_json(self.ty, self.payload.as_str()).and_then(|message| put(way, message));
        gone.map_err(|error| SendError { message: self, error })
    }
}

impl<M: Message> Sendable for M {
    #[inline]
    fn travel<W: Way>(self, way: &mut W) -> Result<(), SendError<Self>> {
        if M::is_flat() && way.prefers_values() || !way.takes_objects() {
            return as_value(&self, way).map_err(|error| SendError { message: self, error });
        }
        as_object(self, way)
    }
}

impl Sendable for Box<dyn Message> {
    fn travel<W: Way>(self, way: &mut W) -> Result<(), SendError<Self>> {
        if !way.takes_objects() {
            return as_value(&*self, way).map_err(|error| SendError { message: self, error });
        }
        as_object(self, way)
    }
}

/// How the box of one message travels: for programs of the older family, which box everything. Derived for each message, since
/// Rust does not let it stand beside the one for all messages.
#[doc(hidden)]
#[allow(clippy::boxed_local, reason = "the box is what the caller has")]
pub fn travel_boxed<M: Message, W: Way>(boxed: Box<M>, way: &mut W) -> Result<(), SendError<Box<M>>> {
    (*boxed).travel(way).map_err(|failed| SendError { message: Box::new(failed.message), error: failed.error })
}

#[inline]
fn as_value<M: Message + ?Sized, W: Way>(message: &M, way: &mut W) -> Result<(), Error> {
    let code = message.lend(&mut |value| way.put_value(value))?;
    check(code)
}

fn as_object<T: Load + Sendable, W: Way>(load: T, way: &mut W) -> Result<(), SendError<T>> {
    let ty = match load.as_message().type_of() {
        Ok(ty) => ty,
        Err(error) => return Err(SendError { message: load, error }),
    };
    let message = match object::carry(ty, load) {
        Ok(message) => message,
        Err((load, error)) => return Err(SendError { message: load, error }),
    };
    let raw = message.into_raw();
    // SAFETY: the message was ours to give away, and is ours again unless the way took it.
    unsafe {
        let code = way.put_message(raw);
        if code == sys::SABIR_OK {
            return Ok(());
        }
        let error = Error::of_call(code);
        let load: T = object::uncarry(CoreMessage::from_raw(raw).expect("it is not NULL"));
        if error.code() != ErrorCode::Mismatch {
            return Err(SendError { message: load, error });
        }
        // Whoever waits at the end takes no objects after all: a C caller of fast_send that named a Rust actor as its sender.
        as_value(load.as_message(), way).map_err(|error| SendError { message: load, error })
    }
}

fn put<W: Way>(way: &mut W, message: CoreMessage) -> Result<(), Error> {
    let raw = message.into_raw();
    // SAFETY: as in `as_object`.
    unsafe {
        let code = way.put_message(raw);
        if code != sys::SABIR_OK {
            let error = Error::of_call(code);
            drop(CoreMessage::from_raw(raw));
            return Err(error);
        }
    }
    Ok(())
}

/// Makes a core message of anything that can be sent, for calls that consume it in every case.
pub(crate) fn pack<T: Sendable>(sendable: T, takes_objects: bool) -> Result<CoreMessage, Error> {
    let mut pack = Pack { takes_objects, packed: None };
    sendable.travel(&mut pack)?;
    Ok(pack.packed.expect("what travelled is packed"))
}

struct Pack {
    takes_objects: bool,
    packed: Option<CoreMessage>,
}

impl Way for Pack {
    fn takes_objects(&self) -> bool {
        self.takes_objects
    }

    /// An ask whose request is an object may be answered with one.
    fn prefers_values(&self) -> bool {
        false
    }

    fn put_value(&mut self, value: Value<'_>) -> c_int {
        match CoreMessage::of_value(value) {
            Ok(message) => self.packed = Some(message),
            // The thread's detail is that of the core still.
            Err(error) => return error.code().value(),
        }
        sys::SABIR_OK
    }

    unsafe fn put_message(&mut self, message: *mut sys::sabir_message) -> c_int {
        // SAFETY: the caller gives it away.
        self.packed = unsafe { CoreMessage::from_raw(message) };
        sys::SABIR_OK
    }
}
