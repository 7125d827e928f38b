//! A manager owns the actors and threads of one process, and its way to the other nodes.

use std::ffi::CString;
use std::fmt;
use std::ops::Deref;
use std::ptr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use sabir_sys as sys;

use crate::actor::{Actor, Maker, Unmanaged};
use crate::actor_ref::ActorRef;
use crate::config::{Config, Dialect};
use crate::dead_letter::{self, DeadLetter};
use crate::error::{Error, ErrorCode, Result, check};
use crate::failure::{Restart, Strategy, Supervisor};
use crate::group::Group;
use crate::options::Options;
use crate::snapshot::Snapshot;
use crate::tap::Tap;
use crate::timer::nanoseconds;
use crate::types::{borrowed_text, c_text};
use crate::version;

/// What may be asked of a manager by whoever only borrows it: a handler, a plugin. [`Manager`] derefs to it.
pub struct ManagerRef(*mut sys::sabir_manager);

// SAFETY: every call on a manager that is made here may come from any thread.
unsafe impl Send for ManagerRef {}
// SAFETY: as above.
unsafe impl Sync for ManagerRef {}

impl ManagerRef {
    /// # Safety
    /// `raw` outlives what is made here.
    #[inline]
    pub(crate) unsafe fn borrowed(raw: *mut sys::sabir_manager) -> Self {
        ManagerRef(raw)
    }

    /// Give an actor a name. After the start the actor starts by itself: what is sent to it is handled once its `on_start` has
    /// returned, and until then a `fast_send` gets [`ErrorCode::State`].
    ///
    /// # Errors
    /// [`ErrorCode::Exist`] if the name is taken, [`ErrorCode::Inval`] or [`ErrorCode::Reserved`] if it cannot be one,
    /// [`ErrorCode::Closed`] if the manager has stopped.
    pub fn manage<A: Actor>(&self, name: &str, actor: A) -> Result<ActorRef> {
        self.manage_with(name, actor, Options::default())
    }

    /// As [`ManagerRef::manage`], with a [`ThreadConfig`](crate::ThreadConfig) or [`Options`].
    ///
    /// # Errors
    /// As [`ManagerRef::manage`]; [`ErrorCode::Inval`] for an option that cannot be.
    pub fn manage_with<A: Actor>(&self, name: &str, actor: A, options: impl Into<Options>) -> Result<ActorRef> {
        // SAFETY: NULL stands for a thread of its own.
        unsafe { self.manage_in(ptr::null_mut(), name, actor, &options.into()) }
    }

    /// # Safety
    /// `group` is this manager's, or NULL.
    pub(crate) unsafe fn manage_in<A: Actor>(
        &self,
        group: *mut sys::sabir_group,
        name: &str,
        actor: A,
        options: &Options,
    ) -> Result<ActorRef> {
        let unmanaged = Unmanaged::new(actor, options)?;
        if !group.is_null() {
            // SAFETY: the actor is ours; the group is this manager's, says the caller.
            check(unsafe { sys::sabir_actor_set_group(unmanaged.as_ptr(), group) })?;
        }
        self.take(name, unmanaged)
    }

    /// Give a name to an actor that is restarted when a handler fails: a fresh one, made by `make`, takes its place and its
    /// mailbox, and its `on_start` runs. The timers and watches of the failed one are gone; it is dropped without `on_stop`.
    ///
    /// # Errors
    /// As [`ManagerRef::manage`]; [`ErrorCode::Inval`] for a limit or a delay that cannot be.
    pub fn manage_restarting<A: Actor>(
        &self,
        name: &str,
        make: impl FnMut() -> A + Send + 'static,
        restart: Restart,
    ) -> Result<ActorRef> {
        self.manage_made(name, Box::new(make), &Options::default(), |actor| {
            // SAFETY: the actor is not managed yet.
            unsafe { restart.apply(actor) }
        })
    }

    /// `prepare` gets the core's actor before it is managed.
    pub(crate) fn manage_made<A: Actor>(
        &self,
        name: &str,
        make: Maker<A>,
        options: &Options,
        prepare: impl FnOnce(*mut sys::sabir_actor) -> Result<()>,
    ) -> Result<ActorRef> {
        let unmanaged = Unmanaged::restarting(make, options)?;
        prepare(unmanaged.as_ptr())?;
        self.take(name, unmanaged)
    }

