//! actix in the shapes of ping_pong.c, streaming.c, spawn.c and idle.c.
//!
//!     actix ping1|ping2 ROUNDS | stream MESSAGES | spawn|idle ACTORS
//!
//! ping1: both actors in one arbiter's thread. ping2: each in an arbiter of its own.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::mpsc;
use std::time::Instant;

use actix::prelude::*;
use sabir_bench_peers::{Note, arguments, idle, leave, need, print_ns, print_rate, print_spawned, resident_bytes};

#[derive(Message)]
#[rtype(result = "()")]
struct Ball {
    note: Note,
    answer: Option<Recipient<Ball>>,
}

struct Pong;

impl Actor for Pong {
    type Context = Context<Self>;
}

impl Handler<Ball> for Pong {
    type Result = ();

    fn handle(&mut self, ball: Ball, _: &mut Context<Self>) {
        if let Some(answer) = &ball.answer {
            answer.do_send(Ball { note: ball.note, answer: None });
        }
    }
}

struct Ping {
    other: Addr<Pong>,
    next: i64,
    rounds: i64,
    done: mpsc::Sender<()>,
}

impl Ping {
    fn play(&self, context: &mut Context<Self>) {
        let note = Note { from: 0, number: self.next };
        self.other.do_send(Ball { note, answer: Some(context.address().recipient()) });
    }
}

impl Actor for Ping {
    type Context = Context<Self>;

    fn started(&mut self, context: &mut Self::Context) {
        context.set_mailbox_capacity(64);
        self.play(context);
    }
}

impl Handler<Ball> for Ping {
    type Result = ();

    fn handle(&mut self, ball: Ball, context: &mut Context<Self>) {
        need(ball.note.number == self.next, "ping-pong: another number came");
        self.next += 1;
        if self.next < self.rounds {
            self.play(context);
        } else {
            self.done.send(()).expect("the main thread waits");
        }
    }
}

fn ping_pong(rounds: i64, apart: bool) {
    let (done, over) = mpsc::channel();
    let one = Arbiter::new();
    let other = apart.then(Arbiter::new); // kept to the end, as `one` is
    let pong = Pong::start_in_arbiter(&other.as_ref().unwrap_or(&one).handle(), |_| Pong);
    let begin = Instant::now();
    // Its address is kept, for an actor of whom nobody has one any more ends, with its last message still in the mailbox.
    let _ping = Ping::start_in_arbiter(&one.handle(), move |_| Ping { other: pong, next: 0, rounds, done });
    over.recv().expect("ping says so");
    print_ns(rounds, begin);
}

struct Sink {
    next: i64,
    total: i64,
    done: mpsc::Sender<()>,
}

impl Actor for Sink {
    type Context = Context<Self>;
}

impl Handler<Ball> for Sink {
    type Result = ();

    fn handle(&mut self, ball: Ball, _: &mut Context<Self>) {
        need(ball.note.number == self.next, "streaming: another number came");
        self.next += 1;
        if self.next == self.total {
            self.done.send(()).expect("the main thread waits");
        }
    }
}

/// From the main thread to an arbiter's. `do_send` takes no notice of the mailbox's bound.
fn stream(total: i64) {
    let (done, over) = mpsc::channel();
    let arbiter = Arbiter::new();
    let sink = Sink::start_in_arbiter(&arbiter.handle(), move |_| Sink { next: 0, total, done });
    let begin = Instant::now();
    for number in 0..total {
        sink.do_send(Ball { note: Note { from: 0, number }, answer: None });
    }
    over.recv().expect("the sink says so");
    print_rate(total, begin);
}

static MISSING: AtomicI64 = AtomicI64::new(0);

struct Newborn {
    done: mpsc::Sender<()>,
}

impl Actor for Newborn {
    type Context = Context<Self>;
}

impl Handler<Ball> for Newborn {
    type Result = ();

    fn handle(&mut self, _: Ball, _: &mut Context<Self>) {
        if MISSING.fetch_sub(1, Ordering::Relaxed) == 1 {
            self.done.send(()).expect("the main thread waits");
        }
    }
}

fn spawn(count: i64) -> Vec<Addr<Newborn>> {
    let (done, over) = mpsc::channel();
    MISSING.store(count, Ordering::Relaxed);
    let arbiter = Arbiter::new();
    let mut actors = Vec::with_capacity(count as usize);
    let (begin, before) = (Instant::now(), resident_bytes());
    for number in 0..count {
        let done = done.clone();
        let actor = Newborn::start_in_arbiter(&arbiter.handle(), move |_| Newborn { done });
        actor.do_send(Ball { note: Note { from: 0, number }, answer: None });
        actors.push(actor);
    }
    over.recv().expect("the last one says so");
    print_spawned(count, begin, before);
    actors
}

fn main() {
    let (case, count) = arguments();
    let _system = System::new();
    match case.as_str() {
        "ping1" => ping_pong(count, false),
        "ping2" => ping_pong(count, true),
        "stream" => stream(count),
        "spawn" => drop(spawn(count)),
        "idle" => {
            let actors = spawn(count);
            idle();
            drop(actors);
        }
        _ => panic!("actix: no case {case}"),
    }
    leave();
}
