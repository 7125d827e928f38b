//! An ask as a future: it wakes whoever polls it, on any executor, and gives up when it is dropped.

use std::ffi::{c_int, c_void};
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::ptr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context as Polling, Poll, Waker};
use std::time::Duration;

use sabir_sys as sys;

use crate::actor_ref::{ActorRef, asked};
use crate::error::{AskError, Result, check};
use crate::message::Message;
use crate::object::CoreMessage;
use crate::panics;
use crate::sendable::{self, Sendable};
use crate::timer::nanoseconds;

/// The outcome of [`ActorRef::ask_async`], to be awaited. Dropped before it is there, it gives the wait up: an answer that comes then
/// is a late reply.
#[must_use = "a wait that is dropped is given up"]
pub struct Asking<Rep> {
    shared: Arc<Shared<Rep>>,
    handle: Handle,
}

/// What the future and the core's callback have in common.
struct Shared<Rep>(Mutex<State<Rep>>);

enum State<Rep> {
    Waiting(Option<Waker>),
    Over(Result<Rep, AskError>),
    Taken,
}

impl<Rep> Shared<Rep> {
    fn lock(&self) -> MutexGuard<'_, State<Rep>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The outcome is there. What is woken or dropped here is user code, and runs without the lock.
    fn end(&self, outcome: Result<Rep, AskError>) {
        let before = std::mem::replace(&mut *self.lock(), State::Over(outcome));
        if let State::Waiting(Some(waker)) = before {
            waker.wake();
        }
    }
}

/// The core's handle of the wait; NULL: it was never sent.
struct Handle(*mut sys::sabir_ask);

// SAFETY: the core takes a handle from any thread.
unsafe impl Send for Handle {}
// SAFETY: as above.
unsafe impl Sync for Handle {}

impl Drop for Handle {
    fn drop(&mut self) {
        // SAFETY: the handle is ours and not used again. An ask that has its outcome is not changed by the first call.
        unsafe {
            sys::sabir_ask_cancel(self.0);
            sys::sabir_ask_free(self.0);
        }
    }
}

impl ActorRef {
    /// Send `request` now; the future is its one outcome, local or remote. It needs no particular runtime.
    ///
    /// ```
    /// use sabir::{handle_messages, ActorRef, Context, Failure, Manager, Message};
    /// use std::time::Duration;
    ///
    /// #[derive(Message)]
    /// struct Price { item: String }
    /// #[derive(Message)]
    /// struct Offer { cents: i64 }
    ///
    /// struct Seller(i64);
    /// impl Seller {
    ///     fn on_price(&mut self, _: &Price, _: &mut Context) -> Offer {
    ///         Offer { cents: self.0 }
    ///     }
    /// }
    /// handle_messages!(Seller, Price => on_price);
    ///
    /// struct Buyer(Vec<ActorRef>);
    /// impl Buyer {
    ///     async fn on_price(&mut self, price: &Price, _: &mut Context<'_>) -> Result<Offer, Failure> {
    ///         let second = Duration::from_secs(10);
    ///         let ask = |to: &ActorRef| to.ask_async::<_, Offer>(Price { item: price.item.clone() }, second);
    ///         let asked: Vec<_> = self.0.iter().map(ask).collect(); // all at once
    ///         let mut best = i64::MAX;
    ///         for offer in asked {
    ///             best = best.min(offer.await?.cents);
    ///         }
    ///         Ok(Offer { cents: best })
    ///     }
    /// }
    /// handle_messages!(Buyer, Price => async on_price);
    ///
    /// let mut manager = Manager::new()?;
    /// let sellers = vec![manager.manage("ann", Seller(120))?, manager.manage("ben", Seller(95))?];
    /// let buyer = manager.manage("buyer", Buyer(sellers))?;
    /// manager.start()?;
    /// let offer: Offer = buyer.ask(Price { item: "tea".into() }, Duration::from_secs(10))?;
    /// assert_eq!(offer.cents, 95);
    /// # Ok::<(), sabir::Error>(())
    /// ```
    ///
    /// # Errors
    /// The future's: those of [`ActorRef::ask`], except that a wait that would never end is not seen; its time ends it.
    pub fn ask_async<Req: Sendable, Rep: Message>(&self, request: Req, timeout: Duration) -> Asking<Rep> {
        let shared = Arc::new(Shared(Mutex::new(State::Waiting(None))));
        let mut handle = Handle(ptr::null_mut());
        if let Err(error) = start(self, request, timeout, &shared, &mut handle) {
            shared.end(Err(error));
        }
        Asking { shared, handle }
    }
}

fn start<Req: Sendable, Rep: Message>(
    to: &ActorRef,
    request: Req,
    timeout: Duration,
    shared: &Arc<Shared<Rep>>,
    handle: &mut Handle,
) -> Result<(), AskError> {
    let message = sendable::pack(request, to.takes_objects())?;
    let timeout_ns = nanoseconds(timeout)?;
    let user_data = Arc::into_raw(shared.clone());
    // SAFETY: the request is given away in every case; `asking_done` takes the count back, once, unless the call fails.
    let code = unsafe {
        sys::sabir_ref_ask_start(
            to.as_ptr(),
            message.into_raw(),
            timeout_ns,
            Some(asking_done::<Rep>),
            user_data.cast_mut().cast(),
            &mut handle.0,
        )
    };
    check(code).inspect_err(|_| {
        // SAFETY: the core will not call, so the count is ours still.
        drop(unsafe { Arc::from_raw(user_data) });
    })?;
    Ok(())
}

unsafe extern "C" fn asking_done<Rep: Message>(user_data: *mut c_void, code: c_int, reply: *mut sys::sabir_message) {
    panics::contain(|| {
        // SAFETY: the core calls this once with the count of `start`; the reply is ours.
        let (shared, reply) = unsafe { (Arc::from_raw(user_data.cast::<Shared<Rep>>()), CoreMessage::from_raw(reply)) };
        shared.end(asked(code, reply));
    });
}

impl<Rep> Future for Asking<Rep> {
    type Output = Result<Rep, AskError>;

    /// # Panics
    /// If it is polled again after its outcome.
    fn poll(self: Pin<&mut Self>, polling: &mut Polling<'_>) -> Poll<Self::Output> {
        let mut state = self.shared.lock();
        if let State::Waiting(waker) = &mut *state {
            match waker {
                Some(known) => known.clone_from(polling.waker()),
                None => *waker = Some(polling.waker().clone()),
            }
            return Poll::Pending;
        }
        match std::mem::replace(&mut *state, State::Taken) {
            State::Over(outcome) => Poll::Ready(outcome),
            _ => panic!("an ask was polled after its outcome"),
        }
    }
}

impl<Rep> fmt::Debug for Asking<Rep> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let is_over = !matches!(&*self.shared.lock(), State::Waiting(_));
        f.debug_struct("Asking").field("is_over", &is_over).field("is_sent", &!self.handle.0.is_null()).finish()
    }
}