    fn take(&self, name: &str, unmanaged: Unmanaged) -> Result<ActorRef> {
        let name = c_text(name, "an actor's name")?;
        let mut raw = ptr::null_mut();
        // SAFETY: the manager is valid; the actor is ours until the call succeeds; the ref is written to a place of ours.
        check(unsafe { sys::sabir_manager_manage(self.0, name.as_ptr(), unmanaged.as_ptr(), &mut raw) })?;
        unmanaged.given();
        // SAFETY: the call succeeded, so the ref is ours.
        unsafe { ActorRef::from_raw(raw) }.ok_or_else(|| Error::new(ErrorCode::NoEnt, "the core gave no ref"))
    }

    /// A group of `workers` threads, 0 for one per CPU, that actors can be managed on. They start with the manager, or at once if
    /// that has started.
    ///
    /// # Errors
    /// [`ErrorCode::Inval`], [`ErrorCode::Closed`], [`ErrorCode::Io`] if a thread cannot be had.
    pub fn group(&self, name: &str, workers: usize) -> Result<Group<'_>> {
        Group::new(self, &c_text(name, "a group's name")?, workers)
    }

    /// A supervisor of actors that are restarted, one by one or all together. Make it before the start.
    ///
    /// # Errors
    /// [`ErrorCode::Inval`] for a limit or a delay that cannot be.
    pub fn supervisor(&self, name: &str, strategy: Strategy, rule: Restart) -> Result<Supervisor<'_>> {
        Supervisor::new(self, &c_text(name, "a supervisor's name")?, strategy, rule)
    }

    /// Find an actor: `name` in this process or in the one node of the peers that lists it; `name@node` at that node.
    ///
    /// # Errors
    /// [`ErrorCode::NoEnt`], [`ErrorCode::Inval`].
    pub fn find(&self, name: &str) -> Result<ActorRef> {
        let name = c_text(name, "an actor's name")?;
        let mut raw = ptr::null_mut();
        // SAFETY: the manager is valid; the ref is written to a place of ours.
        check(unsafe { sys::sabir_manager_find(self.0, name.as_ptr(), &mut raw) })?;
        // SAFETY: the call succeeded, so the ref is ours.
        unsafe { ActorRef::from_raw(raw) }.ok_or_else(|| Error::new(ErrorCode::NoEnt, "the core gave no ref"))
    }

    /// A ref to the actor `name` at `endpoint`. Replies to that endpoint are allowed from now on.
    ///
    /// # Errors
    /// [`ErrorCode::Inval`] if the name or the endpoint cannot be one, [`ErrorCode::Reserved`].
    pub fn remote(&self, name: &str, endpoint: &str) -> Result<ActorRef> {
        self.remote_in(name, endpoint, Dialect::V1)
    }

    /// As [`ManagerRef::remote`], to a peer that speaks `dialect`.
    ///
    /// # Errors
    /// As [`ManagerRef::remote`].
    pub fn remote_in(&self, name: &str, endpoint: &str, dialect: Dialect) -> Result<ActorRef> {
        let name = c_text(name, "an actor's name")?;
        let endpoint = c_text(endpoint, "an endpoint")?;
        let mut raw = ptr::null_mut();
        // SAFETY: the manager is valid; the ref is written to a place of ours.
        check(unsafe {
            sys::sabir_manager_remote(self.0, name.as_ptr(), endpoint.as_ptr(), dialect.value(), &mut raw)
        })?;
        // SAFETY: the call succeeded, so the ref is ours.
        unsafe { ActorRef::from_raw(raw) }.ok_or_else(|| Error::new(ErrorCode::NoEnt, "the core gave no ref"))
    }

    /// The endpoint that other nodes connect to; `None` if the node is not bound.
    pub fn endpoint(&self) -> Option<&str> {
        // SAFETY: the text is valid as long as the manager.
        unsafe { borrowed_text(sys::sabir_manager_endpoint(self.0)) }
    }

    /// What is bound.
    pub fn bound(&self) -> Option<&str> {
        // SAFETY: the text is valid as long as the manager.
        unsafe { borrowed_text(sys::sabir_manager_bound(self.0)) }
    }

    /// Stop and join one actor.
    ///
    /// # Errors
    /// [`ErrorCode::TimedOut`], [`ErrorCode::Remote`], [`ErrorCode::NoEnt`] if it is another manager's,
    /// [`ErrorCode::Deadlock`] from its own handler: use [`Context::stop`](crate::Context::stop).
    pub fn stop_actor(&self, actor: &ActorRef) -> Result<()> {
        // SAFETY: manager and ref are valid.
        check(unsafe { sys::sabir_manager_stop_actor(self.0, actor.as_ptr()) })
    }

    /// Be told of dead letters, on whatever thread they occur; the closure must not block. It replaces an earlier one.
    ///
    /// # Errors
    /// [`ErrorCode::NoMem`].
    pub fn on_dead_letter<F>(&self, told: F) -> Result<()>
    where
        F: Fn(&DeadLetter<'_>) + Send + Sync + 'static,
    {
        let closure = Box::into_raw(Box::new(told)).cast();
        // SAFETY: the manager is valid; the core keeps the closure and gives it back to `drop_closure` once.
        check(unsafe {
            sys::sabir_manager_on_dead_letter(
                self.0,
                Some(dead_letter::told::<F>),
                closure,
                Some(dead_letter::drop_closure::<F>),
            )
        })
    }

    /// Everything that the manager counts, at this moment.
    ///
    /// # Errors
    /// [`ErrorCode::NoMem`].
    pub fn snapshot(&self) -> Result<Snapshot> {
        // SAFETY: the manager is valid.
        unsafe { Snapshot::take(self.0) }
    }

    /// See the messages that pass from now on. Each text is a pattern in which `*` stands for any characters; up to
    /// `capacity_msgs` wait to be read.
    ///
    /// # Errors
    /// [`ErrorCode::Full`] if eight taps are open in this process, [`ErrorCode::Inval`] for no capacity.
    pub fn tap(&self, from: &str, to: &str, type_name: &str, capacity_msgs: usize) -> Result<Tap> {
        // SAFETY: the manager is valid.
        unsafe { Tap::open(self.0, from, to, type_name, capacity_msgs) }
    }

    /// End every wait and run of this manager, now or later.
    pub fn terminate(&self) {
        // SAFETY: the manager is valid.
        unsafe { sys::sabir_manager_terminate(self.0) };
    }

    /// The manager as the C functions know it, for what this crate does not wrap. It stays its owner's.
    pub fn as_raw(&self) -> *mut sys::sabir_manager {
        self.0
    }
}

