//! An ask as a future, and handlers that are async: one outcome, wake-ups, giving up; one message at a time and in order.

mod support;

use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::task::{Context as Polling, Poll, Wake, Waker};
use std::thread;
use std::time::Duration;

use sabir::{ActorRef, AskError, Asking, Context, ErrorCode, Failure, Manager, Message, ReplyToken, handle_messages};
use support::{Mirror, Number, PATIENCE, Text, node, until};

/// A runtime of another's making: it only knows `Wake`.
struct Runtime {
    thread: thread::Thread,
    wakes: AtomicUsize,
}

impl Wake for Runtime {
    fn wake(self: Arc<Self>) {
        self.wakes.fetch_add(1, Ordering::SeqCst);
        self.thread.unpark();
    }
}

impl Runtime {
    fn new() -> Arc<Self> {
        Arc::new(Runtime { thread: thread::current(), wakes: AtomicUsize::new(0) })
    }

    /// Polls once at the beginning and once for each wake-up, and never otherwise.
    fn run<F: Future>(self: &Arc<Self>, future: F) -> F::Output {
        let mut future = pin!(future);
        let waker = Waker::from(self.clone());
        let mut seen = 0;
        loop {
            if let Poll::Ready(output) = future.as_mut().poll(&mut Polling::from_waker(&waker)) {
                return output;
            }
            while self.wakes.load(Ordering::SeqCst) == seen {
                thread::park_timeout(PATIENCE);
            }
            seen = self.wakes.load(Ordering::SeqCst);
        }
    }
}

fn wait<F: Future>(future: F) -> F::Output {
    Runtime::new().run(future)
}

#[derive(Message)]
struct Later;

struct Clerk(mpsc::Sender<ReplyToken>);

impl Clerk {
    fn on_later(&mut self, _: &Later, context: &mut Context) -> sabir::Result<()> {
        self.0.send(context.reply_take()?).expect("the test listens");
        Ok(())
    }

    fn on_text(&mut self, text: &Text, _: &mut Context) -> Result<(), String> {
        Err(text.text.clone())
    }
}

handle_messages!(Clerk, Later => on_later, Text => on_text);

fn clerk(manager: &Manager) -> (ActorRef, mpsc::Receiver<ReplyToken>) {
    let (sender, tokens) = mpsc::channel();
    (manager.manage("clerk", Clerk(sender)).unwrap(), tokens)
}

#[test]
fn it_is_one_of_reply_reject_time_out_and_refusal_here_and_far_away() {
    let mut far = node();
    let (local, tokens) = clerk(&far);
    far.start().unwrap();
    let mut near = node();
    near.start().unwrap();
    for clerk in [local, near.remote("clerk", far.endpoint().unwrap()).unwrap()] {
        let asking: Asking<Number> = clerk.ask_async(Later, PATIENCE);
        tokens.recv().unwrap().send(Number { value: 7 }).unwrap();
        assert_eq!(wait(asking).unwrap().value, 7);

        let failed = wait(clerk.ask_async::<_, Number>(Text::new("on purpose"), PATIENCE)).unwrap_err();
        assert_eq!((failed.code(), failed.reject.unwrap().code.as_str()), (ErrorCode::Rejected, "failed"));

        let failed = wait(clerk.ask_async::<_, Number>(Later, Duration::from_millis(30))).unwrap_err();
        assert_eq!(failed.code(), ErrorCode::TimedOut);
        drop(tokens.recv().unwrap());

        let failed: AskError = wait(clerk.ask_async::<_, Number>(Later, Duration::ZERO)).unwrap_err();
        assert_eq!(failed.code(), ErrorCode::Inval);
    }
    let unhandled = far.find("clerk").unwrap().ask_async::<_, Number>(Number { value: 1 }, PATIENCE);
    assert!(format!("{unhandled:?}").contains("is_sent: false"), "{unhandled:?}");
    assert_eq!(wait(unhandled).unwrap_err().code(), ErrorCode::Unhandled);
}

#[test]
fn many_are_under_way_at_once_and_each_wakes_its_task() {
    let mut manager = Manager::new().unwrap();
    let (clerk, tokens) = clerk(&manager);
    manager.start().unwrap();
    let asked: Vec<Asking<Number>> = (0..100).map(|_| clerk.ask_async(Later, PATIENCE)).collect();
    let answering = thread::spawn(move || {
        for value in 0..100 {
            tokens.recv().unwrap().send(Number { value }).unwrap();
        }
    });
    let sum = wait(async {
        let mut sum = 0;
        for asking in asked {
            sum += asking.await.unwrap().value;
        }
        sum
    });
    answering.join().unwrap();
    assert_eq!(sum, 4950);
}

#[test]
fn it_wakes_the_task_that_polled_it_last_and_only_once() {
    let mut manager = Manager::new().unwrap();
    let (clerk, tokens) = clerk(&manager);
    manager.start().unwrap();
    let mut asking = pin!(clerk.ask_async::<_, Number>(Later, PATIENCE));
    let (first, last) = (Runtime::new(), Runtime::new());
    for runtime in [&first, &last, &last] {
        let waker = Waker::from(runtime.clone());
        assert!(asking.as_mut().poll(&mut Polling::from_waker(&waker)).is_pending());
    }
    tokens.recv().unwrap().send(Number { value: 1 }).unwrap();
    until("it wakes", || last.wakes.load(Ordering::SeqCst) == 1);
    assert_eq!(first.wakes.load(Ordering::SeqCst), 0);
    assert_eq!(wait(asking.as_mut()).unwrap().value, 1);
    let again = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| wait(asking.as_mut())));
    assert!(again.is_err(), "an outcome is given once");
}

