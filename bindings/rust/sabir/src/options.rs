//! How an actor runs: its mailbox, its thread.

use std::time::Duration;

use sabir_sys as sys;

use crate::actor_ref::ActorRef;
use crate::error::{Error, ErrorCode, Result, check};
use crate::failure::OnFailure;
use crate::timer::nanoseconds;
use crate::types::c_text;

/// What happens when a mailbox is full.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Overload {
    /// The sender gets [`ErrorCode::Full`].
    #[default]
    Fail,
    /// The new message is a dead letter.
    DropNewest,
    /// The oldest queued message is a dead letter.
    DropOldest,
}

/// How the operating system schedules an actor's thread.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Scheduling {
    /// Like any other thread.
    #[default]
    Normal,
    /// First in, first out, with a real-time priority of 1 to 99.
    Fifo(u32),
    /// Round robin, with a real-time priority of 1 to 99.
    RoundRobin(u32),
}

/// The thread of an actor. A permission that is missing is logged and the actor runs without it, unless it is `strict`.
///
/// ```
/// use sabir::{Scheduling, ThreadConfig};
///
/// let pinned = ThreadConfig::with_affinity(vec![0]);
/// let fast = ThreadConfig { scheduling: Scheduling::Fifo(10), name: Some("fast".into()), ..pinned };
/// assert_eq!(fast.affinity, [0]);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ThreadConfig {
    /// The CPUs that it may run on; empty: all.
    pub affinity: Vec<usize>,
    /// How it is scheduled.
    pub scheduling: Scheduling,
    /// Its name, cut to 15 bytes; default: the actor's.
    pub name: Option<String>,
    /// How long it spins before it parks; default: adaptive.
    pub spin: Option<Duration>,
    /// An option that cannot be had makes the start fail.
    pub strict: bool,
}

impl ThreadConfig {
    /// A thread that runs on these CPUs, numbered from 0.
    pub fn with_affinity(cpus: Vec<usize>) -> Self {
        ThreadConfig { affinity: cpus, ..ThreadConfig::default() }
    }

    /// A thread of that scheduling.
    pub fn with_scheduling(scheduling: Scheduling) -> Self {
        ThreadConfig { scheduling, ..ThreadConfig::default() }
    }

    /// # Safety
    /// `actor` is valid and not managed yet.
    unsafe fn apply(&self, actor: *mut sys::sabir_actor) -> Result<()> {
        let cpus = self.affinity.iter().map(|cpu| u32::try_from(*cpu)).collect::<std::result::Result<Vec<u32>, _>>();
        let cpus = cpus.map_err(|_| Error::new(ErrorCode::Inval, format!("there is no CPU {:?}", self.affinity)))?;
        let (policy, priority) = match self.scheduling {
            Scheduling::Normal => (0, 0),
            Scheduling::Fifo(priority) => (1, priority),
            Scheduling::RoundRobin(priority) => (2, priority),
        };
        // SAFETY: the actor is valid; everything else is copied.
        unsafe {
            if !cpus.is_empty() {
                check(sys::sabir_actor_set_cpus(actor, cpus.as_ptr(), cpus.len()))?;
            }
            if self.scheduling != Scheduling::Normal {
                check(sys::sabir_actor_set_scheduling(actor, policy, priority))?;
            }
            if let Some(name) = &self.name {
                check(sys::sabir_actor_set_thread_name(actor, c_text(name, "a thread's name")?.as_ptr()))?;
            }
            if let Some(spin) = self.spin {
                check(sys::sabir_actor_set_spin_ns(actor, nanoseconds(spin)?))?;
            }
            check(sys::sabir_actor_set_strict(actor, self.strict))
        }
    }
}

/// How an actor is managed; every part has a default.
///
/// ```
/// use sabir::{Options, Overload, ThreadConfig};
///
/// let options = Options::from(ThreadConfig::with_affinity(vec![0])).capacity(4).overload(Overload::DropOldest);
/// assert_eq!(options.capacity_msgs, Some(4));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Options {
    /// The mailbox's capacity in messages, 0: unbounded; default 65 536.
    pub capacity_msgs: Option<usize>,
    /// What happens when the mailbox is full.
    pub overload: Overload,
    /// Who is told with a [`HighWater`](crate::HighWater) when so many messages are queued.
    pub high_water: Option<(usize, ActorRef)>,
    /// A local actor cannot be reached from other nodes.
    pub local: bool,
    /// What happens when a handler fails.
    pub on_failure: OnFailure,
    /// Its thread.
    pub thread: ThreadConfig,
}

impl Options {
    /// The defaults.
    pub fn new() -> Self {
        Options::default()
    }

    /// The mailbox holds so many messages; 0: unbounded.
    pub fn capacity(mut self, capacity_msgs: usize) -> Self {
        self.capacity_msgs = Some(capacity_msgs);
        self
    }

    /// What happens when the mailbox is full.
    pub fn overload(mut self, overload: Overload) -> Self {
        self.overload = overload;
        self
    }

    /// Tell `to` with a [`HighWater`](crate::HighWater) when so many messages are queued: once, and again only after the queue has
    /// been seen below the mark.
    pub fn high_water(mut self, high_water_msgs: usize, to: &ActorRef) -> Self {
        self.high_water = Some((high_water_msgs, to.clone()));
        self
    }

    /// What happens when a handler fails.
    pub fn on_failure(mut self, on_failure: OnFailure) -> Self {
        self.on_failure = on_failure;
        self
    }

    /// The actor cannot be reached from other nodes.
    pub fn local(mut self) -> Self {
        self.local = true;
        self
    }

    /// # Safety
    /// `actor` is valid and not managed yet.
    pub(crate) unsafe fn apply(&self, actor: *mut sys::sabir_actor) -> Result<()> {
        let overload = match self.overload {
            Overload::Fail => sys::SABIR_OVERLOAD_FAIL,
            Overload::DropNewest => sys::SABIR_OVERLOAD_DROP_NEWEST,
            Overload::DropOldest => sys::SABIR_OVERLOAD_DROP_OLDEST,
        };
        // SAFETY: the actor is valid.
        unsafe {
            if let Some(capacity_msgs) = self.capacity_msgs {
                check(sys::sabir_actor_set_capacity_msgs(actor, capacity_msgs))?;
            }
            check(sys::sabir_actor_set_overload(actor, overload))?;
            if let Some((high_water_msgs, to)) = &self.high_water {
                check(sys::sabir_actor_set_high_water(actor, *high_water_msgs, to.as_ptr()))?;
            }
            check(sys::sabir_actor_set_local(actor, self.local))?;
            self.on_failure.apply(actor)?;
            self.thread.apply(actor)
        }
    }
}

impl From<ThreadConfig> for Options {
    fn from(thread: ThreadConfig) -> Self {
        Options { thread, ..Options::default() }
    }
}
