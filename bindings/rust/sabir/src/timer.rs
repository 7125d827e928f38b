//! Timers of an actor: each firing is a [`Timeout`](crate::Timeout) message.

use std::time::Duration;

use sabir_sys as sys;

use crate::actor_ref::ActorRef;
use crate::error::{Error, ErrorCode, Result, check};

/// An armed timer, by its id. It goes on when this is dropped; [`Timer::cancel`] ends it.
///
/// ```
/// use sabir::{handle_messages, Context, Manager, Start, Timeout, Timer};
/// use std::time::Duration;
///
/// struct Clock { tick: Option<Timer>, ticks: u32 }
///
/// impl Clock {
///     fn on_start(&mut self, _: &Start, context: &mut Context) -> sabir::Result<()> {
///         self.tick = Some(context.periodic(Duration::from_millis(1))?);
///         Ok(())
///     }
///
///     fn on_timeout(&mut self, timeout: &Timeout, context: &mut Context) -> sabir::Result<()> {
///         let tick = self.tick.expect("it was armed");
///         assert!(timeout.is(&tick));
///         self.ticks += 1;
///         if self.ticks == 3 {
///             tick.cancel()?;
///             context.terminate();
///         }
///         Ok(())
///     }
/// }
/// handle_messages!(Clock, Start => on_start, Timeout => on_timeout);
///
/// let mut manager = Manager::new()?;
/// manager.manage("clock", Clock { tick: None, ticks: 0 })?;
/// manager.start()?;
/// manager.run()?;
/// manager.stop()?;
/// # Ok::<(), sabir::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Timer {
    id: u64,
}

impl Timer {
    /// Send `actor` one `Timeout` after `delay`.
    ///
    /// # Errors
    /// [`ErrorCode::Unhandled`] if the actor has no handler for `Timeout`, [`ErrorCode::Remote`] if it is in another process,
    /// [`ErrorCode::Closed`] if it has stopped.
    pub fn once(actor: &ActorRef, delay: Duration) -> Result<Timer> {
        let mut id = 0;
        // SAFETY: the ref is valid; the id is written to a place of ours.
        check(unsafe { sys::sabir_timer_once(actor.as_ptr(), nanoseconds(delay)?, &mut id) })?;
        Ok(Timer { id })
    }

    /// Send `actor` a `Timeout` every `period`, first after one period. At most one firing is unhandled at a time; it counts the
    /// ones that it stands for.
    ///
    /// # Errors
    /// As [`Timer::once`]; [`ErrorCode::Inval`] if the period is 0.
    pub fn periodic(actor: &ActorRef, period: Duration) -> Result<Timer> {
        let mut id = 0;
        // SAFETY: as in `once`.
        check(unsafe { sys::sabir_timer_periodic(actor.as_ptr(), nanoseconds(period)?, &mut id) })?;
        Ok(Timer { id })
    }

    /// Send `actor` a `Timeout` each time the wall clock (UTC) comes to a multiple of `period` since 1970, plus `offset`: with an
    /// hour and zero, at each full hour. When that clock is set, the timer goes by the new time at once; it never fires twice for
    /// one boundary.
    ///
    /// # Errors
    /// As [`Timer::once`]; [`ErrorCode::Inval`] if the period is 0 or beyond 50 years, or the offset is not less than the period.
    pub fn aligned(actor: &ActorRef, period: Duration, offset: Duration) -> Result<Timer> {
        let mut id = 0;
        let (period_ns, offset_ns) = (nanoseconds(period)?, nanoseconds(offset)?);
        // SAFETY: as in `once`.
        check(unsafe { sys::sabir_timer_aligned(actor.as_ptr(), period_ns, offset_ns, &mut id) })?;
        Ok(Timer { id })
    }

    /// Disarm it. No firing begins to be handled after this has returned; from another thread it waits for one that is being
    /// handled.
    ///
    /// # Errors
    /// [`ErrorCode::NoEnt`] if it fired for the last time or was cancelled already; [`ErrorCode::Deadlock`] if its handler is in
    /// this chain of calls: disarmed, but not waited for.
    pub fn cancel(&self) -> Result<()> {
        // SAFETY: takes any number.
        check(unsafe { sys::sabir_timer_cancel(self.id) })
    }

    /// What [`Timeout::timer_id`](crate::Timeout::timer_id) will say.
    pub fn id(&self) -> u64 {
        self.id
    }
}

/// As a timeout: without end.
pub(crate) const FOREVER: i64 = -1;

/// The core counts durations in `int64` nanoseconds: up to 292 years.
pub(crate) fn nanoseconds(duration: Duration) -> Result<i64> {
    i64::try_from(duration.as_nanos())
        .map_err(|_| Error::new(ErrorCode::Inval, format!("{duration:?} is longer than 292 years")))
}
