//! The messages that come with the library: the life of an actor, its timers, and what the wire says back.

use std::ffi::c_void;
use std::ptr;
use std::slice;

use sabir_sys as sys;

use crate::error::{Error, ErrorCode, Result};
use crate::message::Message;
use crate::timer::Timer;
use crate::types::Type;
use crate::value::{Borrower, Value};

/// The actor's first message: handle it to do something before any other, as [`Actor::on_start`](crate::Actor::on_start) does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Start;

/// The actor's last message: handle it to do something after all others, as [`Actor::on_stop`](crate::Actor::on_stop) does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shutdown;

/// A [`Timer`] of the actor has fired.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timeout {
    /// The timer's id.
    pub timer_id: u64,
    /// Firings of a periodic timer that fell due while this one waited to be handled.
    pub missed: u64,
}

impl Timeout {
    /// Whether it is `timer` that has fired.
    pub fn is(&self, timer: &Timer) -> bool {
        self.timer_id == timer.id()
    }
}

/// The connection to a peer is lost: of the `sent` envelopes of that connection up to `maybe_lost` did not arrive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkDown {
    /// The peer.
    pub endpoint: String,
    /// Envelopes sent on that connection.
    pub sent: u64,
    /// How many of them at most did not arrive.
    pub maybe_lost: u64,
}

/// The mailbox of an actor fills up; see [`Options::high_water`](crate::Options::high_water).
#[derive(crate::Message, Debug, Clone, PartialEq, Eq)]
pub struct HighWater {
    /// Its name.
    pub actor: String,
    /// How many messages were queued when the notice was sent.
    pub queued_msgs: u64,
}

/// An actor that this one [watches](crate::Context::watch) has ended, or is out of sight.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Down {
    /// The actor's name.
    pub name: String,
    /// Its node's endpoint; empty in a process without one.
    pub endpoint: String,
    /// `stopped`, `failed`, `unknown_target`, `lost` (the link to its node: it may well live), `refused` or `other`.
    pub reason: String,
}

/// The answer to an envelope that could not be delivered to a handler.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Reject {
    /// `unknown_target`, `unknown_type`, `bad_payload`, `mailbox_full`, `not_allowed`, `stopped`, `failed`, or `other`.
    pub code: String,
    /// For people.
    pub reason: String,
    /// The type of the envelope.
    pub message_type: String,
    /// Its target.
    pub target: String,
    /// The endpoint of the node that rejected it.
    pub rejected_by: String,
}

/// What an actor sends itself, to go on with long work after what is queued.
#[derive(crate::Message, Debug, Clone, Copy, PartialEq, Eq)]
pub struct Continue;

/// Tell me of `topic`, or of everything; whoever sends this is the subscriber. See [`Subscribers`](crate::Subscribers).
#[derive(crate::Message, Debug, Clone, PartialEq, Eq, Default)]
pub struct Subscribe {
    /// What it asks for; `None`: everything.
    pub topic: Option<String>,
}

/// No more of `topic`; without one, of nothing any more.
#[derive(crate::Message, Debug, Clone, PartialEq, Eq, Default)]
pub struct Unsubscribe {
    /// What it gives up; `None`: everything.
    pub topic: Option<String>,
}

/// Set a named value of an actor, whatever the actor makes of it.
#[derive(crate::Message, Debug, Clone, PartialEq)]
pub struct Set {
    /// Which value.
    pub name: String,
    /// What it is to be.
    pub value: crate::Json,
}

/// # Safety
/// `text` is valid.
unsafe fn owned(text: sys::sabir_string) -> String {
    if text.len_bytes == 0 {
        return String::new();
    }
    // SAFETY: the caller's.
    let bytes = unsafe { slice::from_raw_parts(text.bytes.cast::<u8>(), text.len_bytes) };
    String::from_utf8_lossy(bytes).into_owned()
}

fn text(own: &str) -> sys::sabir_string {
    sys::sabir_string { bytes: own.as_ptr().cast(), len_bytes: own.len() }
}

fn only_the_core(name: &str) -> Error {
    Error::new(ErrorCode::Reserved, format!("{name} is sent by the core alone"))
}

macro_rules! builtin {
    ($($name:ident = $function:ident, $own:ident, $borrower:ident -> $lend:expr, $from:ident -> $load:expr;)*) => {$(
        impl Message for $name {
            fn name() -> &'static str {
                stringify!($name)
            }

            fn message_type() -> Result<Type> {
                // SAFETY: returns a type that lives as long as the process.
                Type::new(unsafe { sys::$function() }).ok_or_else(|| Error::new(ErrorCode::NoEnt, "a core without types"))
            }

            fn type_of(&self) -> Result<Type> {
                Self::message_type()
            }

            fn lend(&self, $borrower: &mut Borrower<'_>) -> Result<i32> {
                let $own = self;
                $lend
            }

            fn load(value: Value<'_>) -> Result<Self> {
                if value.ty() != Self::message_type()? {
                    return Err(Error::new(ErrorCode::Mismatch, concat!("this is no ", stringify!($name))));
                }
                let $from: *const c_void = value.as_ptr();
                $load
            }
        }
    )*};
}

builtin! {
    Start = sabir_type_start, _own, _borrower -> Err(only_the_core("Start")), _from -> Ok(Start);
    Shutdown = sabir_type_shutdown, _own, _borrower -> Err(only_the_core("Shutdown")), _from -> Ok(Shutdown);
    Timeout = sabir_type_timeout, _own, _borrower -> Err(only_the_core("Timeout")), from -> {
        // SAFETY: the value is the struct of this type.
        let c = unsafe { from.cast::<sys::sabir_timeout>().read() };
        Ok(Timeout { timer_id: c.timer_id, missed: c.missed })
    };
    LinkDown = sabir_type_linkdown, _own, _borrower -> Err(only_the_core("LinkDown")), from -> {
        // SAFETY: the value is the struct of this type.
        unsafe {
            let c = from.cast::<sys::sabir_linkdown>().read();
            Ok(LinkDown { endpoint: owned(c.endpoint), sent: c.sent, maybe_lost: c.maybe_lost })
        }
    };
    Down = sabir_type_down, _own, _borrower -> Err(only_the_core("Down")), from -> {
        // SAFETY: the value is the struct of this type.
        unsafe {
            let c = from.cast::<sys::sabir_down>().read();
            Ok(Down { name: owned(c.name), endpoint: owned(c.endpoint), reason: owned(c.reason) })
        }
    };
    Reject = sabir_type_reject, own, borrower -> {
        let c = sys::sabir_reject {
            code: text(&own.code),
            reason: text(&own.reason),
            message_type: text(&own.message_type),
            target: text(&own.target),
            rejected_by: text(&own.rejected_by),
        };
        // SAFETY: this is the struct of this type; it and its texts live until the borrower has returned.
        Ok(borrower(unsafe { Value::new(Self::message_type()?, ptr::from_ref(&c).cast()) }))
    }, from -> {
        // SAFETY: the value is the struct of this type.
        unsafe {
            let c = from.cast::<sys::sabir_reject>().read();
            Ok(Reject {
                code: owned(c.code),
                reason: owned(c.reason),
                message_type: owned(c.message_type),
                target: owned(c.target),
                rejected_by: owned(c.rejected_by),
            })
        }
    };
}

/// A value of a message without fields, as the core would lend it to a handler.
pub(crate) fn fieldless<M: Message>() -> Result<M> {
    let nothing = 0_u8;
    // SAFETY: only for Start and Shutdown, whose struct has one unused byte.
    M::load(unsafe { Value::new(M::message_type()?, ptr::from_ref(&nothing).cast()) })
}
