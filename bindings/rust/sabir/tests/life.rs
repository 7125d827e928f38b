//! From new to drop: nothing is left behind, whatever happened in between.

mod support;

use std::fs;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};
use std::time::Duration;

use sabir::{
    Actor, Config, Context, ErrorCode, Handlers, JsonMessage, Manager, Message, Shutdown, Start, ThreadConfig, Type,
    define_message, handle_messages,
};
use support::{Mirror, Number, PATIENCE, Text, node, until};

/// Counts its drops.
#[derive(Clone)]
struct Counted(Arc<AtomicUsize>);

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

define_message!(Counted);

struct Holder {
    _held: Counted,
    order: mpsc::Sender<&'static str>,
}

impl Holder {
    fn on_start_message(&mut self, _: &Start, _: &mut Context) {
        self.say("Start");
    }

    fn on_shutdown(&mut self, _: &Shutdown, _: &mut Context) {
        self.say("Shutdown");
    }

    fn on_number(&mut self, _: &Number, _: &mut Context) {
        self.say("Number");
    }

    fn on_counted(&mut self, _: &Counted, _: &mut Context) {}

    fn say(&self, what: &'static str) {
        self.order.send(what).expect("the test listens");
    }
}

impl Actor for Holder {
    fn handlers(handlers: &mut Handlers<Self>) {
        handlers.on(Self::on_start_message).on(Self::on_number).on(Self::on_shutdown).on(Self::on_counted);
    }

    fn on_start(&mut self, _: &mut Context) -> Result<(), sabir::Failure> {
        self.say("on_start");
        Ok(())
    }

    fn on_stop(&mut self, _: &mut Context) {
        self.say("on_stop");
    }
}

fn holder(drops: &Arc<AtomicUsize>) -> (Holder, mpsc::Receiver<&'static str>) {
    let (order, said) = mpsc::channel();
    (Holder { _held: Counted(drops.clone()), order }, said)
}

#[test]
fn an_actor_lives_from_start_to_stop_and_is_dropped_once() {
    let drops = Arc::new(AtomicUsize::new(0));
    let (actor, said) = holder(&drops);
    let mut manager = Manager::new().unwrap();
    let actor = manager.manage("holder", actor).unwrap();
    manager.start().unwrap();
    actor.tell(Number { value: 1 }).unwrap();
    manager.stop().unwrap();
    manager.stop().unwrap();
    drop(manager);
    assert_eq!(said.try_iter().collect::<Vec<_>>(), ["on_start", "Start", "Number", "Shutdown", "on_stop"]);
    drop(actor);
    assert_eq!(drops.load(Ordering::SeqCst), 1);
}

#[test]
fn an_actor_that_is_not_taken_is_dropped_once() {
    let drops = Arc::new(AtomicUsize::new(0));
    let manager = Manager::new().unwrap();
    manager.manage("mirror", Mirror).unwrap();
    let (actor, _said) = holder(&drops);
    assert_eq!(manager.manage("mirror", actor).unwrap_err().code(), ErrorCode::Exist);
    assert_eq!(drops.load(Ordering::SeqCst), 1);
    let (actor, _said) = holder(&drops);
    let wrong = ThreadConfig { affinity: vec![usize::MAX], ..ThreadConfig::default() };
    assert_eq!(manager.manage_with("other", actor, wrong).unwrap_err().code(), ErrorCode::Inval);
    assert_eq!(drops.load(Ordering::SeqCst), 2);
}

#[test]
fn every_message_is_dropped_once_handled_or_not() {
    let (held, sent) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let (actor, said) = holder(&held);
    let config = Config::new().unwrap().drain(false).unwrap();
    let mut manager = Manager::with_config(&config).unwrap();
    let actor = manager.manage("holder", actor).unwrap();
    manager.start().unwrap();
    for _ in 0..1000 {
        actor.tell(Counted(sent.clone())).unwrap();
    }
    manager.stop().unwrap();
    drop(actor.tell(Counted(sent.clone())).unwrap_err());
    drop(manager);
    drop(said);
    assert_eq!(sent.load(Ordering::SeqCst), 1001);
}

#[test]
fn undrained_mail_is_counted_as_dead() {
    let mut manager = Manager::new().unwrap();
    let mirror = manager.manage("mirror", Mirror).unwrap();
    manager.start().unwrap();
    manager.stop_actor(&mirror).unwrap();
    assert_eq!(mirror.tell(Text::new("late")).unwrap_err().code(), ErrorCode::Closed);
    assert_eq!(manager.manage("mirror", Mirror).unwrap_err().code(), ErrorCode::Exist, "a name is taken once");
    assert!(manager.snapshot().unwrap().json().contains("\"mirror\""));
}

