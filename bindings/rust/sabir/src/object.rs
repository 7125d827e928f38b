//! Rust values as messages: what a core message carries between Rust actors of one program, and how a receiver looks into it.
//!
//! ```text
//!   sabir_message { object --> Carried { head { message: &dyn Message, move_to, free } , load: T } }
//! ```
//! The language tag is the address of a static of this very copy of the crate: two libraries that both contain it (a program and
//! a plugin) have different tags, never look into each other's values, and meet over the C struct instead.

use std::ffi::c_void;
use std::mem::{self, ManuallyDrop, MaybeUninit};
use std::ptr::{self, NonNull};
use std::sync::atomic::AtomicU8;

use sabir_sys as sys;

use crate::error::{Error, ErrorCode, Result, check};
use crate::message::Message;
use crate::panics;
use crate::types::Type;
use crate::value::Value;

/// The tag of this copy of the crate.
#[inline]
pub(crate) fn language() -> *const c_void {
    // A static that can change is never merged with another one.
    static TAG: AtomicU8 = AtomicU8::new(0);
    ptr::from_ref(&TAG).cast()
}

/// A message of the core, owned.
pub(crate) struct CoreMessage(NonNull<sys::sabir_message>);

// SAFETY: a message belongs to one owner at a time and to no thread; what it carries is `Send`.
unsafe impl Send for CoreMessage {}

impl CoreMessage {
    /// # Safety
    /// `raw` is the caller's to give away, or NULL.
    pub(crate) unsafe fn from_raw(raw: *mut sys::sabir_message) -> Option<Self> {
        NonNull::new(raw).map(CoreMessage)
    }

    /// The struct, copied into a message.
    pub(crate) fn of_value(value: Value<'_>) -> Result<Self> {
        let mut raw = ptr::null_mut();
        // SAFETY: the value is the struct of its type and is copied; the message is written to a place of ours.
        check(unsafe { sys::sabir_message_new(value.ty().as_ptr(), value.as_ptr(), &mut raw) })?;
        NonNull::new(raw).map(CoreMessage).ok_or_else(no_message)
    }

    /// JSON text of that type.
    pub(crate) fn of_json(ty: Type, json: &str) -> Result<Self> {
        let mut raw = ptr::null_mut();
        // SAFETY: the text is copied; the message is written to a place of ours.
        check(unsafe { sys::sabir_message_new_json(ty.as_ptr(), json.as_ptr().cast(), json.len(), &mut raw) })?;
        NonNull::new(raw).map(CoreMessage).ok_or_else(no_message)
    }

    /// The message's C form, whatever the receiver speaks.
    pub(crate) fn of_message(message: &dyn Message) -> Result<Self> {
        let mut made = Err(no_message());
        message.lend(&mut |value| {
            made = CoreMessage::of_value(value);
            sys::SABIR_OK
        })?;
        made
    }

    #[inline]
    pub(crate) fn as_ptr(&self) -> *mut sys::sabir_message {
        self.0.as_ptr()
    }

    /// The message, given to the core.
    #[inline]
    pub(crate) fn into_raw(self) -> *mut sys::sabir_message {
        ManuallyDrop::new(self).0.as_ptr()
    }
}

impl Drop for CoreMessage {
    fn drop(&mut self) {
        // SAFETY: the message is ours and not used again.
        unsafe { sys::sabir_message_free(self.0.as_ptr()) };
    }
}

#[cold]
fn no_message() -> Error {
    Error::new(ErrorCode::NoMem, "no message")
}

/// What every carried value begins with.
pub(crate) struct Head {
    /// The value itself, wherever it lies.
    message: Option<NonNull<dyn Message>>,
    /// Move the value to `to`, which has room for it, and free the rest. None: the value is only lent.
    move_to: Option<unsafe fn(head: *mut Head, to: *mut u8)>,
    /// The core must not drop the value: it is lent, or not yet given.
    kept: bool,
}

#[repr(C)]
struct Carried<T> {
    head: Head,
    load: T,
}

/// What can lie in a [`Carried`]: a message, or a box of one.
pub(crate) trait Load: Send + Sized + 'static {
    fn as_message(&self) -> &dyn Message;
    /// # Safety
    /// `to` has room for the message itself.
    unsafe fn move_to(self, to: *mut u8);
}

impl<M: Message> Load for M {
    #[inline]
    fn as_message(&self) -> &dyn Message {
        self
    }

    #[inline]
    unsafe fn move_to(self, to: *mut u8) {
        // SAFETY: the caller gives room for us.
        unsafe { to.cast::<M>().write(self) };
    }
}

impl Load for Box<dyn Message> {
    fn as_message(&self) -> &dyn Message {
        &**self
    }

    unsafe fn move_to(self, to: *mut u8) {
        let size = mem::size_of_val(&*self);
        let raw = Box::into_raw(self);
        // SAFETY: the value moves bytewise to the caller's room; its old place is then freed without dropping it.
        unsafe {
            ptr::copy_nonoverlapping(raw.cast::<u8>(), to, size);
            drop(Box::from_raw(raw as *mut ManuallyDrop<dyn Message>));
        }
    }
}

