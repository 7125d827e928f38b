//! `fast_send`: the handler runs in the caller's thread; what would never end is an error.

mod support;

use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use sabir::{ActorRef, Context, ErrorCode, Failure, Manager, Message, handle_messages};
use support::{Mirror, Number, PATIENCE, Text, node};

#[derive(Message)]
struct Meet {
    other: Option<String>,
}

#[derive(Message, Debug, PartialEq)]
struct Met {
    thread: String,
    code: Option<String>,
}

/// Meets another actor, or itself, in the middle of its own handler.
struct Guest;

impl Guest {
    fn on_meet(&mut self, meet: &Meet, context: &mut Context) -> Result<Met, Failure> {
        let thread = format!("{:?}", thread::current().id());
        let Some(name) = &meet.other else { return Ok(Met { thread, code: None }) };
        let other = context.manager().find(name)?;
        let met = context.fast_send::<Meet, Met>(&other, &Meet { other: Some(context.self_ref().name().to_owned()) });
        let code = match met {
            Ok(met) => met.and_then(|met| met.code),
            Err(error) => Some(error.code().name().to_owned()),
        };
        Ok(Met { thread, code })
    }

    fn on_number(&mut self, number: &Number, _: &mut Context) -> Result<(), String> {
        Err(format!("{} is refused", number.value))
    }
}

handle_messages!(Guest, Meet => on_meet, Number => on_number);

fn party() -> (Manager, ActorRef, ActorRef) {
    let mut manager = Manager::new().unwrap();
    let guest = manager.manage("guest", Guest).unwrap();
    let other = manager.manage("other", Guest).unwrap();
    manager.start().unwrap();
    (manager, guest, other)
}

#[test]
fn it_runs_in_the_callers_thread() {
    let (_manager, guest, _) = party();
    let met: Met = guest.fast_send(&Meet { other: None }).unwrap().unwrap();
    assert_eq!(met.thread, format!("{:?}", thread::current().id()));
}

#[test]
fn plain_numbers_and_anything_else() {
    let mut manager = Manager::new().unwrap();
    let mirror = manager.manage("mirror", Mirror).unwrap();
    manager.start().unwrap();
    assert_eq!(mirror.fast_send::<_, Number>(&Number { value: i64::MIN }).unwrap(), Some(Number { value: i64::MIN }));
    let text = Text { text: "t".to_owned(), tags: vec!["a".to_owned()] };
    assert_eq!(mirror.fast_send::<_, Text>(&text).unwrap(), Some(text.clone()));
    assert_eq!(mirror.fast_send::<_, Number>(&text).unwrap_err().code(), ErrorCode::Mismatch);
    assert_eq!(mirror.fast_send::<_, Text>(&Number { value: 1 }).unwrap_err().code(), ErrorCode::Mismatch);
}

/// Tells that it is at work, and works until it is told to stop.
struct Worker {
    begun: mpsc::Sender<()>,
    end: mpsc::Receiver<()>,
}

impl Worker {
    fn on_meet(&mut self, _: &Meet, _: &mut Context) -> Result<(), Failure> {
        self.begun.send(())?;
        Ok(self.end.recv()?)
    }

    fn on_number(&mut self, number: &Number, _: &mut Context) -> Number {
        number.clone()
    }
}

handle_messages!(Worker, Meet => on_meet, Number => on_number);

#[test]
fn who_does_not_get_the_actor_in_time_has_not_called() {
    let mut manager = Manager::new().unwrap();
    let ((begun, has_begun), (let_go, end)) = (mpsc::channel(), mpsc::channel());
    let worker = manager.manage("worker", Worker { begun, end }).unwrap();
    manager.start().unwrap();
    worker.tell(Meet { other: None }).unwrap();
    has_begun.recv_timeout(PATIENCE).unwrap();
    for timeout in [Duration::ZERO, Duration::from_millis(5)] {
        let error = worker.fast_send_timeout::<Number, Number>(&Number { value: 1 }, timeout).unwrap_err();
        assert_eq!(error.code(), ErrorCode::TimedOut);
        assert!(error.detail().contains("'worker' is at work on another thread"), "{error}");
    }
    let error = worker.fast_send_timeout::<Meet, Met>(&Meet { other: None }, Duration::ZERO).unwrap_err();
    assert_eq!(error.code(), ErrorCode::TimedOut);
    let_go.send(()).unwrap();
    let reply = worker.fast_send_timeout::<Number, Number>(&Number { value: 2 }, PATIENCE).unwrap();
    assert_eq!(reply, Some(Number { value: 2 }));
    assert!(has_begun.try_recv().is_err(), "what was told to have timed out never came");
}

#[test]
fn a_chain_that_comes_back_is_reentrant() {
    let (_manager, guest, _) = party();
    let to_itself: Met = guest.fast_send(&Meet { other: Some("guest".to_owned()) }).unwrap().unwrap();
    assert_eq!(to_itself.code.as_deref(), Some("REENTRANT"));
    let round: Met = guest.fast_send(&Meet { other: Some("other".to_owned()) }).unwrap().unwrap();
    assert_eq!(round.code.as_deref(), Some("REENTRANT"), "guest -> other -> guest");
}

#[derive(Message)]
struct Cross;

/// Waits at a barrier in its handler, then meets the other one: two of them in two threads wait for each other.
struct Crosser {
    at: std::sync::Arc<std::sync::Barrier>,
    other: String,
}