#[test]
fn dropped_it_gives_up_and_the_answer_is_a_late_reply() {
    let mut far = node();
    let (local, tokens) = clerk(&far);
    far.start().unwrap();
    let mut near = node();
    near.start().unwrap();
    drop(local.ask_async::<_, Number>(Later, PATIENCE));
    tokens.recv().unwrap().send(Number { value: 1 }).unwrap();
    assert_eq!(far.snapshot().unwrap().dead_letters("late_reply").unwrap(), 1);

    let remote = near.remote("clerk", far.endpoint().unwrap()).unwrap();
    drop(remote.ask_async::<_, Number>(Later, PATIENCE));
    tokens.recv().unwrap().send(Number { value: 1 }).unwrap();
    until("the late reply", || near.snapshot().unwrap().dead_letters("late_reply").unwrap() == 1);
}

#[test]
fn a_wait_ends_with_its_manager() {
    let (sender, tokens) = mpsc::channel();
    let mut manager = Manager::new().unwrap();
    let clerk = manager.manage("clerk", Clerk(sender)).unwrap();
    manager.start().unwrap();
    let asking = clerk.ask_async::<_, Number>(Later, PATIENCE);
    drop(tokens.recv().unwrap());
    drop(manager);
    assert_eq!(wait(asking).unwrap_err().code(), ErrorCode::Rejected);
}

// ---- async handlers ------------------------------------------------------------------------------------------------------

/// Asks its neighbour before it answers, and notes what begins and ends.
struct Middle {
    neighbour: ActorRef,
    seen: Arc<Mutex<Vec<String>>>,
}

impl Middle {
    async fn on_number(&mut self, number: &Number, context: &mut Context<'_>) -> Result<Number, Failure> {
        self.seen.lock().unwrap().push(format!("begin {}", number.value));
        let same: Number = self.neighbour.ask_async(Number { value: number.value }, PATIENCE).await?;
        YieldOnce(false).await;
        assert_eq!(context.self_ref().name(), "middle");
        self.seen.lock().unwrap().push(format!("end {}", same.value));
        match same.value {
            -1 => Err("on purpose".into()),
            -2 => panic!("after an await"),
            value => Ok(Number { value: value + 1 }),
        }
    }

    async fn on_text(&mut self, _: &Text, _: &mut Context<'_>) -> Text {
        Text::new(&format!("{:?}", thread::current().id()))
    }
}

handle_messages!(Middle, Number => async on_number, Text => async on_text);

/// Not ready once, and wakes itself.
struct YieldOnce(bool);

impl Future for YieldOnce {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, polling: &mut Polling<'_>) -> Poll<()> {
        if self.0 {
            return Poll::Ready(());
        }
        self.0 = true;
        polling.waker().wake_by_ref();
        Poll::Pending
    }
}

fn middle(manager: &Manager, in_group: bool) -> (ActorRef, Arc<Mutex<Vec<String>>>) {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let made = |neighbour| Middle { neighbour, seen: seen.clone() };
    let middle = if in_group {
        let pool = manager.group("pool", 2).unwrap();
        let neighbour = pool.manage("mirror", Mirror).unwrap();
        pool.manage("middle", made(neighbour)).unwrap()
    } else {
        let neighbour = manager.manage("mirror", Mirror).unwrap();
        manager.manage("middle", made(neighbour)).unwrap()
    };
    (middle, seen)
}

#[test]
fn async_handlers_run_one_at_a_time_and_in_order() {
    for in_group in [false, true] {
        let mut manager = Manager::new().unwrap();
        let (middle, seen) = middle(&manager, in_group);
        manager.start().unwrap();
        let asked: Vec<Asking<Number>> = (0..50).map(|value| middle.ask_async(Number { value }, PATIENCE)).collect();
        let answers = wait(async {
            let mut answers = Vec::new();
            for asking in asked {
                answers.push(asking.await.unwrap().value);
            }
            answers
        });
        assert_eq!(answers, (1..=50).collect::<Vec<i64>>());
        let expected: Vec<_> = (0..50).flat_map(|n| [format!("begin {n}"), format!("end {n}")]).collect();
        assert_eq!(*seen.lock().unwrap(), expected);
    }
}

#[test]
fn an_error_and_a_panic_after_an_await_are_the_actors_failures() {
    let mut manager = Manager::new().unwrap();
    let (middle, _) = middle(&manager, false);
    manager.start().unwrap();
    for value in [-1, -2] {
        let failed = middle.ask::<_, Number>(Number { value }, PATIENCE).unwrap_err();
        assert_eq!(failed.reject.unwrap().code, "failed");
    }
    assert_eq!(middle.ask::<_, Number>(Number { value: 1 }, PATIENCE).unwrap().value, 2);
    assert_eq!(manager.snapshot().unwrap().dead_letters("failed").unwrap(), 2);
}

#[test]
fn a_fast_send_runs_it_on_the_callers_thread() {
    let mut manager = Manager::new().unwrap();
    let (middle, _) = middle(&manager, false);
    manager.start().unwrap();
    let number: Option<Number> = middle.fast_send(&Number { value: 5 }).unwrap();
    assert_eq!(number.unwrap().value, 6);
    let text: Option<Text> = middle.fast_send(&Text::new("where")).unwrap();
    assert_eq!(text.unwrap().text, format!("{:?}", thread::current().id()));
}
