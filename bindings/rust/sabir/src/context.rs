//! What a handler may do with the message in hand.

use std::cell::OnceCell;
use std::ffi::c_int;
use std::fmt;
use std::marker::PhantomData;
use std::ptr;
use std::time::Duration;

use sabir_sys as sys;

use crate::actor_ref::ActorRef;
use crate::error::{Result, SendError, check};
use crate::manager::ManagerRef;
use crate::message::Message;
use crate::object;
use crate::reply::ReplyToken;
use crate::sendable::{Sendable, Way};
use crate::timer::Timer;
use crate::timer::{FOREVER, nanoseconds};
use crate::value::Value;

/// What a handler may do with the message in hand. It belongs to the call that got it.
pub struct Context<'a> {
    raw: *mut sys::sabir_context,
    manager: OnceCell<ManagerRef>, // most handlers do not ask for it
    _call: PhantomData<&'a mut ()>,
}

/// The name that users of actors-rust know.
pub type ActorContext<'a> = Context<'a>;

impl Context<'_> {
    /// # Safety
    /// `raw` is valid for `'a`, on this thread, and this is its only Context at a time.
    #[inline]
    pub(crate) unsafe fn new(raw: *mut sys::sabir_context) -> Self {
        Context { raw, manager: OnceCell::new(), _call: PhantomData }
    }

    pub(crate) fn as_raw(&self) -> *mut sys::sabir_context {
        self.raw
    }

    /// The actor's own ref.
    pub fn self_ref(&self) -> ActorRef {
        // SAFETY: the context is valid; its ref is borrowed and counted by the clone.
        unsafe { ActorRef::borrowed(sys::sabir_context_self(self.raw)) }.expect("an actor has a ref")
    }

    /// Whoever sent the message in hand.
    pub fn sender(&self) -> Option<ActorRef> {
        // SAFETY: as in `self_ref`.
        unsafe { ActorRef::borrowed(sys::sabir_context_sender(self.raw)) }
    }

    /// The actor's manager.
    pub fn manager(&self) -> &ManagerRef {
        // SAFETY: the context is valid, and its manager outlives it.
        self.manager.get_or_init(|| unsafe { ManagerRef::borrowed(sys::sabir_context_manager(self.raw)) })
    }

    /// Send `message` to `to` as this actor: replies come back to it.
    ///
    /// # Errors
    /// As [`ActorRef::send`].
    #[inline]
    pub fn send<T: Sendable>(&mut self, to: &ActorRef, message: T) -> Result<(), SendError<T>> {
        // SAFETY: the context is valid, and so is its ref.
        to.send_from(message, unsafe { sys::sabir_context_self(self.raw) })
    }

    /// As [`ActorRef::fast_send`], with this actor as the sender.
    ///
    /// # Errors
    /// As [`ActorRef::fast_send`].
    pub fn fast_send<Req: Message, Rep: Message>(&mut self, to: &ActorRef, request: &Req) -> Result<Option<Rep>> {
        // SAFETY: the context is valid, and so is its ref.
        to.fast_send_from(request, unsafe { sys::sabir_context_self(self.raw) }, 0, FOREVER)
    }

    /// As [`ActorRef::fast_send_timeout`], with this actor as the sender.
    ///
    /// # Errors
    /// As [`ActorRef::fast_send_timeout`].
    pub fn fast_send_timeout<Req: Message, Rep: Message>(
        &mut self,
        to: &ActorRef,
        request: &Req,
        timeout: Duration,
    ) -> Result<Option<Rep>> {
        // SAFETY: the context is valid, and so is its ref.
        to.fast_send_from(request, unsafe { sys::sabir_context_self(self.raw) }, 0, nanoseconds(timeout)?)
    }

    /// Answer whoever sent the message in hand, by whatever way it came. A handler may also return its reply.
    ///
    /// # Errors
    /// [`NoEnt`](crate::ErrorCode::NoEnt) if the message names no sender or was answered already, and those of
    /// [`ActorRef::send`].
    #[inline]
    pub fn reply<T: Sendable>(&mut self, message: T) -> Result<(), SendError<T>> {
        message.travel(&mut ReplyWay { context: self.raw })
    }

    /// Move the right to answer out of the handler: the token answers later, from any thread.
    ///
    /// # Errors
    /// [`NoEnt`](crate::ErrorCode::NoEnt) if there is nobody to answer;
    /// [`Unsupported`](crate::ErrorCode::Unsupported) if the message came by `fast_send`.
    pub fn reply_take(&mut self) -> Result<ReplyToken> {
        let takes_objects = ReplyWay { context: self.raw }.takes_objects();
        let mut token = ptr::null_mut();
        // SAFETY: the context is valid; the token is written to a place of ours.
        check(unsafe { sys::sabir_context_reply_take(self.raw, &mut token) })?;
        // SAFETY: the call succeeded, so the token is ours.
        Ok(unsafe { ReplyToken::from_raw(token, takes_objects) })
    }

    /// Send this actor one [`Timeout`](crate::Timeout) after `delay`.
    ///
    /// # Errors
    /// As [`Timer::once`].
    pub fn once(&mut self, delay: Duration) -> Result<Timer> {
        Timer::once(&self.self_ref(), delay)
    }

    /// Send this actor a [`Timeout`](crate::Timeout) every `period`, first after one period.
    ///
    /// # Errors
    /// As [`Timer::periodic`].
    pub fn periodic(&mut self, period: Duration) -> Result<Timer> {
        Timer::periodic(&self.self_ref(), period)
    }

    /// Send this actor a [`Timeout`](crate::Timeout) each time the wall clock comes to a multiple of `period`, plus `offset`.
    ///
    /// # Errors
    /// As [`Timer::aligned`].
    pub fn aligned(&mut self, period: Duration, offset: Duration) -> Result<Timer> {
        Timer::aligned(&self.self_ref(), period, offset)
    }

    /// Be told once, by a [`Down`](crate::Down), when that actor ends, in this process or in another; at once if it has ended
    /// already. A restart of it is no end; one of this actor ends its watches. To watch it twice is to watch it once.
    ///
    /// # Errors
    /// [`Unhandled`](crate::ErrorCode::Unhandled) if this actor has no handler for `Down`,
    /// [`Unsupported`](crate::ErrorCode::Unsupported) if the other node is not known to speak v1, and, of another process, those
    /// of [`ActorRef::send`].
    pub fn watch(&mut self, other: &ActorRef) -> Result<()> {
        // SAFETY: the context is valid, and so are the refs.
        check(unsafe { sys::sabir_ref_watch(other.as_ptr(), sys::sabir_context_self(self.raw)) })
    }

    /// Do not be told of its end. A `Down` that is under way still comes.
    ///
    /// # Errors
    /// [`NoEnt`](crate::ErrorCode::NoEnt) if it is not watched.
    pub fn unwatch(&mut self, other: &ActorRef) -> Result<()> {
        // SAFETY: as in `watch`.
        check(unsafe { sys::sabir_ref_unwatch(other.as_ptr(), sys::sabir_context_self(self.raw)) })
    }

    /// Stop this actor when the handler has returned; queued messages become dead letters.
    pub fn stop(&mut self) {
        // SAFETY: the context is valid.
        unsafe { sys::sabir_context_stop(self.raw) };
    }

    /// End every wait and run of the manager.
    pub fn terminate(&self) {
        self.manager().terminate();
    }
}

