//! Publishing: who asked an actor to be told.

use std::ffi::c_char;
use std::fmt;
use std::ptr::{self, NonNull};

use sabir_sys as sys;

use crate::actor_ref::ActorRef;
use crate::builtin::{Down, LinkDown, Reject, Subscribe, Unsubscribe};
use crate::context::Context;
use crate::error::{Error, ErrorCode, Result, check};
use crate::message::Message;
use crate::types::c_text;

/// The subscribers of an actor, by topic. Those that have stopped are dropped by themselves.
///
/// ```
/// use sabir::{handle_messages, Context, Message, Result, Subscribe, Subscribers, Unsubscribe};
///
/// #[derive(Message)]
/// struct Price { cents: i64 }
///
/// struct Ticker { subscribers: Subscribers }
///
/// impl Ticker {
///     fn on_subscribe(&mut self, subscribe: &Subscribe, context: &mut Context) -> Result<()> {
///         self.subscribers.on_subscribe(subscribe, context)
///     }
///     fn on_unsubscribe(&mut self, unsubscribe: &Unsubscribe, context: &mut Context) -> Result<()> {
///         self.subscribers.on_unsubscribe(unsubscribe, context)
///     }
///     fn on_price(&mut self, price: &Price, context: &mut Context) -> Result<()> {
///         self.subscribers.publish(price, Some("AAPL"), context)?;
///         Ok(())
///     }
/// }
/// handle_messages!(Ticker, Subscribe => on_subscribe, Unsubscribe => on_unsubscribe, Price => on_price);
/// # let _ = Ticker { subscribers: Subscribers::new()? };
/// # Ok::<(), sabir::Error>(())
/// ```
pub struct Subscribers(NonNull<sys::sabir_subscribers>);

// SAFETY: it belongs to one actor, and to whatever thread runs that.
unsafe impl Send for Subscribers {}

fn bytes_of(topic: Option<&str>) -> (*const c_char, usize) {
    topic.map_or((ptr::null(), 0), |topic| (topic.as_ptr().cast(), topic.len()))
}

impl Subscribers {
    /// Nobody yet.
    ///
    /// # Errors
    /// [`ErrorCode::NoMem`].
    pub fn new() -> Result<Self> {
        let mut raw = ptr::null_mut();
        // SAFETY: written to a place of ours.
        check(unsafe { sys::sabir_subscribers_new(&mut raw) })?;
        NonNull::new(raw).map(Subscribers).ok_or_else(|| Error::new(ErrorCode::NoMem, "no subscribers"))
    }

    /// Subscribe an actor to `topic`, or to everything. Twice is once.
    ///
    /// # Errors
    /// [`ErrorCode::NoMem`].
    pub fn add(&mut self, subscriber: &ActorRef, topic: Option<&str>) -> Result<()> {
        let (bytes, len_bytes) = bytes_of(topic);
        // SAFETY: all are valid; the topic is copied.
        check(unsafe { sys::sabir_subscribers_add(self.0.as_ptr(), subscriber.as_ptr(), bytes, len_bytes) })
    }

    /// Take back one subscription, or all of them; `false` if there was none.
    pub fn remove(&mut self, subscriber: &ActorRef, topic: Option<&str>) -> bool {
        let (bytes, len_bytes) = bytes_of(topic);
        // SAFETY: all are valid.
        unsafe {
            sys::sabir_subscribers_remove(self.0.as_ptr(), subscriber.as_ptr(), bytes, len_bytes) == sys::SABIR_OK
        }
    }

    /// What an actor does with a [`Subscribe`]. If it handles [`Down`], it watches the subscriber from now on, and gives that Down to
    /// [`on_down`](Self::on_down).
    ///
    /// # Errors
    /// [`ErrorCode::NoEnt`] if it names no sender, [`ErrorCode::NoMem`].
    pub fn on_subscribe(&mut self, subscribe: &Subscribe, context: &Context) -> Result<()> {
        let sender = context.sender();
        let sender = sender.ok_or_else(|| Error::new(ErrorCode::NoEnt, "a Subscribe names no sender"))?;
        self.add(&sender, subscribe.topic.as_deref())?;
        // SAFETY: both are valid. Whom it cannot watch is dropped when a message does not reach it.
        unsafe { sys::sabir_ref_watch(sender.as_ptr(), context.self_ref().as_ptr()) };
        Ok(())
    }

