//! What becomes of an actor whose handler failed, and supervisors, which decide it for several actors.

use std::ffi::CString;
use std::fmt;
use std::ptr::{self, NonNull};
use std::time::Duration;

use sabir_sys as sys;

use crate::actor::Actor;
use crate::actor_ref::ActorRef;
use crate::error::{Error, ErrorCode, Result, check};
use crate::manager::ManagerRef;
use crate::options::Options;
use crate::timer::nanoseconds;

/// What happens when a handler of an actor fails; to be restarted it is managed with
/// [`manage_restarting`](ManagerRef::manage_restarting).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OnFailure {
    /// The next message, with the state as it is.
    #[default]
    Resume,
    /// The end: `on_stop`, and a [`Down`](crate::Down) with the reason `failed` for those who watch it.
    Stop,
}

impl OnFailure {
    /// # Safety
    /// `actor` is valid and not managed yet.
    pub(crate) unsafe fn apply(self, actor: *mut sys::sabir_actor) -> Result<()> {
        let policy = match self {
            OnFailure::Resume => sys::SABIR_FAILURE_RESUME,
            OnFailure::Stop => sys::SABIR_FAILURE_STOP,
        };
        // SAFETY: the caller's.
        check(unsafe { sys::sabir_actor_set_on_failure(actor, policy) })
    }
}

/// How often there may be a restart, and how long before each.
///
/// ```
/// use sabir::Restart;
///
/// assert_eq!(Restart::default().limit, Some(3));
/// let patient = Restart { limit: None, ..Restart::default() };
/// assert_eq!(patient.window.as_secs(), 10);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Restart {
    /// At most so many within any `window`, 0 to 64; `None`: without a limit. One more is the end.
    pub limit: Option<u32>,
    /// The window.
    pub window: Duration,
    /// The delay before the first one; doubled with each further one within the window, and shortened at random.
    pub first_delay: Duration,
    /// The longest delay.
    pub max_delay: Duration,
}

impl Default for Restart {
    fn default() -> Self {
        Restart {
            limit: Some(3),
            window: Duration::from_secs(10),
            first_delay: Duration::from_millis(10),
            max_delay: Duration::from_secs(1),
        }
    }
}

impl Restart {
    fn limit(&self) -> u32 {
        self.limit.unwrap_or(sys::SABIR_RESTART_UNLIMITED)
    }

    /// # Safety
    /// `actor` is valid and not managed yet.
    pub(crate) unsafe fn apply(&self, actor: *mut sys::sabir_actor) -> Result<()> {
        // SAFETY: the caller's.
        unsafe {
            check(sys::sabir_actor_set_on_failure(actor, sys::SABIR_FAILURE_RESTART))?;
            check(sys::sabir_actor_set_restart_limit(actor, self.limit(), nanoseconds(self.window)?))?;
            let (first, max) = (nanoseconds(self.first_delay)?, nanoseconds(self.max_delay)?);
            check(sys::sabir_actor_set_restart_delay(actor, first, max))
        }
    }
}

/// Who is restarted when one actor of a [`Supervisor`] fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Strategy {
    /// The one that failed.
    #[default]
    OneForOne,
    /// All of them.
    AllForOne,
}