/// Longer than the system's tick, by which time in handlers is counted.
const WORK: Duration = Duration::from_millis(30);

struct Slow;

impl Slow {
    fn on_number(&mut self, number: &Number, _: &mut Context) -> Number {
        std::thread::sleep(WORK);
        Number { value: number.value }
    }
}

handle_messages!(Slow, Number => on_number);

#[test]
fn a_snapshot_tells_how_long_an_actor_has_been_at_work() {
    let mut manager = Manager::new().unwrap();
    let slow = manager.manage("slow", Slow).unwrap();
    assert!(manager.snapshot().unwrap().json().contains("\"handler_ns\":0,"));
    manager.start().unwrap();
    let _: Number = slow.ask(Number { value: 1 }, PATIENCE).unwrap();
    assert!(!manager.snapshot().unwrap().json().contains("\"handler_ns\":0,"));
}

#[test]
fn a_handle_outlives_its_manager() {
    let manager = Manager::new().unwrap();
    let handle = manager.get_handle();
    handle.terminate();
    manager.wait(PATIENCE).unwrap();
    drop(manager);
    handle.clone().terminate();
    assert_eq!(Manager::new().unwrap().wait(Duration::from_millis(1)).unwrap_err().code(), ErrorCode::TimedOut);
}

#[test]
fn a_ref_outlives_its_manager() {
    let manager = Manager::new().unwrap();
    let mirror = manager.manage("mirror", Mirror).unwrap();
    let same = manager.find("mirror").unwrap();
    assert_eq!(mirror, same);
    drop(manager);
    assert_eq!(mirror.name(), "mirror");
    assert_eq!(mirror.tell(Number { value: 1 }).unwrap_err().code(), ErrorCode::Closed);
    assert_eq!(format!("{same:?}"), "ActorRef(mirror)");
}

#[test]
fn an_actor_stops_itself_and_the_others_go_on() {
    struct Mortal;
    impl Mortal {
        fn on_number(&mut self, number: &Number, context: &mut Context) -> Number {
            context.stop();
            number.clone()
        }
    }
    handle_messages!(Mortal, Number => on_number);
    let mut manager = Manager::new().unwrap();
    let mortal = manager.manage("mortal", Mortal).unwrap();
    let mirror = manager.manage("mirror", Mirror).unwrap();
    manager.start().unwrap();
    let last: Number = mortal.ask(Number { value: 3 }, PATIENCE).unwrap();
    assert_eq!(last.value, 3);
    until("the end of the actor", || {
        mortal.tell(Number { value: 4 }).is_err_and(|failed| failed.code() == ErrorCode::Closed)
    });
    assert!(mirror.ask::<_, Number>(Number { value: 5 }, PATIENCE).is_ok());
}

#[test]
fn an_actor_that_does_not_come_back_is_named() {
    struct Stuck(mpsc::Sender<()>, mpsc::Receiver<()>);
    impl Stuck {
        fn on_number(&mut self, _: &Number, _: &mut Context) {
            self.0.send(()).expect("the test listens");
            // Until the test lets it go, by dropping its end.
            let _ = self.1.recv_timeout(PATIENCE);
        }
    }
    handle_messages!(Stuck, Number => on_number);
    let (entered, is_in) = mpsc::channel();
    let (open, go) = mpsc::channel();
    let config = Config::new().unwrap().stop_timeout(Duration::from_millis(20)).unwrap();
    let mut manager = Manager::with_config(&config).unwrap();
    let stuck = manager.manage("stuck", Stuck(entered, go)).unwrap();
    manager.start().unwrap();
    stuck.tell(Number { value: 1 }).unwrap();
    is_in.recv_timeout(PATIENCE).unwrap();
    let error = manager.stop().unwrap_err();
    assert_eq!(error.code(), ErrorCode::TimedOut);
    assert!(error.detail().contains("stuck"), "{error}");
    drop(manager);
    drop(open);
}