impl fmt::Debug for ManagerRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Manager").field("endpoint", &self.endpoint()).finish()
    }
}

/// Owns the actors and threads of one process: `new`, `manage` …, `start`, `run`, `stop`.
///
/// ```
/// use sabir::{handle_messages, Context, Manager, Message};
///
/// #[derive(Message)]
/// struct Ping { count: i64 }
///
/// struct Pong;
/// impl Pong {
///     fn on_ping(&mut self, ping: &Ping, context: &mut Context) {
///         println!("ping {}", ping.count);
///         context.terminate();
///     }
/// }
/// handle_messages!(Pong, Ping => on_ping);
///
/// let mut manager = Manager::new()?;
/// let pong = manager.manage("pong", Pong)?;
/// manager.start()?;
/// pong.tell(Ping { count: 1 })?;
/// manager.run()?;
/// manager.stop()?;
/// # Ok::<(), sabir::Error>(())
/// ```
pub struct Manager {
    own: ManagerRef,
    handle: ManagerHandle,
}

impl Manager {
    /// A manager of a process without a node: nobody else can reach it, and it reaches nobody.
    ///
    /// # Errors
    /// [`ErrorCode::NoMem`]; [`ErrorCode::Version`] if the loaded library is of another release.
    pub fn new() -> Result<Self> {
        // SAFETY: NULL stands for the defaults.
        unsafe { Manager::make(ptr::null()) }
    }

    /// A manager; with an endpoint in its configuration it is bound when this returns, but reads nothing before its start.
    ///
    /// # Errors
    /// [`ErrorCode::Bind`] if the endpoint cannot be bound, [`ErrorCode::Perm`] if it is beyond loopback and that is not
    /// permitted, [`ErrorCode::Inval`] for a wildcard without an advertised endpoint.
    pub fn with_config(config: &Config) -> Result<Self> {
        // SAFETY: the configuration is valid; the manager keeps a copy.
        unsafe { Manager::make(config.as_ptr()) }
    }

    /// # Safety
    /// `config` is valid or NULL.
    unsafe fn make(config: *const sys::sabir_config) -> Result<Self> {
        version::check()?;
        let mut raw = ptr::null_mut();
        // SAFETY: the caller's; the manager is written to a place of ours.
        check(unsafe { sys::sabir_manager_new(config, &mut raw) })?;
        let shared = Arc::new(Mutex::new(Some(ManagerRef(raw))));
        Ok(Manager { own: ManagerRef(raw), handle: ManagerHandle(shared) })
    }