/// Restarts several actors together or one by one, and passes it on to its parent, or gives up, when that happens too often.
///
/// ```
/// use sabir::{handle_messages, Context, Failure, Manager, Message, Restart, Strategy};
/// use std::time::Duration;
///
/// #[derive(Message)]
/// struct Add { amount: i64 }
/// #[derive(Message)]
/// struct Total { amount: i64 }
///
/// #[derive(Default)]
/// struct Adder { total: i64 }
/// impl Adder {
///     fn on_add(&mut self, add: &Add, _: &mut Context) -> Result<Total, Failure> {
///         if add.amount < 0 { return Err("only more".into()); }
///         self.total += add.amount;
///         Ok(Total { amount: self.total })
///     }
/// }
/// handle_messages!(Adder, Add => on_add);
///
/// let mut manager = Manager::new()?;
/// let shop = manager.supervisor("shop", Strategy::AllForOne, Restart::default())?;
/// let adder = shop.manage("adder", Adder::default)?;
/// manager.start()?;
/// adder.tell(Add { amount: 5 })?;
/// adder.tell(Add { amount: -1 })?;
/// let total: Total = adder.ask(Add { amount: 2 }, Duration::from_secs(10))?;
/// assert_eq!(total.amount, 2, "a fresh Adder, which got what was still queued");
/// # Ok::<(), sabir::Error>(())
/// ```
pub struct Supervisor<'m> {
    manager: &'m ManagerRef,
    raw: NonNull<sys::sabir_supervisor>,
}

// SAFETY: the core takes a supervisor from any thread.
unsafe impl Send for Supervisor<'_> {}
// SAFETY: as above.
unsafe impl Sync for Supervisor<'_> {}

impl<'m> Supervisor<'m> {
    pub(crate) fn new(manager: &'m ManagerRef, name: &CString, strategy: Strategy, rule: Restart) -> Result<Self> {
        let strategy = match strategy {
            Strategy::OneForOne => sys::SABIR_STRATEGY_ONE_FOR_ONE,
            Strategy::AllForOne => sys::SABIR_STRATEGY_ALL_FOR_ONE,
        };
        let mut raw = ptr::null_mut();
        // SAFETY: the manager is valid; the supervisor is written to a place of ours and stays the manager's.
        check(unsafe { sys::sabir_supervisor_new(manager.as_raw(), name.as_ptr(), strategy, &mut raw) })?;
        // SAFETY: the supervisor is valid.
        unsafe {
            check(sys::sabir_supervisor_set_restart_limit(raw, rule.limit(), nanoseconds(rule.window)?))?;
            let (first, max) = (nanoseconds(rule.first_delay)?, nanoseconds(rule.max_delay)?);
            check(sys::sabir_supervisor_set_restart_delay(raw, first, max))?;
        }
        let raw = NonNull::new(raw).ok_or_else(|| Error::new(ErrorCode::NoMem, "no supervisor"))?;
        Ok(Supervisor { manager, raw })
    }

    /// Pass it on to `parent` when it happens too often. Before the start.
    ///
    /// # Errors
    /// [`ErrorCode::Inval`] if `parent` is below this one already, or another manager's.
    pub fn under(&self, parent: &Supervisor<'_>) -> Result<()> {
        // SAFETY: both are valid as long as their managers, which we borrow.
        check(unsafe { sys::sabir_supervisor_set_parent(self.raw.as_ptr(), parent.raw.as_ptr()) })
    }

    /// As [`ManagerRef::manage_restarting`], under this supervisor, whose rule takes the place of the actor's own.
    ///
    /// # Errors
    /// As [`ManagerRef::manage`].
    pub fn manage<A: Actor>(&self, name: &str, make: impl FnMut() -> A + Send + 'static) -> Result<ActorRef> {
        self.manage_with(name, make, Options::default())
    }

    /// As [`Supervisor::manage`], with a [`ThreadConfig`](crate::ThreadConfig) or [`Options`].
    ///
    /// # Errors
    /// As [`ManagerRef::manage_with`].
    pub fn manage_with<A: Actor>(
        &self,
        name: &str,
        make: impl FnMut() -> A + Send + 'static,
        options: impl Into<Options>,
    ) -> Result<ActorRef> {
        self.manager.manage_made(name, Box::new(make), &options.into(), |actor| {
            // SAFETY: the actor is not managed yet; the supervisor is this manager's.
            check(unsafe { sys::sabir_actor_set_supervisor(actor, self.raw.as_ptr()) })
        })
    }
}

impl fmt::Debug for Supervisor<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Supervisor")
    }
}
