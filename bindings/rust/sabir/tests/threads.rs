//! `ThreadConfig`: what an actor's thread gets, and what is said of an option that cannot be had.

mod support;

use std::fs;
use std::sync::Mutex;
use std::time::Duration;

use sabir::{Context, ErrorCode, Manager, Message, Options, Scheduling, ThreadConfig, handle_messages};
use support::{Number, PATIENCE};

/// How the actor's own thread runs, as the system tells it.
#[derive(Message)]
struct Seen {
    name: String,
    cpus: String,
    policy: i64,
    priority: i64,
}

struct Looks;

impl Looks {
    fn on_number(&mut self, _: &Number, _: &mut Context) -> Seen {
        let status = fs::read_to_string("/proc/thread-self/status").expect("Linux");
        let line = |key: &str| {
            let found = status.lines().find_map(|line| line.strip_prefix(key));
            found.unwrap_or_default().trim().to_owned()
        };
        // proc(5): after the name in brackets the fields go on with the third; rt_priority is the 40th, policy the 41st.
        let stat = fs::read_to_string("/proc/thread-self/stat").expect("Linux");
        let fields: Vec<&str> = stat[stat.rfind(')').expect("a name") + 2..].split(' ').collect();
        let number = |field: usize| fields[field - 3].trim().parse().expect("a number");
        Seen { name: line("Name:"), cpus: line("Cpus_allowed_list:"), policy: number(41), priority: number(40) }
    }
}

handle_messages!(Looks, Number => on_number);

/// The core's lines are the process's: one test at a time looks at them.
static TURN: Mutex<()> = Mutex::new(());
static LINES: Mutex<Vec<String>> = Mutex::new(Vec::new());

fn look(thread: ThreadConfig) -> (Seen, Vec<String>) {
    let _turn = TURN.lock().unwrap();
    LINES.lock().unwrap().clear();
    sabir::log::set(Some(|line| LINES.lock().unwrap().push(line.to_owned())));
    let mut manager = Manager::new().unwrap();
    let looks = manager.manage_with("looks", Looks, Options::from(thread)).unwrap();
    manager.start().unwrap();
    let seen = looks.ask(Number { value: 0 }, PATIENCE).unwrap();
    manager.stop().unwrap();
    sabir::log::set(None);
    (seen, LINES.lock().unwrap().clone())
}

/// A CPU that this process may use.
fn a_cpu() -> usize {
    let status = fs::read_to_string("/proc/self/status").expect("Linux");
    let list = status.lines().find_map(|line| line.strip_prefix("Cpus_allowed_list:")).expect("a list of CPUs");
    list.trim().split([',', '-']).next().and_then(|cpu| cpu.parse().ok()).expect("a number")
}

#[test]
fn affinity_name_and_spin_are_the_threads() {
    let thread = ThreadConfig {
        name: Some("a-name-of-seventeen".into()),
        spin: Some(Duration::from_micros(50)),
        strict: true,
        ..ThreadConfig::with_affinity(vec![a_cpu()])
    };
    let (seen, lines) = look(thread);
    assert_eq!((seen.name.as_str(), seen.cpus), ("a-name-of-seven", a_cpu().to_string()));
    assert!(lines.is_empty(), "{lines:?}");
}

#[test]
fn without_options_a_thread_is_called_like_its_actor() {
    let (seen, _) = look(ThreadConfig::default());
    assert_eq!((seen.name.as_str(), seen.policy, seen.priority), ("looks", 0, 0));
}

#[test]
fn policy_and_priority_are_the_threads_or_it_is_said_why_not() {
    for (scheduling, policy) in [(Scheduling::Fifo(3), 1), (Scheduling::RoundRobin(3), 2)] {
        let (seen, lines) = look(ThreadConfig::with_scheduling(scheduling));
        if lines.is_empty() {
            assert_eq!((seen.policy, seen.priority), (policy, 3));
        } else {
            assert_eq!((seen.policy, seen.priority), (0, 0));
            assert!(lines[0].starts_with("actor 'looks' runs without a thread option: "), "{lines:?}");
        }
    }
}

#[test]
fn an_option_that_cannot_be_had_is_a_line_or_with_strict_an_error() {
    let impossible = ThreadConfig::with_affinity(vec![1000]);
    let (seen, lines) = look(impossible.clone());
    assert!(!seen.cpus.is_empty());
    assert!(lines[0].starts_with("actor 'looks' runs without a thread option: CPU affinity: "), "{lines:?}");

    let mut manager = Manager::new().unwrap();
    manager.manage_with("looks", Looks, ThreadConfig { strict: true, ..impossible }).unwrap();
    let failed = manager.start().unwrap_err();
    assert!(failed.detail().starts_with("actor 'looks' did not start: "), "{failed}");
    assert!(failed.detail().contains("CPU affinity"), "{failed}");

    let manager = Manager::new().unwrap();
    let wrong = ThreadConfig::with_scheduling(Scheduling::Fifo(100));
    assert_eq!(manager.manage_with("looks", Looks, wrong).unwrap_err().code(), ErrorCode::Inval);
}