    /// What an actor does with an [`Unsubscribe`].
    ///
    /// # Errors
    /// None that is known.
    pub fn on_unsubscribe(&mut self, unsubscribe: &Unsubscribe, context: &Context) -> Result<()> {
        if let Some(sender) = context.sender() {
            self.remove(&sender, unsubscribe.topic.as_deref());
        }
        Ok(())
    }

    /// A subscriber has ended, here or in another process, or is out of sight: it is dropped.
    ///
    /// # Errors
    /// [`ErrorCode::Inval`]: a text holds a NUL.
    pub fn on_down(&mut self, down: &Down) -> Result<()> {
        let (name, endpoint) = (c_text(&down.name, "a name")?, c_text(&down.endpoint, "an endpoint")?);
        let reason = c_text(&down.reason, "a reason")?;
        // SAFETY: the texts live until the call has returned.
        unsafe {
            sys::sabir_subscribers_down(self.0.as_ptr(), name.as_ptr(), endpoint.as_ptr(), reason.as_ptr());
        }
        Ok(())
    }

    /// The link to a node is lost: all its subscribers are gone. For actors that publish to other processes.
    pub fn on_link_down(&mut self, down: &LinkDown) {
        // SAFETY: the text is valid.
        unsafe {
            sys::sabir_subscribers_link_down(self.0.as_ptr(), down.endpoint.as_ptr().cast(), down.endpoint.len());
        }
    }

    /// A message came back: if that says that the subscriber is gone, it is dropped. For actors that publish to other processes.
    ///
    /// # Errors
    /// [`ErrorCode::Inval`]: a text holds a NUL.
    pub fn on_reject(&mut self, reject: &Reject) -> Result<()> {
        let (code, target) = (c_text(&reject.code, "a code")?, c_text(&reject.target, "a name")?);
        let rejected_by = c_text(&reject.rejected_by, "an endpoint")?;
        // SAFETY: the texts live until the call has returned.
        unsafe {
            sys::sabir_subscribers_rejected(self.0.as_ptr(), code.as_ptr(), target.as_ptr(), rejected_by.as_ptr());
        }
        Ok(())
    }

    /// Send `message` to whoever asked for `topic` or for everything, with this actor as the sender; how many it was sent to. One
    /// that cannot be reached now misses it, one that has stopped is dropped.
    ///
    /// # Errors
    /// [`ErrorCode::Value`], [`ErrorCode::NoMem`]: the message cannot be carried; nobody was told.
    pub fn publish<M: Message>(&mut self, message: &M, topic: Option<&str>, context: &Context) -> Result<usize> {
        let sender = context.self_ref();
        let (bytes, len_bytes) = bytes_of(topic);
        let mut reached = 0;
        let code = message.lend(&mut |value| {
            // SAFETY: all are valid; the value is the struct of its type.
            unsafe {
                sys::sabir_subscribers_publish(
                    self.0.as_ptr(),
                    bytes,
                    len_bytes,
                    value.ty().as_ptr(),
                    value.as_ptr(),
                    sender.as_ptr(),
                    &mut reached,
                )
            }
        })?;
        check(code)?;
        Ok(reached)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        // SAFETY: valid.
        unsafe { sys::sabir_subscribers_count(self.0.as_ptr()) }
    }

    /// Whether there is nobody.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl Drop for Subscribers {
    fn drop(&mut self) {
        // SAFETY: ours and not used again.
        unsafe { sys::sabir_subscribers_free(self.0.as_ptr()) };
    }
}

impl fmt::Debug for Subscribers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Subscribers").field("count", &self.len()).finish()
    }
}
