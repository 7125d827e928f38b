//! Timers: each firing is a message; a cancelled one never comes.

mod support;

use std::sync::mpsc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use sabir::{Context, ErrorCode, Failure, Manager, Message, Start, Timeout, Timer, handle_messages};
use support::{Mirror, Number, PATIENCE, node};

/// Hands its firings to the test, in order.
struct Clock(mpsc::Sender<Timeout>);

#[derive(Message)]
struct Arm {
    delay_ns: i64,
}

impl Clock {
    fn on_timeout(&mut self, timeout: &Timeout, _: &mut Context) {
        // The test may have ended before a periodic timer.
        let _ = self.0.send(*timeout);
    }

    fn on_arm(&mut self, arm: &Arm, context: &mut Context) -> Result<Number, Failure> {
        let timer = context.once(Duration::from_nanos(arm.delay_ns.unsigned_abs()))?;
        Ok(Number { value: i64::try_from(timer.id())? })
    }
}

handle_messages!(Clock, Timeout => on_timeout, Arm => on_arm);

fn clock() -> (Manager, sabir::ActorRef, mpsc::Receiver<Timeout>) {
    let mut manager = Manager::new().unwrap();
    let (sender, firings) = mpsc::channel();
    let clock = manager.manage("clock", Clock(sender)).unwrap();
    manager.start().unwrap();
    (manager, clock, firings)
}

#[test]
fn a_timer_fires_once_and_not_too_early() {
    let (_manager, clock, firings) = clock();
    let before = Instant::now();
    let delay = Duration::from_millis(20);
    let timer = Timer::once(&clock, delay).unwrap();
    let timeout = firings.recv_timeout(PATIENCE).unwrap();
    assert!(before.elapsed() >= delay);
    assert!(timeout.is(&timer));
    assert_eq!(timeout.missed, 0);
    assert_eq!(timer.cancel().unwrap_err().code(), ErrorCode::NoEnt, "it has fired");
}

#[test]
fn equal_delays_fire_in_arming_order() {
    let (_manager, clock, firings) = clock();
    let timers: Vec<_> = (0..50).map(|_| Timer::once(&clock, Duration::from_millis(5)).unwrap()).collect();
    for timer in &timers {
        assert!(firings.recv_timeout(PATIENCE).unwrap().is(timer));
    }
}

#[test]
fn a_handler_arms_its_own() {
    let (_manager, clock, firings) = clock();
    let id: Number = clock.ask(Arm { delay_ns: 1 }, PATIENCE).unwrap();
    assert_eq!(i64::try_from(firings.recv_timeout(PATIENCE).unwrap().timer_id), Ok(id.value));
}

#[test]
fn a_periodic_timer_goes_on_until_it_is_cancelled() {
    let (_manager, clock, firings) = clock();
    let timer = Timer::periodic(&clock, Duration::from_millis(2)).unwrap();
    for _ in 0..5 {
        assert!(firings.recv_timeout(PATIENCE).unwrap().is(&timer));
    }
    timer.cancel().unwrap();
    // What was handled before the cancel is in the channel by now; nothing comes after this mark.
    while firings.try_recv().is_ok() {}
    let mark = Timer::once(&clock, Duration::from_millis(10)).unwrap();
    assert!(firings.recv_timeout(PATIENCE).unwrap().is(&mark));
}

#[test]
fn an_aligned_timer_goes_by_the_wall_clock() {
    let (_manager, clock, firings) = clock();
    let (period, offset) = (Duration::from_millis(40), Duration::from_millis(7));
    let slot = || (SystemTime::now().duration_since(UNIX_EPOCH).unwrap() - offset).as_nanos() / period.as_nanos();
    let before = slot();
    let timer = Timer::aligned(&clock, period, offset).unwrap();
    for count in 1..=2 {
        assert!(firings.recv_timeout(PATIENCE).unwrap().is(&timer));
        assert!(slot() >= before + count);
    }
    timer.cancel().unwrap();
    assert_eq!(Timer::aligned(&clock, period, period).unwrap_err().code(), ErrorCode::Inval);
    assert_eq!(Timer::aligned(&clock, Duration::ZERO, Duration::ZERO).unwrap_err().code(), ErrorCode::Inval);
}

#[test]
fn a_cancelled_timer_never_comes() {
    let (_manager, clock, firings) = clock();
    for _ in 0..200 {
        let timer = Timer::once(&clock, Duration::from_micros(50)).unwrap();
        let cancelled = timer.cancel();
        let fired = firings.try_iter().filter(|timeout| timeout.is(&timer)).count();
        match cancelled {
            Ok(()) => assert_eq!(fired, 0),
            Err(error) => assert_eq!((error.code(), fired), (ErrorCode::NoEnt, 1)),
        }
    }
}

#[test]
fn only_a_local_actor_that_handles_timeout_has_timers() {
    let mut manager = node();
    let mirror = manager.manage("mirror", Mirror).unwrap();
    manager.start().unwrap();
    let soon = Duration::from_millis(1);
    assert_eq!(Timer::once(&mirror, soon).unwrap_err().code(), ErrorCode::Unhandled);
    let far = manager.remote("clock", "tcp://127.0.0.1:9").unwrap();
    assert_eq!(Timer::once(&far, soon).unwrap_err().code(), ErrorCode::Remote);
    let (mut stopped, clock, _firings) = clock();
    assert_eq!(Timer::periodic(&clock, Duration::ZERO).unwrap_err().code(), ErrorCode::Inval);
    assert_eq!(Timer::once(&clock, Duration::MAX).unwrap_err().code(), ErrorCode::Inval);
    stopped.stop().unwrap();
    assert_eq!(Timer::once(&clock, soon).unwrap_err().code(), ErrorCode::Closed);
}

/// Cancels its own periodic timer from within its handler.
struct Counter {
    timer: Option<Timer>,
    left: u32,
}

impl Counter {
    fn on_start(&mut self, _: &Start, context: &mut Context) -> sabir::Result<()> {
        self.timer = Some(context.periodic(Duration::from_millis(1))?);
        Ok(())
    }

    fn on_timeout(&mut self, _: &Timeout, context: &mut Context) -> sabir::Result<()> {
        assert!(self.left > 0, "no firing after its cancel");
        self.left -= 1;
        if self.left == 0 {
            self.timer.expect("it was armed").cancel()?;
            context.terminate();
        }
        Ok(())
    }
}

handle_messages!(Counter, Start => on_start, Timeout => on_timeout);

#[test]
fn a_handler_cancels_its_own_timer() {
    let mut manager = Manager::new().unwrap();
    manager.manage("counter", Counter { timer: None, left: 3 }).unwrap();
    manager.start().unwrap();
    manager.wait(PATIENCE).unwrap();
    manager.stop().unwrap();
    assert_eq!(manager.snapshot().unwrap().dead_letters("failed").unwrap(), 0);
}
