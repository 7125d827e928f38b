//! An actor: private state and the handlers of its messages, one message at a time.

use std::ffi::{c_int, c_void};
use std::ptr;

use sabir_sys as sys;

use crate::block_on::block_on;
use crate::builtin::{self, Shutdown, Start};
use crate::context::Context;
use crate::error::{Result, check, set_thread_detail};
use crate::message::Message;
use crate::object;
use crate::options::Options;
use crate::outcome::{Failure, Outcome};
use crate::panics;
use crate::types::Type;

/// Private state that messages are handled on, one at a time.
///
/// [`handle_messages!`](crate::handle_messages) writes this trait for an actor that only handles messages. A handler that panics
/// or returns `Err` has failed: the message becomes a dead letter, whoever asked gets a Reject `failed`, and the actor goes on
/// with the next message and whatever state the handler left, unless it is [to stop](crate::OnFailure) or
/// [to be restarted](crate::ManagerRef::manage_restarting).
///
/// ```
/// use sabir::{Actor, Context, Failure, Handlers, Manager, Message};
///
/// #[derive(Message)]
/// struct Add { amount: i64 }
///
/// #[derive(Message)]
/// struct Total { amount: i64 }
///
/// struct Adder { total: i64 }
///
/// impl Adder {
///     fn on_add(&mut self, add: &Add, _context: &mut Context) -> Total {
///         self.total += add.amount;
///         Total { amount: self.total }
///     }
/// }
///
/// impl Actor for Adder {
///     fn handlers(handlers: &mut Handlers<Self>) {
///         handlers.on(Self::on_add);
///     }
///
///     fn on_start(&mut self, _context: &mut Context) -> Result<(), Failure> {
///         self.total = 100;
///         Ok(())
///     }
/// }
///
/// let mut manager = Manager::new()?;
/// let adder = manager.manage("adder", Adder { total: 0 })?;
/// manager.start()?;
/// let total = adder.fast_send::<Add, Total>(&Add { amount: 1 })?;
/// assert_eq!(total.map(|total| total.amount), Some(101));
/// # Ok::<(), sabir::Error>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an actor",
    note = "write `sabir::handle_messages!({Self}, Ping => on_ping)`, or implement `sabir::Actor`"
)]
pub trait Actor: Send + Sized + 'static {
    /// List the handlers: one [`Handlers::on`] per message type.
    fn handlers(handlers: &mut Handlers<Self>);

    /// On the actor's thread, before its first message. A failure makes [`Manager::start`](crate::Manager::start) fail.
    fn on_start(&mut self, context: &mut Context<'_>) -> Result<(), Failure> {
        let _ = context;
        Ok(())
    }

    /// On the actor's thread, after its last message.
    fn on_stop(&mut self, context: &mut Context<'_>) {
        let _ = context;
    }
}

/// The handlers of an actor, listed by [`Actor::handlers`].
pub struct Handlers<A> {
    entries: Vec<Result<Entry>>,
    actor: std::marker::PhantomData<fn(A)>,
}

type MessageCall =
    unsafe extern "C" fn(*mut c_void, *mut sys::sabir_message, *mut c_void, *mut sys::sabir_context) -> c_int;
type ValueCall = unsafe extern "C" fn(*mut c_void, *const c_void, *mut c_void, *mut sys::sabir_context) -> c_int;

/// One handler: its type, its C entries, and the Rust function behind them.
struct Entry {
    ty: Type,
    call: MessageCall,
    /// For a few plain numbers: the C struct itself, of which no message need be made.
    call_value: Option<ValueCall>,
    function: Box<dyn std::any::Any + Send>,
}

impl Entry {
    fn function_ptr(&self) -> *mut c_void {
        ptr::from_ref::<dyn std::any::Any>(&*self.function).cast::<c_void>().cast_mut()
    }
}