#[test]
fn thread_options_are_taken() {
    let mut manager = Manager::new().unwrap();
    let thread = ThreadConfig {
        name: Some("a-name-of-more-than-15".to_owned()),
        spin: Some(Duration::ZERO),
        ..ThreadConfig::with_affinity(vec![0])
    };
    struct Where;
    impl Where {
        fn on_number(&mut self, _: &Number, _: &mut Context) -> std::io::Result<Text> {
            Ok(Text::new(&fs::read_to_string("/proc/thread-self/status")?))
        }
    }
    handle_messages!(Where, Number => on_number);
    let actor = manager.manage_with("where", Where, thread).unwrap();
    manager.start().unwrap();
    let status: Text = actor.ask(Number { value: 0 }, PATIENCE).unwrap();
    assert!(status.text.contains("Name:\ta-name-of-more-"), "{}", status.text);
    assert!(status.text.contains("Cpus_allowed_list:\t0\n"), "{}", status.text);
}

#[test]
fn types_know_their_names() {
    Number::message_type().unwrap();
    let found = Type::find("Number").unwrap();
    assert_eq!((found.name(), found.fields()), ("Number", vec![("value", "INT64")]));
    assert!(Type::find("NobodyDeclaredThis").is_none());
}

fn count_of(folder: &str) -> usize {
    fs::read_dir(folder).map_or(0, Iterator::count)
}

fn resident_kib() -> usize {
    let status = fs::read_to_string("/proc/self/status").expect("Linux");
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).expect("VmRSS");
    line.split_whitespace().nth(1).and_then(|kib| kib.parse().ok()).expect("a number")
}

/// One life of a node: bound, started, talked to in every way, stopped.
fn node_cycle() {
    let mut manager = node();
    let mirror = manager.manage("mirror", Mirror).unwrap();
    manager.on_dead_letter(|_| {}).unwrap();
    manager.start().unwrap();
    mirror.tell(Text::new("told")).unwrap();
    let _: Text = mirror.ask(Text::new("asked"), PATIENCE).unwrap();
    let far = manager.remote("mirror", manager.endpoint().unwrap()).unwrap();
    let payload = r#"{"text":"json","tags":["a"]}"#.parse().unwrap();
    let text: Text = far.ask(JsonMessage::new(Text::message_type().unwrap(), payload), PATIENCE).unwrap();
    assert_eq!(text.text, "json");
    manager.stop().unwrap();
}

/// One life of a process's actors: one with a thread, one in a group, asked in every way, an ask that is given up, mail left over.
fn cycle() {
    let mut manager = Manager::new().unwrap();
    let mirror = manager.manage("mirror", Mirror).unwrap();
    let member = manager.group("pool", 2).unwrap().manage("member", Mirror).unwrap();
    manager.on_dead_letter(|_| {}).unwrap();
    manager.start().unwrap();
    for actor in [&mirror, &member] {
        let _: Text = actor.ask(Text::new("asked"), PATIENCE).unwrap();
        let _: Option<Number> = actor.fast_send(&Number { value: 1 }).unwrap();
        drop(actor.ask_async::<_, Text>(Text::new("given up"), PATIENCE));
        actor.tell(Text::new("told")).unwrap();
    }
    manager.stop().unwrap();
    mirror.tell(Text::new("too late")).unwrap_err();
}

/// Run `once` so often and see what is left behind.
fn leaves_nothing_behind(what: &str, times: usize, once: fn()) {
    for _ in 0..times.min(100) {
        once(); // pools and caches fill
    }
    let (threads, descriptors, kib) = (count_of("/proc/self/task"), count_of("/proc/self/fd"), resident_kib());
    for _ in 0..times {
        once();
    }
    until("the end of all threads", || count_of("/proc/self/task") <= threads);
    assert!(count_of("/proc/self/fd") <= descriptors);
    let grown = resident_kib().saturating_sub(kib);
    println!("{times} cycles of {what}: +{grown} KiB of {kib}");
    assert!(grown < 768, "{times} cycles of {what} left {grown} KiB behind"); // 1 KiB in each of 1000 would be 1000
}

/// In a process of its own, since the other tests start and end threads at the same time: this program again, with the one
/// test's name.
#[test]
fn a_thousand_cycles_leave_nothing_behind() {
    const ALONE: &str = "SABIR_TEST_CYCLES_ALONE";
    if std::env::var_os(ALONE).is_none() {
        let program = std::env::current_exe().unwrap();
        let alone = std::process::Command::new(program)
            .args(["--exact", "a_thousand_cycles_leave_nothing_behind", "--test-threads=1", "--nocapture"])
            .env(ALONE, "1")
            .output()
            .unwrap();
        print!("{}", String::from_utf8_lossy(&alone.stdout));
        assert!(alone.status.success(), "{}", String::from_utf8_lossy(&alone.stderr));
        return;
    }
    leaves_nothing_behind("actors", 1000, cycle);
    leaves_nothing_behind("a node", 100, node_cycle);
}
