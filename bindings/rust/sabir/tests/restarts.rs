//! Failing and coming back: fresh actors with the mailbox kept, limits, supervisors, watching.

mod support;

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::{self, Receiver, Sender};
use std::time::Duration;

use sabir::{
    Actor, ActorRef, Context, Down, ErrorCode, Failure, Handlers, Manager, Message, OnFailure, Options, Restart, Start,
    Strategy, handle_messages,
};
use support::{Number, PATIENCE, node, until};

#[derive(Message)]
struct Add {
    amount: i64,
}

#[derive(Default)]
struct Adder {
    total: i64,
}

impl Adder {
    fn on_add(&mut self, add: &Add, _: &mut Context) -> Result<Number, Failure> {
        match add.amount {
            -1 => Err("only more".into()),
            -2 => panic!("by mistake"),
            amount => {
                self.total += amount;
                Ok(Number { value: self.total })
            }
        }
    }
}

handle_messages!(Adder, Add => on_add);

/// Watches what it is given and tells the test.
struct Watcher {
    watched: Vec<ActorRef>,
    told: Sender<Down>,
}

impl Watcher {
    fn new(watched: &[&ActorRef]) -> (Self, Receiver<Down>) {
        let (told, downs) = mpsc::channel();
        (Watcher { watched: watched.iter().map(|&one| one.clone()).collect(), told }, downs)
    }

    fn on_start(&mut self, _: &Start, context: &mut Context) -> sabir::Result<()> {
        self.watched.iter().try_for_each(|one| context.watch(one))
    }

    fn on_down(&mut self, down: &Down, _: &mut Context) {
        self.told.send(down.clone()).expect("the test listens");
    }
}

handle_messages!(Watcher, Start => on_start, Down => on_down);

fn soon() -> Restart {
    Restart { first_delay: Duration::from_millis(1), max_delay: Duration::from_millis(2), ..Restart::default() }
}

fn total(adder: &ActorRef) -> i64 {
    adder.ask::<_, Number>(Add { amount: 0 }, PATIENCE).unwrap().value
}

fn restarts(manager: &Manager, name: &str) -> u64 {
    let snapshot = manager.snapshot().unwrap();
    let (_, actor) = snapshot.json().split_once(&format!("\"name\":\"{name}\"")).unwrap();
    let (_, count) = actor.split_once("\"restarts\":").unwrap();
    count.split(|c: char| !c.is_ascii_digit()).next().unwrap().parse().unwrap()
}

#[test]
fn an_err_and_a_panic_are_restarts_with_the_mailbox_kept() {
    let mut manager = Manager::new().unwrap();
    let made = Arc::new(AtomicU32::new(0));
    let count = Arc::clone(&made);
    let make = move || {
        count.fetch_add(1, Ordering::Relaxed);
        Adder::default()
    };
    let adder = manager.manage_restarting("adder", make, soon()).unwrap();
    manager.start().unwrap();
    for (how, left) in [(-1, 7), (-2, 8)] {
        adder.tell(Add { amount: 5 }).unwrap();
        adder.tell(Add { amount: how }).unwrap();
        adder.tell(Add { amount: left }).unwrap();
        assert_eq!(total(&adder), left);
    }
    assert_eq!(made.load(Ordering::Relaxed), 3);
    assert_eq!(restarts(&manager, "adder"), 2);
}

#[test]
fn one_restart_too_many_is_the_end_and_watchers_are_told() {
    let mut manager = Manager::new().unwrap();
    let adder = manager.manage_restarting("adder", Adder::default, Restart { limit: Some(1), ..soon() }).unwrap();
    let (watcher, downs) = Watcher::new(&[&adder, &adder]);
    manager.manage("watcher", watcher).unwrap();
    manager.start().unwrap();
    adder.tell(Add { amount: -1 }).unwrap();
    adder.tell(Add { amount: -2 }).unwrap();
    let down = downs.recv_timeout(PATIENCE).unwrap();
    assert_eq!((down.name.as_str(), down.reason.as_str()), ("adder", "failed"));
    manager.stop().unwrap();
    assert!(downs.try_recv().is_err(), "one Down, not two");
}

#[test]
fn to_stop_is_a_policy() {
    let mut manager = Manager::new().unwrap();
    let adder = manager.manage_with("adder", Adder::default(), Options::new().on_failure(OnFailure::Stop)).unwrap();
    let (watcher, downs) = Watcher::new(&[&adder]);
    manager.manage("watcher", watcher).unwrap();
    manager.start().unwrap();
    adder.tell(Add { amount: -2 }).unwrap();
    assert_eq!(downs.recv_timeout(PATIENCE).unwrap().reason, "failed");
}