#[derive(Message)]
struct Crossed {
    code: Option<String>,
}

impl Crosser {
    fn on_cross(&mut self, _: &Cross, context: &mut Context) -> Result<Crossed, Failure> {
        self.at.wait();
        let other = context.manager().find(&self.other)?;
        let outcome = context.fast_send::<Number, Number>(&other, &Number { value: 1 });
        Ok(Crossed { code: outcome.err().map(|error| error.code().name().to_owned()) })
    }

    fn on_number(&mut self, number: &Number, _: &mut Context) -> Number {
        number.clone()
    }
}

handle_messages!(Crosser, Cross => on_cross, Number => on_number);

#[test]
fn a_cycle_across_threads_is_a_deadlock_for_one_of_them() {
    let mut manager = Manager::new().unwrap();
    let at = std::sync::Arc::new(std::sync::Barrier::new(2));
    let left = manager.manage("left", Crosser { at: at.clone(), other: "right".into() }).unwrap();
    let right = manager.manage("right", Crosser { at, other: "left".into() }).unwrap();
    manager.start().unwrap();
    let codes = thread::scope(|scope| {
        let threads = [&left, &right]
            .map(|crosser| scope.spawn(move || crosser.fast_send::<Cross, Crossed>(&Cross).unwrap().unwrap().code));
        threads.map(|thread| thread.join().unwrap())
    });
    assert!(codes.contains(&Some("DEADLOCK".to_owned())), "{codes:?}");
    assert!(codes.contains(&None), "the other one goes through: {codes:?}");
}

#[test]
fn a_failed_handler_says_why() {
    let (_manager, guest, _) = party();
    let error = guest.fast_send::<Number, Number>(&Number { value: 7 }).unwrap_err();
    assert_eq!(error.code(), ErrorCode::Failed);
    assert!(error.detail().contains("7 is refused"), "{error}");
}

#[test]
fn it_is_for_this_process_alone() {
    let mut near = node();
    near.manage("mirror", Mirror).unwrap();
    near.start().unwrap();
    let far = near.remote("mirror", "tcp://127.0.0.1:9").unwrap();
    assert_eq!(far.fast_send::<Number, Number>(&Number { value: 1 }).unwrap_err().code(), ErrorCode::Remote);
    assert_eq!(far.fast_send::<Text, Text>(&Text::new("t")).unwrap_err().code(), ErrorCode::Remote);
}

#[test]
fn a_stopped_actor_and_an_unknown_type() {
    let (mut manager, guest, _) = party();
    assert_eq!(guest.fast_send::<Text, Text>(&Text::new("t")).unwrap_err().code(), ErrorCode::Unhandled);
    manager.stop().unwrap();
    assert_eq!(guest.fast_send::<Number, Number>(&Number { value: 1 }).unwrap_err().code(), ErrorCode::Closed);
}

/// Counts numbers; the sum is asked for by fast_send.
#[derive(Default)]
struct Sum(i64);

#[derive(Message)]
struct Total;

impl Sum {
    fn on_number(&mut self, number: &Number, _: &mut Context) {
        self.0 += number.value;
    }

    fn on_total(&mut self, _: &Total, _: &mut Context) -> Number {
        Number { value: self.0 }
    }
}

handle_messages!(Sum, Number => on_number, Total => on_total);

#[test]
fn ordered_runs_first_what_was_queued() {
    let mut manager = Manager::new().unwrap();
    let sum = manager.manage("sum", Sum::default()).unwrap();
    manager.start().unwrap();
    for round in 1..=200 {
        for value in [1, 2, 3] {
            sum.tell(Number { value }).unwrap();
        }
        let total: Number = sum.fast_send_ordered(&Total).unwrap().unwrap();
        assert_eq!(total.value, 6 * round);
    }
}

#[test]
fn many_threads_share_one_actor() {
    let mut manager = Manager::new().unwrap();
    let sum = manager.manage("sum", Sum::default()).unwrap();
    manager.start().unwrap();
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..2000 {
                    sum.fast_send::<Number, Number>(&Number { value: 1 }).unwrap();
                }
            });
        }
    });
    assert_eq!(sum.fast_send::<Total, Number>(&Total).unwrap().unwrap().value, 8000);
}

/// What is lent to a handler by fast_send is the caller's own value, and stays it.
#[test]
fn a_request_stays_with_the_caller() {
    let (sender, dropped) = mpsc::channel();
    struct Counted(mpsc::Sender<()>);
    impl Drop for Counted {
        fn drop(&mut self) {
            let _ = self.0.send(());
        }
    }
    sabir::define_message!(Counted);
    struct Looker;
    impl Looker {
        fn on_counted(&mut self, _: &Counted, _: &mut Context) {}
    }
    handle_messages!(Looker, Counted => on_counted);

    let mut manager = Manager::new().unwrap();
    let looker = manager.manage("looker", Looker).unwrap();
    manager.start().unwrap();
    let request = Counted(sender);
    looker.fast_send::<Counted, Number>(&request).unwrap();
    assert!(dropped.try_recv().is_err(), "it is still ours");
    looker.tell(request).unwrap();
    dropped.recv_timeout(PATIENCE).expect("a handled message is dropped");
    assert!(dropped.try_recv().is_err(), "once");
}
