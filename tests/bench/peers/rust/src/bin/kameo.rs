//! kameo in the shapes of ping_pong.c, streaming.c, spawn.c and idle.c, on tokio's pool.
//!
//!     kameo ping1|ping2 ROUNDS | stream MESSAGES | spawn|idle ACTORS

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Instant;

use kameo::Actor;
use kameo::actor::{ActorRef, Spawn};
use kameo::mailbox;
use kameo::message::{Context, Message};
use sabir_bench_peers::{Note, arguments, idle, leave, need, print_ns, print_rate, print_spawned, resident_bytes};
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};

struct Ball {
    note: Note,
    answer: ActorRef<Ping>,
}

#[derive(Actor)]
struct Pong;

impl Message<Ball> for Pong {
    type Reply = ();

    async fn handle(&mut self, ball: Ball, _: &mut Context<Self, ()>) {
        ball.answer.tell(ball.note).await.expect("ping lives");
    }
}

#[derive(Actor)]
struct Ping {
    other: ActorRef<Pong>,
    next: i64,
    rounds: i64,
    done: UnboundedSender<()>,
}

impl Message<Note> for Ping {
    type Reply = ();

    async fn handle(&mut self, note: Note, context: &mut Context<Self, ()>) {
        need(note.number == self.next, "ping-pong: another number came");
        self.next += 1;
        if self.next < self.rounds {
            let ball = Ball { note: Note { from: 0, number: self.next }, answer: context.actor_ref().clone() };
            self.other.tell(ball).await.expect("pong lives");
        } else {
            self.done.send(()).expect("somebody waits");
        }
    }
}

async fn ping_pong(rounds: i64) {
    let (done, mut over) = unbounded_channel();
    let pong = Pong::spawn(Pong);
    let ping = Ping::spawn(Ping { other: pong.clone(), next: 0, rounds, done });
    let begin = Instant::now();
    pong.tell(Ball { note: Note { from: 0, number: 0 }, answer: ping }).await.expect("pong lives");
    over.recv().await;
    print_ns(rounds, begin);
}

#[derive(Actor)]
struct Sink {
    next: i64,
    total: i64,
    done: UnboundedSender<()>,
}

impl Message<Note> for Sink {
    type Reply = ();

    async fn handle(&mut self, note: Note, _: &mut Context<Self, ()>) {
        need(note.number == self.next, "streaming: another number came");
        self.next += 1;
        if self.next == self.total {
            self.done.send(()).expect("somebody waits");
        }
    }
}

/// From the main thread, which is no worker of the pool.
async fn stream(total: i64) {
    let (done, mut over) = unbounded_channel();
    let sink = Sink::spawn_with_mailbox(Sink { next: 0, total, done }, mailbox::unbounded());
    let begin = Instant::now();
    for number in 0..total {
        sink.tell(Note { from: 0, number }).await.expect("the sink lives");
    }
    over.recv().await;
    print_rate(total, begin);
}

static MISSING: AtomicI64 = AtomicI64::new(0);

#[derive(Actor)]
struct Newborn {
    done: UnboundedSender<()>,
}

impl Message<Note> for Newborn {
    type Reply = ();

    async fn handle(&mut self, _: Note, _: &mut Context<Self, ()>) {
        if MISSING.fetch_sub(1, Ordering::Relaxed) == 1 {
            self.done.send(()).expect("somebody waits");
        }
    }
}

async fn spawn(count: i64) -> Vec<ActorRef<Newborn>> {
    let (done, mut over) = unbounded_channel();
    MISSING.store(count, Ordering::Relaxed);
    let mut actors = Vec::with_capacity(count as usize);
    let (begin, before) = (Instant::now(), resident_bytes());
    for number in 0..count {
        let actor = Newborn::spawn(Newborn { done: done.clone() });
        actor.tell(Note { from: 0, number }).await.expect("it lives");
        actors.push(actor);
    }
    over.recv().await;
    print_spawned(count, begin, before);
    actors
}

/// One thread where one is asked for: that is faster than a pool of one worker.
fn pool(case: &str) -> tokio::runtime::Runtime {
    let mut builder = match case {
        "ping1" => tokio::runtime::Builder::new_current_thread(),
        _ => tokio::runtime::Builder::new_multi_thread(),
    };
    builder.worker_threads(if case == "stream" { 1 } else { 2 }).enable_all().build().expect("a pool")
}

fn main() {
    let (case, count) = arguments();
    let pool = pool(&case);
    match case.as_str() {
        "ping1" | "ping2" => pool.block_on(ping_pong(count)),
        "stream" => pool.block_on(stream(count)),
        "spawn" => drop(pool.block_on(spawn(count))),
        "idle" => {
            let actors = pool.block_on(spawn(count));
            idle();
            drop(actors);
        }
        _ => panic!("kameo: no case {case}"),
    }
    leave();
}
