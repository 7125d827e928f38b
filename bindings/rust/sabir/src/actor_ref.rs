//! The address of an actor: in this process or in another, in any language; the caller cannot tell which.

use std::ffi::{c_int, c_void};
use std::fmt;
use std::hash::{Hash, Hasher};
use std::mem::MaybeUninit;
use std::ptr::{self, NonNull};
use std::time::Duration;

use sabir_sys as sys;

use crate::builtin::Reject;
use crate::error::{AskError, Error, ErrorCode, Result, SendError, check};
use crate::message::Message;
use crate::object::{self, CoreMessage};
use crate::panics;
use crate::sendable::{self, Sendable, Way};
use crate::timer::{FOREVER, nanoseconds};
use crate::types::borrowed_text;
use crate::value::Value;

/// The address of an actor. Clones are cheap, outlive their actor, and then say
/// [`Closed`](crate::ErrorCode::Closed).
pub struct ActorRef(NonNull<sys::sabir_ref>);

// SAFETY: every call on a ref may come from any thread.
unsafe impl Send for ActorRef {}
// SAFETY: as above.
unsafe impl Sync for ActorRef {}

/// Who replies go to: `None`, an [`ActorRef`], a `&ActorRef` or an `Option` of one.
pub trait Sender {
    #[doc(hidden)]
    fn as_raw(&self) -> *mut sys::sabir_ref;
}

impl Sender for ActorRef {
    fn as_raw(&self) -> *mut sys::sabir_ref {
        self.as_ptr()
    }
}

impl Sender for &ActorRef {
    fn as_raw(&self) -> *mut sys::sabir_ref {
        self.as_ptr()
    }
}

impl Sender for Option<ActorRef> {
    fn as_raw(&self) -> *mut sys::sabir_ref {
        self.as_ref().map_or(ptr::null_mut(), ActorRef::as_ptr)
    }
}

/// Replies of `Rep` up to this size need no allocation.
const SMALL_REPLY: usize = 256;

impl ActorRef {
    /// # Safety
    /// `raw` is the caller's to give away, or NULL.
    pub(crate) unsafe fn from_raw(raw: *mut sys::sabir_ref) -> Option<Self> {
        NonNull::new(raw).map(ActorRef)
    }

    /// # Safety
    /// `raw` is valid, or NULL.
    pub(crate) unsafe fn borrowed(raw: *mut sys::sabir_ref) -> Option<Self> {
        let raw = NonNull::new(raw)?;
        // SAFETY: the caller's; one more owner is us.
        unsafe { sys::sabir_ref_retain(raw.as_ptr()) };
        Some(ActorRef(raw))
    }

    #[inline]
    pub(crate) fn as_ptr(&self) -> *mut sys::sabir_ref {
        self.0.as_ptr()
    }

    /// Queue `message` for the actor and return at once; delivery is in send order per sender. Replies go to `sender`.
    ///
    /// ```
    /// # use sabir::{handle_messages, Context, Manager, Message};
    /// # #[derive(Message)] struct Ping { count: i64 }
    /// # struct Pong;
    /// # impl Pong { fn on_ping(&mut self, _: &Ping, _: &mut Context) {} }
    /// # handle_messages!(Pong, Ping => on_ping);
    /// # let mut manager = Manager::new()?;
    /// # let pong = manager.manage("pong", Pong)?;
    /// # manager.start()?;
    /// pong.send(Ping { count: 1 }, None)?;
    /// pong.send(Box::new(Ping { count: 2 }) as Box<dyn Message>, None)?;
    /// # Ok::<(), sabir::Error>(())
    /// ```
    ///
    /// # Errors
    /// The message comes back with one of [`Full`](ErrorCode::Full), [`Closed`](ErrorCode::Closed),
    /// [`Unhandled`](ErrorCode::Unhandled), [`Value`](ErrorCode::Value), and for an actor of another node also
    /// [`Down`](ErrorCode::Down), [`TooBig`](ErrorCode::TooBig), [`Refused`](ErrorCode::Refused),
    /// [`Unbound`](ErrorCode::Unbound).
    #[inline]
    pub fn send<T: Sendable>(&self, message: T, sender: impl Sender) -> Result<(), SendError<T>> {
        self.send_from(message, sender.as_raw())
    }

