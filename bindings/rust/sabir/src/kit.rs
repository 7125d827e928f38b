//! The test kit: actors without threads, time that moves only when it is told to, probes that stand where other actors will stand.
//!
//! ```
//! use sabir::kit::Kit;
//! use sabir::{handle_messages, Context, Message};
//! use std::time::Duration;
//!
//! #[derive(Message)]
//! struct Multiply { a: i64, b: i64 }
//! #[derive(Message, Debug, PartialEq)]
//! struct Product { value: i64 }
//!
//! struct Calculator;
//! impl Calculator {
//!     fn on_multiply(&mut self, task: &Multiply, _: &mut Context) -> Product {
//!         Product { value: task.a * task.b }
//!     }
//! }
//! handle_messages!(Calculator, Multiply => on_multiply);
//!
//! let kit = Kit::new()?;
//! let calculator = kit.manage("calculator", Calculator)?;
//! let mut client = kit.probe("client")?;
//! kit.start()?;
//! calculator.send(Multiply { a: 7, b: 6 }, client.actor_ref())?;
//! assert_eq!(client.expect::<Product>()?, Product { value: 42 });
//! client.expect_none(Duration::from_secs(1))?;
//! assert_eq!(kit.now(), Duration::from_secs(1));
//! # Ok::<(), sabir::Error>(())
//! ```
//!
//! One message is handled at a time, by the thread that steps, in an order that is the same each time. To wait is to step: a
//! probe's wait lets the actors run and then, within its time, time pass. A probe works with a [`Manager`] too, and then really
//! waits.

use std::ffi::c_int;
use std::fmt;
use std::marker::PhantomData;
use std::ops::Deref;
use std::ptr::{self, NonNull};
use std::time::Duration;

use sabir_sys as sys;

use crate::actor_ref::ActorRef;
use crate::config::Config;
use crate::error::{Error, ErrorCode, Result, check};
use crate::manager::{Manager, ManagerRef};
use crate::message::Message;
use crate::object::{self, CoreMessage};
use crate::timer::nanoseconds;
use crate::types::{Type, c_text};

/// A manager without threads: it does something only when it is stepped. It derefs to a [`ManagerRef`].
#[derive(Debug)]
pub struct Kit {
    manager: Manager,
    /// Stepped by one thread at a time.
    _one_thread: PhantomData<*mut ()>,
}

impl Kit {
    /// A kit; its time is 0.
    ///
    /// # Errors
    /// As [`Manager::new`].
    pub fn new() -> Result<Self> {
        let manager = Manager::with_config(&Config::new()?.stepped(true)?)?;
        Ok(Kit { manager, _one_thread: PhantomData })
    }

    /// Start every actor, on this thread.
    ///
    /// # Errors
    /// As [`Manager::start`].
    pub fn start(&self) -> Result<()> {
        // SAFETY: the manager is valid.
        check(unsafe { sys::sabir_manager_start(self.as_raw()) })
    }

    /// Let the actors handle `max_msgs` messages; how many there were. Time stands still.
    ///
    /// # Errors
    /// [`ErrorCode::Forked`].
    pub fn step(&self, max_msgs: u64) -> Result<u64> {
        let mut handled = 0;
        // SAFETY: the manager is valid; the number is written to a place of ours.
        check(unsafe { sys::sabir_kit_step(self.as_raw(), max_msgs, &mut handled) })?;
        Ok(handled)
    }

    /// Step until nobody has anything to do; how many messages that were.
    ///
    /// # Errors
    /// As [`Kit::step`].
    pub fn rest(&self) -> Result<u64> {
        self.step(u64::MAX / 2)
    }

    /// Let time pass: the actors come to rest, the next timer that falls due within `duration` fires, and so on.
    ///
    /// # Errors
    /// [`ErrorCode::State`] if they do not come to rest.
    pub fn advance(&self, duration: Duration) -> Result<()> {
        // SAFETY: the manager is valid.
        check(unsafe { sys::sabir_kit_advance(self.as_raw(), nanoseconds(duration)?) })
    }

    /// What has passed.
    pub fn now(&self) -> Duration {
        // SAFETY: the manager is valid.
        Duration::from_nanos(unsafe { sys::sabir_kit_now_ns(self.as_raw()) }.unsigned_abs())
    }

    /// A probe whose waits step and let no time pass, unless they say so.
    ///
    /// # Errors
    /// As [`Probe::new`].
    pub fn probe(&self, name: &str) -> Result<Probe<'_>> {
        Probe::new(self, name, Duration::ZERO)
    }
}

impl Deref for Kit {
    type Target = ManagerRef;

    fn deref(&self) -> &ManagerRef {
        &self.manager
    }
}

/// An address that keeps whatever is sent to it.
pub struct Probe<'a> {
    raw: NonNull<sys::sabir_probe>,
    timeout: Duration,
    sender: Option<ActorRef>,
    _manager: PhantomData<&'a ManagerRef>,
}