    /// Start every actor. Returns when each one's `on_start` has returned; only then are messages handled and envelopes read.
    ///
    /// # Errors
    /// [`ErrorCode::Failed`] if an `on_start` failed (the detail names the actor; all are stopped), [`ErrorCode::State`] if it
    /// was started already, [`ErrorCode::Perm`] for a strict thread option.
    pub fn start(&mut self) -> Result<()> {
        // SAFETY: the manager is valid.
        check(unsafe { sys::sabir_manager_start(self.own.0) })
    }

    /// [`Manager::start`], by the name that users of actors-rust know.
    ///
    /// # Errors
    /// As [`Manager::start`].
    pub fn init(&mut self) -> Result<()> {
        self.start()
    }

    /// Print the READY line on standard output, as a node of a topology does. `features` are words of the conformance suite
    /// beyond those of the core.
    ///
    /// # Errors
    /// [`ErrorCode::State`] before the start, [`ErrorCode::Unbound`], [`ErrorCode::Io`].
    pub fn ready(&self, version: &str, features: &[&str]) -> Result<()> {
        let version = c_text(version, "a version")?;
        let features =
            CString::new(features.join(" ")).map_err(|_| Error::new(ErrorCode::Inval, "a feature holds a NUL"))?;
        // SAFETY: the manager is valid; the texts live until the call has returned.
        check(unsafe { sys::sabir_manager_ready(self.own.0, c"rust".as_ptr(), version.as_ptr(), features.as_ptr()) })
    }

    /// Wait until somebody says terminate, or SIGINT or SIGTERM comes.
    ///
    /// # Errors
    /// [`ErrorCode::State`] if another run is going on.
    pub fn run(&self) -> Result<()> {
        // SAFETY: the manager is valid.
        check(unsafe { sys::sabir_manager_run(self.own.0, 0) })
    }

    /// As [`Manager::run`]; the end of standard input ends it too, as for any node of a topology.
    ///
    /// # Errors
    /// As [`Manager::run`].
    pub fn run_node(&self) -> Result<()> {
        // SAFETY: the manager is valid.
        check(unsafe { sys::sabir_manager_run(self.own.0, sys::SABIR_WAIT_STDIN) })
    }

    /// Wait until somebody says terminate, without heeding signals.
    ///
    /// # Errors
    /// [`ErrorCode::TimedOut`].
    pub fn wait(&self, timeout: Duration) -> Result<()> {
        // SAFETY: the manager is valid; there is no descriptor to wake it.
        check(unsafe { sys::sabir_manager_wait(self.own.0, -1, nanoseconds(timeout)?, 0) })
    }

    /// Stop every actor, in the reverse order of `manage`, each drained before the next. A second time it does nothing.
    ///
    /// # Errors
    /// [`ErrorCode::TimedOut`] if an actor did not come back in time; the detail names it.
    pub fn stop(&mut self) -> Result<()> {
        // SAFETY: the manager is valid.
        check(unsafe { sys::sabir_manager_stop(self.own.0) })
    }

    /// [`Manager::stop`], by the name that users of actors-rust know.
    ///
    /// # Errors
    /// As [`Manager::stop`].
    pub fn end(&mut self) -> Result<()> {
        self.stop()
    }

    /// A handle that actors can keep, to say terminate.
    pub fn get_handle(&self) -> ManagerHandle {
        self.handle.clone()
    }
}

impl Deref for Manager {
    type Target = ManagerRef;

    fn deref(&self) -> &ManagerRef {
        &self.own
    }
}

impl Drop for Manager {
    fn drop(&mut self) {
        // SAFETY: the manager is ours. It is stopped first, so that handlers that still run may use their handles; then the
        // handles let go of it; then it is freed, unless an actor did not come back.
        unsafe {
            sys::sabir_manager_stop(self.own.0);
            self.handle.0.lock().unwrap_or_else(PoisonError::into_inner).take();
            sys::sabir_manager_free(self.own.0);
        }
    }
}

impl fmt::Debug for Manager {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.own.fmt(f)
    }
}

/// Says terminate to a manager from anywhere, for as long as the manager lives; afterwards it does nothing.
#[derive(Clone)]
pub struct ManagerHandle(Arc<Mutex<Option<ManagerRef>>>);

impl ManagerHandle {
    /// End every wait and run of the manager.
    pub fn terminate(&self) {
        if let Some(manager) = &*self.0.lock().unwrap_or_else(PoisonError::into_inner) {
            manager.terminate();
        }
    }
}

impl fmt::Debug for ManagerHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ManagerHandle")
    }
}