    /// [`ActorRef::send`] without a sender: nobody will get a reply.
    ///
    /// # Errors
    /// As [`ActorRef::send`].
    #[inline]
    pub fn tell<T: Sendable>(&self, message: T) -> Result<(), SendError<T>> {
        self.send_from(message, ptr::null_mut())
    }

    #[inline]
    pub(crate) fn send_from<T: Sendable>(&self, message: T, sender: *mut sys::sabir_ref) -> Result<(), SendError<T>> {
        message.travel(&mut RefWay { to: self.as_ptr(), sender })
    }

    /// Let a local actor handle `request` now, in this thread, and return its reply; queued messages are overtaken. Nothing is
    /// queued, and for messages of plain numbers nothing is allocated. `None`: the handler did not reply.
    ///
    /// # Errors
    /// [`Remote`](ErrorCode::Remote): the actor is in another process, use [`ActorRef::ask`].
    /// [`Reentrant`](ErrorCode::Reentrant), [`Deadlock`](ErrorCode::Deadlock): waiting for the actor would never end.
    /// [`Failed`](ErrorCode::Failed): its handler failed. [`Mismatch`](ErrorCode::Mismatch): it replied with another type.
    /// [`Closed`](ErrorCode::Closed), [`Unhandled`](ErrorCode::Unhandled).
    #[inline]
    pub fn fast_send<Req: Message, Rep: Message>(&self, request: &Req) -> Result<Option<Rep>> {
        self.fast_send_from(request, ptr::null_mut(), 0, FOREVER)
    }

    /// As [`ActorRef::fast_send`], waiting for the actor no longer than `timeout`; zero: not at all. A handler that has begun is
    /// not given up.
    ///
    /// # Errors
    /// [`TimedOut`](ErrorCode::TimedOut): the actor was not free in time; the request was not handled, and will not be. And
    /// those of [`ActorRef::fast_send`].
    pub fn fast_send_timeout<Req: Message, Rep: Message>(
        &self,
        request: &Req,
        timeout: Duration,
    ) -> Result<Option<Rep>> {
        self.fast_send_from(request, ptr::null_mut(), 0, nanoseconds(timeout)?)
    }

    /// As [`ActorRef::fast_send`], after what was queued at this moment.
    ///
    /// # Errors
    /// As [`ActorRef::fast_send`].
    pub fn fast_send_ordered<Req: Message, Rep: Message>(&self, request: &Req) -> Result<Option<Rep>> {
        self.fast_send_from(request, ptr::null_mut(), sys::SABIR_FAST_ORDERED, FOREVER)
    }

    #[inline]
    pub(crate) fn fast_send_from<Req: Message, Rep: Message>(
        &self,
        request: &Req,
        sender: *mut sys::sabir_ref,
        flags: u32,
        timeout_ns: i64,
    ) -> Result<Option<Rep>> {
        if Req::is_flat() && Rep::is_flat() {
            self.fast_values(request, sender, flags, timeout_ns)
        } else {
            self.fast_messages(request, sender, flags, timeout_ns)
        }
    }

    /// Both structs on this stack.
    #[inline]
    fn fast_values<Req: Message, Rep: Message>(
        &self,
        request: &Req,
        sender: *mut sys::sabir_ref,
        flags: u32,
        timeout_ns: i64,
    ) -> Result<Option<Rep>> {
        let reply_type = Rep::message_type()?;
        let mut room = MaybeUninit::<[u128; SMALL_REPLY / size_of::<u128>()]>::uninit();
        let mut replied = false;
        let code = request.lend(&mut |value| {
            let (ty, bytes) = (value.ty().as_ptr(), value.as_ptr());
            let (to, reply_type, room) = (self.as_ptr(), reply_type.as_ptr(), room.as_mut_ptr().cast::<c_void>());
            let replied = &mut replied;
            // SAFETY: request and reply are structs of their types; a flat reply fits into the room (Message::is_flat).
            unsafe {
                if timeout_ns < 0 {
                    sys::sabir_ref_fast_send(to, sender, ty, bytes, reply_type, room, SMALL_REPLY, flags, replied)
                } else {
                    let room_bytes = SMALL_REPLY;
                    sys::sabir_ref_fast_send_timed(
                        to, sender, ty, bytes, reply_type, room, room_bytes, flags, timeout_ns, replied,
                    )
                }
            }
        })?;
        check(code)?;
        if !replied {
            return Ok(None);
        }
        // SAFETY: the core has written a struct of the reply's type into the room.
        unsafe { Rep::load_own(room.as_ptr().cast()) }.map(Some)
    }