impl fmt::Debug for Context<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Context").field("actor", &self.self_ref()).field("sender", &self.sender()).finish()
    }
}

/// The way back to whoever sent the message in hand.
struct ReplyWay {
    context: *mut sys::sabir_context,
}

impl Way for ReplyWay {
    /// A sender of our language takes Rust values, and so does an ask whose request was one. A fast_send from outside any actor
    /// names no sender; its request tells.
    fn takes_objects(&self) -> bool {
        // SAFETY: the context is valid, and so are its sender and its message.
        unsafe {
            let sender = sys::sabir_context_sender(self.context);
            if !sender.is_null() {
                return sys::sabir_ref_language(sender) == object::language();
            }
            let message = sys::sabir_context_message(self.context);
            !message.is_null() && !sys::sabir_message_object_get(message, object::language()).is_null()
        }
    }

    #[inline]
    fn put_value(&mut self, value: Value<'_>) -> c_int {
        // SAFETY: the context is valid; the value is the struct of its type.
        unsafe { sys::sabir_context_reply_value(self.context, value.ty().as_ptr(), value.as_ptr()) }
    }

    unsafe fn put_message(&mut self, message: *mut sys::sabir_message) -> c_int {
        // SAFETY: the context is valid; the message is the caller's to give away.
        unsafe { sys::sabir_context_reply(self.context, message) }
    }
}