impl<A: Actor> Handlers<A> {
    /// Handle messages of type `M` with `handler`: `fn(&mut self, &M, &mut Context) -> impl Outcome`.
    ///
    /// [`Start`] and [`Shutdown`] may be handled as well; they come right after `on_start` and before `on_stop`.
    pub fn on<M, R, F>(&mut self, handler: F) -> &mut Self
    where
        M: Message,
        R: Outcome,
        F: Fn(&mut A, &M, &mut Context<'_>) -> R + Send + 'static,
    {
        self.entries.push(M::message_type().map(|ty| Entry {
            ty,
            call: handle::<A, M, R, F>,
            call_value: M::is_flat().then_some(handle_value::<A, M, R, F> as ValueCall),
            function: Box::new(handler),
        }));
        self
    }
}

impl<A: Actor> Handlers<A> {
    /// Handle messages of type `M` with an `async` handler: `async fn(&mut self, &M, &mut Context) -> impl Outcome`.
    ///
    /// It runs to its end before the next message begins, on the thread that has the actor, which sleeps while the handler waits.
    /// [`handle_messages!`](crate::handle_messages) writes `Ping => async on_ping`.
    pub fn on_async<M, R, F>(&mut self, handler: F) -> &mut Self
    where
        M: Message,
        R: Outcome,
        F: AsyncFn(&mut A, &M, &mut Context<'_>) -> R + Send + 'static,
    {
        self.on(move |actor: &mut A, message: &M, context: &mut Context<'_>| {
            let raw = context.as_raw();
            // SAFETY: the context is valid until the handler returns, and this call takes no part of it.
            block_on(handler(actor, message, context), || unsafe { sys::sabir_context_about_to_wait(raw) })
        })
    }
}

/// What makes a fresh actor after a failure.
pub(crate) type Maker<A> = Box<dyn FnMut() -> A + Send>;

/// An actor with its handlers, as the core holds it.
pub(crate) struct Cell<A> {
    actor: A,
    make: Option<Maker<A>>,
    handlers: Vec<Entry>,
    start: Vec<Entry>,
    shutdown: Vec<Entry>,
}

/// An actor that the core knows but no manager yet.
pub(crate) struct Unmanaged(*mut sys::sabir_actor);

impl Unmanaged {
    /// Give `actor` with its handlers to the core.
    pub(crate) fn new<A: Actor>(actor: A, options: &Options) -> Result<Self> {
        Self::with_cell(actor, None, options)
    }

    /// Give the first actor that `make` makes to the core, with `make` for those that follow after a failure.
    pub(crate) fn restarting<A: Actor>(mut make: Maker<A>, options: &Options) -> Result<Self> {
        Self::with_cell(make(), Some(make), options)
    }

    fn with_cell<A: Actor>(actor: A, make: Option<Maker<A>>, options: &Options) -> Result<Self> {
        let mut listed = Handlers::<A> { entries: Vec::new(), actor: std::marker::PhantomData };
        A::handlers(&mut listed);
        let mut cell = Box::new(Cell { actor, make, handlers: Vec::new(), start: Vec::new(), shutdown: Vec::new() });
        for entry in listed.entries {
            let entry = entry?;
            if entry.ty == Start::message_type()? {
                cell.start.push(entry);
            } else if entry.ty == Shutdown::message_type()? {
                cell.shutdown.push(entry);
            } else {
                cell.handlers.push(entry);
            }
        }
        let row = |entry: &Entry| (entry.ty, entry.call, entry.call_value, entry.function_ptr());
        let rows: Vec<_> = cell.handlers.iter().map(row).collect();
        let unmanaged = Self::give(cell)?;
        for (ty, call, call_value, function) in rows {
            // SAFETY: the function lives in the cell, which the core keeps as long as it may call.
            check(unsafe {
                match call_value {
                    None => sys::sabir_actor_on_message(unmanaged.0, ty.as_ptr(), Some(call), function),
                    value => sys::sabir_actor_on_value(unmanaged.0, ty.as_ptr(), value, Some(call), function),
                }
            })?;
        }
        // SAFETY: the actor is ours; the tag lives as long as the process.
        check(unsafe { sys::sabir_actor_set_language(unmanaged.0, object::language()) })?;
        // SAFETY: the actor is ours.
        unsafe { options.apply(unmanaged.0) }?;
        Ok(unmanaged)
    }

    fn give<A: Actor>(cell: Box<Cell<A>>) -> Result<Self> {
        let callbacks = sys::sabir_actor_callbacks {
            size_bytes: size_of::<sys::sabir_actor_callbacks>(),
            on_start: Some(on_start::<A>),
            on_stop: Some(on_stop::<A>),
            drop: Some(drop_cell::<A>),
            on_restart: Some(on_restart::<A>),
        };
        let mut raw = ptr::null_mut();
        // SAFETY: the callbacks are copied; the cell is the core's from here on, dropped by `drop_cell` also if the call fails.
        check(unsafe { sys::sabir_actor_new(&callbacks, Box::into_raw(cell).cast(), &mut raw) })?;
        Ok(Unmanaged(raw))
    }

    pub(crate) fn as_ptr(&self) -> *mut sys::sabir_actor {
        self.0
    }