    /// Anything else: the request lent as it is to a Rust actor, the reply in whatever form it comes.
    fn fast_messages<Req: Message, Rep: Message>(
        &self,
        request: &Req,
        sender: *mut sys::sabir_ref,
        flags: u32,
        timeout_ns: i64,
    ) -> Result<Option<Rep>> {
        let mut head = None;
        let message = if self.takes_objects() {
            // SAFETY: the handler runs in this very call, in this thread, and the message is freed before it ends.
            unsafe { object::lend_object(request.type_of()?, request, &mut head) }?
        } else {
            CoreMessage::of_message(request)?
        };
        let mut reply = ptr::null_mut();
        // SAFETY: the request stays ours; the reply is written to a place of ours.
        let code = unsafe {
            let request = message.as_ptr();
            sys::sabir_ref_fast_send_message_timed(self.as_ptr(), sender, request, flags, timeout_ns, &mut reply)
        };
        check(code)?;
        // SAFETY: a reply is ours.
        unsafe { CoreMessage::from_raw(reply) }.map(object::take).transpose()
    }

    /// Send `request` and wait for its one outcome, local or remote.
    ///
    /// # Errors
    /// [`TimedOut`](ErrorCode::TimedOut), [`Rejected`](ErrorCode::Rejected) with the [`Reject`],
    /// [`Down`](ErrorCode::Down) if the link to the peer was lost, [`Reentrant`](ErrorCode::Reentrant) and
    /// [`Deadlock`](ErrorCode::Deadlock) if waiting would never end, and those of [`ActorRef::send`].
    pub fn ask<Req: Sendable, Rep: Message>(&self, request: Req, timeout: Duration) -> Result<Rep, AskError> {
        let message = sendable::pack(request, self.takes_objects())?;
        let timeout_ns = nanoseconds(timeout)?;
        let mut reply = ptr::null_mut();
        // SAFETY: the request is given away in every case; the reply is written to a place of ours.
        let code = unsafe { sys::sabir_ref_ask(self.as_ptr(), message.into_raw(), timeout_ns, &mut reply) };
        // SAFETY: a reply is ours.
        asked(code, unsafe { CoreMessage::from_raw(reply) })
    }

    /// As [`ActorRef::ask`] without waiting: `done` is called exactly once, on any thread, if this returns `Ok`; it must not
    /// block.
    ///
    /// # Errors
    /// Those of [`ActorRef::send`]; `done` will not be called then.
    pub fn ask_then<Req, Rep, F>(&self, request: Req, timeout: Duration, done: F) -> Result<()>
    where
        Req: Sendable,
        Rep: Message,
        F: FnOnce(Result<Rep, AskError>) + Send + 'static,
    {
        let message = sendable::pack(request, self.takes_objects())?;
        let timeout_ns = nanoseconds(timeout)?;
        let user_data = Box::into_raw(Box::new(done)).cast::<c_void>();
        // SAFETY: the request is given away in every case; `ask_done` takes the closure back, once.
        let code = unsafe {
            sys::sabir_ref_ask_async(self.as_ptr(), message.into_raw(), timeout_ns, Some(ask_done::<Rep, F>), user_data)
        };
        check(code).inspect_err(|_| {
            // SAFETY: the core will not call, so the closure is ours still.
            drop(unsafe { Box::from_raw(user_data.cast::<F>()) });
        })
    }

