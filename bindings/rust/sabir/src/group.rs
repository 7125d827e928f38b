//! A group: many actors on a few worker threads.

use std::ffi::CString;
use std::fmt;
use std::ptr::{self, NonNull};

use sabir_sys as sys;

use crate::actor::Actor;
use crate::actor_ref::ActorRef;
use crate::error::{Error, ErrorCode, Result, check};
use crate::manager::ManagerRef;
use crate::options::Options;

/// Manages actors that share a few worker threads instead of having one each. An actor is still handled by one thread at a time
/// and in order; which worker that is changes from turn to turn. The group itself lives as long as its manager.
///
/// ```
/// use sabir::{handle_messages, Context, Manager, Message};
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
///     fn on_add(&mut self, add: &Add, _: &mut Context) -> Total {
///         self.total += add.amount;
///         Total { amount: self.total }
///     }
/// }
/// handle_messages!(Adder, Add => on_add);
///
/// let mut manager = Manager::new()?;
/// let pool = manager.group("pool", 2)?;
/// let adders = (0..1000)
///     .map(|number| pool.manage(&format!("adder{number}"), Adder::default()))
///     .collect::<sabir::Result<Vec<_>>>()?;
/// manager.start()?;
/// let total: Total = adders[999].ask(Add { amount: 7 }, Duration::from_secs(10))?;
/// assert_eq!(total.amount, 7);
/// # Ok::<(), sabir::Error>(())
/// ```
pub struct Group<'m> {
    manager: &'m ManagerRef,
    raw: NonNull<sys::sabir_group>,
}

// SAFETY: the core takes a group from any thread; it is never changed through this handle.
unsafe impl Send for Group<'_> {}
// SAFETY: as above.
unsafe impl Sync for Group<'_> {}

impl<'m> Group<'m> {
    pub(crate) fn new(manager: &'m ManagerRef, name: &CString, workers: usize) -> Result<Self> {
        let mut raw = ptr::null_mut();
        // SAFETY: the manager is valid; the group is written to a place of ours and stays the manager's.
        check(unsafe { sys::sabir_group_new(manager.as_raw(), name.as_ptr(), workers, &mut raw) })?;
        let raw = NonNull::new(raw).ok_or_else(|| Error::new(ErrorCode::NoMem, "no group"))?;
        Ok(Group { manager, raw })
    }

    /// As [`ManagerRef::manage`], on the group's workers.
    ///
    /// # Errors
    /// As [`ManagerRef::manage`].
    pub fn manage<A: Actor>(&self, name: &str, actor: A) -> Result<ActorRef> {
        self.manage_with(name, actor, Options::default())
    }

    /// As [`ManagerRef::manage_with`], on the group's workers; thread options are not used.
    ///
    /// # Errors
    /// As [`ManagerRef::manage_with`].
    pub fn manage_with<A: Actor>(&self, name: &str, actor: A, options: impl Into<Options>) -> Result<ActorRef> {
        // SAFETY: the group is this manager's.
        unsafe { self.manager.manage_in(self.raw.as_ptr(), name, actor, &options.into()) }
    }

    /// How many workers it has.
    pub fn workers(&self) -> usize {
        // SAFETY: the group lives as long as its manager, which we borrow.
        unsafe { sys::sabir_group_workers(self.raw.as_ptr()) }
    }
}

impl fmt::Debug for Group<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Group").field("workers", &self.workers()).finish()
    }
}