/// A core message that carries `load` itself; on failure it is given back.
pub(crate) fn carry<T: Load>(ty: Type, load: T) -> Result<CoreMessage, (T, Error)> {
    let head = Head { message: None, move_to: Some(move_out::<T>), kept: true };
    let carried = Box::into_raw(Box::new(Carried { head, load }));
    let mut raw = ptr::null_mut();
    // SAFETY: the box is ours until the core has taken it; `free` leaves it alone as long as it is kept, which spans a failure.
    unsafe {
        (*carried).head.message = Some(NonNull::from((*carried).load.as_message()));
        let code = sys::sabir_message_new_object(ty.as_ptr(), language(), carried.cast(), Some(free::<T>), &mut raw);
        if code != sys::SABIR_OK {
            return Err((Box::from_raw(carried).load, Error::of_call(code)));
        }
        (*carried).head.kept = false;
    }
    // SAFETY: the call succeeded, so the message is ours.
    Ok(unsafe { CoreMessage::from_raw(raw) }.expect("the core made a message"))
}

/// What `carry` put into `message`, out of it again.
///
/// # Safety
/// `message` was made by `carry::<T>`.
pub(crate) unsafe fn uncarry<T: Load>(message: CoreMessage) -> T {
    // SAFETY: the object is a `Carried<T>` of this crate, and once taken the core will not drop it.
    unsafe {
        let object = sys::sabir_message_object_take(message.as_ptr(), language());
        Box::from_raw(object.cast::<Carried<T>>()).load
    }
}

/// The head of a message that is only lent, and the core message that carries it; both must not outlive the message.
///
/// # Safety
/// The core message is freed before `message` goes away, and moves to no other thread.
pub(crate) unsafe fn lend_object<M: Message>(ty: Type, message: &M, head: &mut Option<Head>) -> Result<CoreMessage> {
    let head = head.insert(Head { message: Some(NonNull::from(message as &dyn Message)), move_to: None, kept: true });
    let mut raw = ptr::null_mut();
    // SAFETY: the head lives as long as the core message, says the caller; without `drop` the core only passes it on.
    check(unsafe {
        sys::sabir_message_new_object(ty.as_ptr(), language(), ptr::from_mut(head).cast(), None, &mut raw)
    })?;
    // SAFETY: the call succeeded, so the message is ours.
    unsafe { CoreMessage::from_raw(raw) }.ok_or_else(no_message)
}

/// The `drop` of a carried value.
unsafe extern "C" fn free<T: Load>(object: *mut c_void) {
    // SAFETY: the core gives back what `carry` gave it, once.
    unsafe {
        let carried = object.cast::<Carried<T>>();
        if !(*carried).head.kept {
            panics::contain(|| drop(Box::from_raw(carried)));
        }
    }
}

/// # Safety
/// `head` is that of a `Carried<T>` that the core no longer owns; `to` has room for the message itself.
unsafe fn move_out<T: Load>(head: *mut Head, to: *mut u8) {
    // SAFETY: the caller's.
    unsafe { Box::from_raw(head.cast::<Carried<T>>()).load.move_to(to) };
}

/// A received message as its Rust type: the sender's own value, or one made of the C struct.
pub(crate) enum Received<'a, M> {
    Lent(&'a M),
    Made(M),
}

impl<M> Received<'_, M> {
    #[inline]
    pub(crate) fn get(&self) -> &M {
        match self {
            Received::Lent(message) => message,
            Received::Made(message) => message,
        }
    }
}

/// Look into a message that stays the core's.
///
/// # Safety
/// `message` is valid for `'a` and nobody changes or takes what it carries meanwhile.
#[inline]
pub(crate) unsafe fn receive<'a, M: Message>(message: *mut sys::sabir_message) -> Result<Received<'a, M>> {
    // SAFETY: the caller's; an object of our language is a `Head`.
    unsafe {
        let head = sys::sabir_message_object_get(message, language()).cast::<Head>();
        if head.is_null() {
            return load_value(message).map(Received::Made);
        }
        let carried = carried_message(head);
        match carried.downcast_ref::<M>() {
            Some(own) => Ok(Received::Lent(own)),
            None => load_other(carried).map(Received::Made),
        }
    }
}

/// Take the Rust value out of a message that is ours.
pub(crate) fn take<M: Message>(message: CoreMessage) -> Result<M> {
    // SAFETY: the message is ours; an object of our language is a `Head`, and once taken the core will not drop it.
    unsafe {
        let head = sys::sabir_message_object_get(message.as_ptr(), language()).cast::<Head>();
        if head.is_null() {
            return load_value(message.as_ptr());
        }
        let carried = carried_message(head);
        let (true, Some(move_to)) = (carried.downcast_ref::<M>().is_some(), (*head).move_to) else {
            return load_other(carried);
        };
        sys::sabir_message_object_take(message.as_ptr(), language());
        let mut place = MaybeUninit::<M>::uninit();
        move_to(head, place.as_mut_ptr().cast());
        Ok(place.assume_init())
    }
}

/// # Safety
/// `head` is one of this crate, valid for `'a`.
unsafe fn carried_message<'a>(head: *mut Head) -> &'a dyn Message {
    // SAFETY: the caller's; a head that was given to the core knows its message.
    unsafe { (*head).message.expect("a carried message").as_ref() }
}

/// # Safety
/// `message` is valid.
#[inline]
unsafe fn load_value<M: Message>(message: *mut sys::sabir_message) -> Result<M> {
    let ty = M::message_type()?;
    let mut bytes = ptr::null();
    // SAFETY: the message is valid; the struct is of the type that we asked for and lives as long as the message.
    unsafe {
        check(sys::sabir_message_value_get(message, ty.as_ptr(), &mut bytes))?;
        M::load_own(bytes)
    }
}

/// Another Rust type under the same name: over the C struct.
#[cold]
fn load_other<M: Message>(message: &dyn Message) -> Result<M> {
    let mut made = Err(Error::new(ErrorCode::Mismatch, format!("this {} is another Rust type", M::name())));
    message.lend(&mut |value| {
        made = M::load(value);
        sys::SABIR_OK
    })?;
    made
}