    /// The actor's name.
    pub fn name(&self) -> &str {
        // SAFETY: the name is valid as long as the ref.
        unsafe { borrowed_text(sys::sabir_ref_name(self.as_ptr())) }.unwrap_or_default()
    }

    /// The endpoint of the actor's node; `None` if it has none.
    pub fn endpoint(&self) -> Option<&str> {
        // SAFETY: the endpoint is valid as long as the ref.
        unsafe { borrowed_text(sys::sabir_ref_endpoint(self.as_ptr())) }
    }

    #[inline]
    pub(crate) fn takes_objects(&self) -> bool {
        takes_objects(self.as_ptr())
    }
}

#[inline]
fn takes_objects(to: *mut sys::sabir_ref) -> bool {
    // SAFETY: the ref is valid.
    unsafe { sys::sabir_ref_language(to) == object::language() }
}

/// What an ask ends with.
pub(crate) fn asked<Rep: Message>(code: c_int, reply: Option<CoreMessage>) -> Result<Rep, AskError> {
    match reply {
        Some(reply) if code == sys::SABIR_OK => Ok(object::take(reply)?),
        Some(reply) if code == sys::SABIR_EREJECTED => {
            Err(AskError { error: Error::of_call(code), reject: object::take::<Reject>(reply).ok().map(Box::new) })
        }
        None if code == sys::SABIR_OK => Err(Error::new(ErrorCode::NoEnt, "an answer without a reply").into()),
        _ => Err(Error::of_call(code).into()),
    }
}

unsafe extern "C" fn ask_done<Rep, F>(user_data: *mut c_void, code: c_int, reply: *mut sys::sabir_message)
where
    Rep: Message,
    F: FnOnce(Result<Rep, AskError>) + Send + 'static,
{
    panics::contain(|| {
        // SAFETY: the core calls this once with the closure of `ask_then`; the reply is ours.
        let (done, reply) = unsafe { (Box::from_raw(user_data.cast::<F>()), CoreMessage::from_raw(reply)) };
        done(asked(code, reply));
    });
}

impl Clone for ActorRef {
    fn clone(&self) -> Self {
        // SAFETY: the ref is valid; one more owner is the clone.
        unsafe { sys::sabir_ref_retain(self.as_ptr()) };
        ActorRef(self.0)
    }
}

impl Drop for ActorRef {
    fn drop(&mut self) {
        // SAFETY: one owner less, and it was us.
        unsafe { sys::sabir_ref_release(self.as_ptr()) };
    }
}

impl PartialEq for ActorRef {
    fn eq(&self, other: &Self) -> bool {
        // SAFETY: both are valid.
        unsafe { sys::sabir_ref_equal(self.as_ptr(), other.as_ptr()) }
    }
}

impl Eq for ActorRef {}

impl Hash for ActorRef {
    fn hash<H: Hasher>(&self, state: &mut H) {
        // Equal refs have one name and one endpoint.
        self.name().hash(state);
        self.endpoint().hash(state);
    }
}

impl fmt::Debug for ActorRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ActorRef({}", self.name())?;
        if let Some(endpoint) = self.endpoint() {
            write!(f, " at {endpoint}")?;
        }
        f.write_str(")")
    }
}

/// The way to an actor's mailbox.
struct RefWay {
    to: *mut sys::sabir_ref,
    sender: *mut sys::sabir_ref,
}

impl Way for RefWay {
    #[inline]
    fn takes_objects(&self) -> bool {
        takes_objects(self.to)
    }

    #[inline]
    fn put_value(&mut self, value: Value<'_>) -> c_int {
        // SAFETY: both refs are valid; the value is the struct of its type.
        unsafe { sys::sabir_ref_send_value(self.to, value.ty().as_ptr(), value.as_ptr(), self.sender) }
    }

    #[inline]
    unsafe fn put_message(&mut self, message: *mut sys::sabir_message) -> c_int {
        // SAFETY: both refs are valid; the message is the caller's to give away.
        unsafe { sys::sabir_ref_send(self.to, message, self.sender) }
    }
}