type Call = unsafe extern "C" fn(
    *mut sys::sabir_probe,
    *const sys::sabir_type,
    i64,
    *mut *mut sys::sabir_message,
    *mut *mut sys::sabir_ref,
) -> c_int;

impl<'a> Probe<'a> {
    /// In any manager, which finds it by its name. Its waits take `timeout` at most unless they say otherwise.
    ///
    /// # Errors
    /// [`ErrorCode::Exist`] if the name is taken, [`ErrorCode::Inval`], [`ErrorCode::Reserved`].
    pub fn new(manager: &'a ManagerRef, name: &str, timeout: Duration) -> Result<Self> {
        let name = c_text(name, "a probe's name")?;
        let mut raw = ptr::null_mut();
        // SAFETY: the manager is valid, and outlives the probe; that is written to a place of ours.
        check(unsafe { sys::sabir_probe_new(manager.as_raw(), name.as_ptr(), &mut raw) })?;
        let raw = NonNull::new(raw).ok_or_else(|| Error::new(ErrorCode::NoMem, "no probe"))?;
        Ok(Probe { raw, timeout, sender: None, _manager: PhantomData })
    }

    /// Where messages for it go, and who it is as a sender.
    pub fn actor_ref(&self) -> ActorRef {
        // SAFETY: the probe is ours; its ref is borrowed and counted.
        unsafe { ActorRef::borrowed(sys::sabir_probe_ref(self.raw.as_ptr())) }.expect("a probe has a ref")
    }

    /// Who sent what was got last.
    pub fn sender(&self) -> Option<&ActorRef> {
        self.sender.as_ref()
    }

    /// How many messages it keeps.
    pub fn count(&self) -> usize {
        // SAFETY: the probe is ours.
        unsafe { sys::sabir_probe_count(self.raw.as_ptr()) }
    }

    /// The next message, which must be an `M`.
    ///
    /// # Errors
    /// [`ErrorCode::Mismatch`], its detail shows what came instead, which is gone then; [`ErrorCode::TimedOut`].
    pub fn expect<M: Message>(&mut self) -> Result<M> {
        self.expect_within(self.timeout)
    }

    /// As [`Probe::expect`], with a time of its own.
    ///
    /// # Errors
    /// As [`Probe::expect`].
    pub fn expect_within<M: Message>(&mut self, timeout: Duration) -> Result<M> {
        self.get(sys::sabir_probe_expect, timeout)
    }

    /// The next message that is an `M`; those before it are gone.
    ///
    /// # Errors
    /// [`ErrorCode::TimedOut`].
    pub fn fish<M: Message>(&mut self) -> Result<M> {
        self.get(sys::sabir_probe_fish, self.timeout)
    }

    /// The next messages are of these types, in this order: `&[Ping::message_type()?, Pong::message_type()?]`.
    ///
    /// # Errors
    /// As [`Probe::expect`]; the detail says which is not.
    pub fn expect_order(&mut self, types: &[Type]) -> Result<()> {
        let types: Vec<_> = types.iter().map(|ty| ty.as_ptr()).collect();
        let timeout_ns = nanoseconds(self.timeout)?;
        // SAFETY: the probe is ours; the types live until the call has returned.
        check(unsafe { sys::sabir_probe_expect_order(self.raw.as_ptr(), types.as_ptr(), types.len(), timeout_ns) })
    }

    /// Nothing comes in that time.
    ///
    /// # Errors
    /// [`ErrorCode::Mismatch`], its detail shows what came.
    pub fn expect_none(&mut self, timeout: Duration) -> Result<()> {
        // SAFETY: the probe is ours.
        check(unsafe { sys::sabir_probe_expect_none(self.raw.as_ptr(), nanoseconds(timeout)?) })
    }

    fn get<M: Message>(&mut self, call: Call, timeout: Duration) -> Result<M> {
        let ty = M::message_type()?;
        let timeout_ns = nanoseconds(timeout)?;
        let (mut raw, mut sender) = (ptr::null_mut(), ptr::null_mut());
        // SAFETY: the probe is ours; message and sender are written to places of ours. The sender lives as long as the message.
        let message = unsafe {
            check(call(self.raw.as_ptr(), ty.as_ptr(), timeout_ns, &mut raw, &mut sender))?;
            self.sender = ActorRef::borrowed(sender);
            CoreMessage::from_raw(raw)
        };
        object::take(message.ok_or_else(|| Error::new(ErrorCode::NoEnt, "the core gave no message"))?)
    }
}

impl Drop for Probe<'_> {
    fn drop(&mut self) {
        // SAFETY: the probe is ours and not used again; its manager is there still.
        unsafe { sys::sabir_probe_free(self.raw.as_ptr()) };
    }
}

impl fmt::Debug for Probe<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Probe({}, {} messages)", self.actor_ref().name(), self.count())
    }
}