#[test]
fn what_makes_it_may_fail_too() {
    let mut manager = Manager::new().unwrap();
    let mut made = 0;
    let make = move || {
        made += 1;
        assert_ne!(made, 2, "no room");
        Adder::default()
    };
    let adder = manager.manage_restarting("adder", make, soon()).unwrap();
    manager.start().unwrap();
    adder.tell(Add { amount: -1 }).unwrap();
    assert_eq!(total(&adder), 0);
    assert_eq!(restarts(&manager, "adder"), 2);
}

#[test]
fn all_for_one_and_then_the_parent() {
    let mut manager = Manager::new().unwrap();
    let top = manager.supervisor("top", Strategy::OneForOne, Restart { limit: Some(1), ..soon() }).unwrap();
    let low = manager.supervisor("low", Strategy::AllForOne, Restart { limit: Some(1), ..soon() }).unwrap();
    low.under(&top).unwrap();
    assert_eq!(top.under(&low).unwrap_err().code(), ErrorCode::Inval);
    let left = low.manage("left", Adder::default).unwrap();
    let right = low.manage("right", Adder::default).unwrap();
    let (watcher, downs) = Watcher::new(&[&left, &right]);
    manager.manage("watcher", watcher).unwrap();
    manager.start().unwrap();
    for round in 1..=2 {
        left.tell(Add { amount: -1 }).unwrap();
        until("the restart of both", || restarts(&manager, "left") == round && restarts(&manager, "right") == round);
    }
    left.tell(Add { amount: -1 }).unwrap(); // low's own, for it has begun anew
    until("the restart of both", || restarts(&manager, "left") == 3 && restarts(&manager, "right") == 3);
    left.tell(Add { amount: -1 }).unwrap();
    for _ in 0..2 {
        assert_eq!(downs.recv_timeout(PATIENCE).unwrap().reason, "failed");
    }
}

#[test]
fn the_end_of_an_actor_of_another_node_is_told() {
    let (mut here, mut there) = (node(), node());
    let adder = there.manage("adder", Adder::default()).unwrap();
    there.start().unwrap();
    let endpoint = there.endpoint().unwrap().to_owned();
    let remote = here.remote("adder", &endpoint).unwrap();
    let nobody = here.remote("nobody", &endpoint).unwrap();
    let (watcher, downs) = Watcher::new(&[&remote, &nobody]);
    here.manage("watcher", watcher).unwrap();
    here.start().unwrap();
    let down = downs.recv_timeout(PATIENCE).unwrap();
    assert_eq!((down.name.as_str(), down.reason.as_str()), ("nobody", "unknown_target"));
    there.stop_actor(&adder).unwrap();
    let down = downs.recv_timeout(PATIENCE).unwrap();
    assert_eq!(down, Down { name: "adder".into(), endpoint, reason: "stopped".into() });
}

/// Watches and thinks better of it.
struct Fickle(ActorRef);

impl Actor for Fickle {
    fn handlers(handlers: &mut Handlers<Self>) {
        handlers
            .on(|_: &mut Self, _: &Down, _: &mut Context| -> Result<(), Failure> { Err("it does not watch".into()) });
    }

    fn on_start(&mut self, context: &mut Context<'_>) -> Result<(), Failure> {
        context.watch(&self.0)?;
        context.unwatch(&self.0)?;
        assert_eq!(context.unwatch(&self.0).unwrap_err().code(), ErrorCode::NoEnt);
        Ok(())
    }
}

#[test]
fn who_watches_no_more_is_not_told() {
    let mut manager = Manager::new().unwrap();
    let adder = manager.manage("adder", Adder::default()).unwrap();
    manager.manage("fickle", Fickle(adder.clone())).unwrap();
    manager.start().unwrap();
    manager.stop_actor(&adder).unwrap();
    manager.stop().unwrap();
    assert_eq!(manager.snapshot().unwrap().dead_letters("failed").unwrap(), 0);
}

#[test]
fn a_rule_that_makes_no_sense_is_refused() {
    let manager = Manager::new().unwrap();
    let beyond = Restart { limit: Some(65), ..Restart::default() };
    assert_eq!(manager.manage_restarting("a", Adder::default, beyond).unwrap_err().code(), ErrorCode::Inval);
    let reversed = Restart { first_delay: Duration::from_secs(2), ..Restart::default() };
    assert_eq!(manager.supervisor("s", Strategy::OneForOne, reversed).unwrap_err().code(), ErrorCode::Inval);
}