    /// A manager has taken it.
    pub(crate) fn given(self) {
        std::mem::forget(self);
    }
}

impl Drop for Unmanaged {
    fn drop(&mut self) {
        // SAFETY: the actor is ours; this drops its cell.
        unsafe { sys::sabir_actor_free(self.0) };
    }
}

/// Leave a failure's words with the core and say its code.
#[cold]
fn fail(failure: &Failure) -> c_int {
    set_thread_detail(failure.to_words());
    failure.code().value()
}

unsafe extern "C" fn handle<A, M, R, F>(
    this: *mut c_void,
    message: *mut sys::sabir_message,
    function: *mut c_void,
    context: *mut sys::sabir_context,
) -> c_int
where
    A: Actor,
    M: Message,
    R: Outcome,
    F: Fn(&mut A, &M, &mut Context<'_>) -> R + Send + 'static,
{
    panics::to_code(|| {
        // SAFETY: the core calls one handler of an actor at a time, on any thread, with what `Unmanaged::new` gave it: the cell
        // and the function of this very entry. Only the actor is borrowed, so the function may lie in the same cell. Message
        // and context are valid until we return. Start and Shutdown are called without a message.
        unsafe {
            let actor = &mut *ptr::addr_of_mut!((*this.cast::<Cell<A>>()).actor);
            let function = &*function.cast_const().cast::<F>();
            let mut context = Context::new(context);
            let received = if message.is_null() {
                builtin::fieldless::<M>().map(object::Received::Made)
            } else {
                object::receive::<M>(message)
            };
            let settled = match received {
                Ok(received) => function(actor, received.get(), &mut context).settle(&mut context),
                Err(error) => Err(Failure::of_receiving(&error)),
            };
            match settled {
                Ok(()) => sys::SABIR_OK,
                Err(failure) => fail(&failure),
            }
        }
    })
}

/// As [`handle`] for the C struct of `M`.
unsafe extern "C" fn handle_value<A, M, R, F>(
    this: *mut c_void,
    value: *const c_void,
    function: *mut c_void,
    context: *mut sys::sabir_context,
) -> c_int
where
    A: Actor,
    M: Message,
    R: Outcome,
    F: Fn(&mut A, &M, &mut Context<'_>) -> R + Send + 'static,
{
    panics::to_code(|| {
        // SAFETY: as in `handle`; the core calls this with the struct of the type that the entry was made with, M's.
        unsafe {
            let actor = &mut *ptr::addr_of_mut!((*this.cast::<Cell<A>>()).actor);
            let function = &*function.cast_const().cast::<F>();
            let mut context = Context::new(context);
            let settled = match M::load_own(value) {
                Ok(message) => function(actor, &message, &mut context).settle(&mut context),
                Err(error) => Err(Failure::of_receiving(&error)),
            };
            match settled {
                Ok(()) => sys::SABIR_OK,
                Err(failure) => fail(&failure),
            }
        }
    })
}

/// Call the handlers of Start or Shutdown; the first failure ends it.
///
/// # Safety
/// `entries` are those of the cell at `this`, which the core has given to this call alone.
unsafe fn call_hooks(entries: *const Vec<Entry>, this: *mut c_void, context: *mut sys::sabir_context) -> c_int {
    // SAFETY: the handlers borrow the actor only, never the lists of entries.
    for entry in unsafe { &*entries } {
        // SAFETY: as the core would call it.
        let code = unsafe { (entry.call)(this, ptr::null_mut(), entry.function_ptr(), context) };
        if code != sys::SABIR_OK {
            return code;
        }
    }
    sys::SABIR_OK
}

unsafe extern "C" fn on_start<A: Actor>(this: *mut c_void, context: *mut sys::sabir_context) -> c_int {
    panics::to_code(|| {
        // SAFETY: the core gives the cell and a context to this call alone.
        unsafe {
            let cell = this.cast::<Cell<A>>();
            if let Err(failure) = (*ptr::addr_of_mut!((*cell).actor)).on_start(&mut Context::new(context)) {
                return fail(&failure);
            }
            call_hooks(ptr::addr_of!((*cell).start), this, context)
        }
    })
}

unsafe extern "C" fn on_stop<A: Actor>(this: *mut c_void, context: *mut sys::sabir_context) {
    panics::contain(|| {
        // SAFETY: as in `on_start`.
        unsafe {
            let cell = this.cast::<Cell<A>>();
            call_hooks(ptr::addr_of!((*cell).shutdown), this, context);
            (*ptr::addr_of_mut!((*cell).actor)).on_stop(&mut Context::new(context));
        }
    });
}

/// A fresh actor in the place of the one that failed, which is dropped.
unsafe extern "C" fn on_restart<A: Actor>(this: *mut c_void, _context: *mut sys::sabir_context) -> c_int {
    panics::to_code(|| {
        // SAFETY: the core gives the cell to this call alone.
        let cell = unsafe { &mut *this.cast::<Cell<A>>() };
        let Some(make) = &mut cell.make else {
            return fail(&Failure::from("nothing makes a fresh actor: manage it with manage_restarting"));
        };
        let failed = std::mem::replace(&mut cell.actor, make());
        panics::contain(|| drop(failed));
        sys::SABIR_OK
    })
}

unsafe extern "C" fn drop_cell<A: Actor>(this: *mut c_void) {
    // SAFETY: the core gives the cell back, once, when nothing will touch it again.
    panics::contain(|| drop(unsafe { Box::from_raw(this.cast::<Cell<A>>()) }));
}

impl<A> std::fmt::Debug for Handlers<A> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let types: Vec<_> = self.entries.iter().flatten().map(|entry| entry.ty.name()).collect();
        f.debug_tuple("Handlers").field(&types).finish()
    }
}
