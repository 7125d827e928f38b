//! ractor in the shapes of ping_pong.c, streaming.c, spawn.c and idle.c, on tokio's pool.
//!
//!     ractor ping1|ping2 ROUNDS | stream MESSAGES | spawn|idle ACTORS

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Instant;

use ractor::{Actor, ActorProcessingErr, ActorRef};
use sabir_bench_peers::{Note, arguments, idle, leave, need, print_ns, print_rate, print_spawned, resident_bytes};
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};

struct Ball {
    note: Note,
    answer: Option<ActorRef<Ball>>,
}

struct Pong;

impl Actor for Pong {
    type Msg = Ball;
    type State = ();
    type Arguments = ();

    async fn pre_start(&self, _: ActorRef<Ball>, (): ()) -> Result<(), ActorProcessingErr> {
        Ok(())
    }

    async fn handle(&self, _: ActorRef<Ball>, ball: Ball, _: &mut ()) -> Result<(), ActorProcessingErr> {
        if let Some(answer) = &ball.answer {
            answer.cast(Ball { note: ball.note, answer: None })?;
        }
        Ok(())
    }
}

struct Ping {
    other: ActorRef<Ball>,
    rounds: i64,
    done: UnboundedSender<()>,
}

impl Ping {
    fn play(&self, own: ActorRef<Ball>, number: i64) -> Result<(), ActorProcessingErr> {
        self.other.cast(Ball { note: Note { from: 0, number }, answer: Some(own) })?;
        Ok(())
    }
}

impl Actor for Ping {
    type Msg = Ball;
    type State = i64;
    type Arguments = ();

    async fn pre_start(&self, own: ActorRef<Ball>, (): ()) -> Result<i64, ActorProcessingErr> {
        self.play(own, 0)?;
        Ok(0)
    }

    async fn handle(&self, own: ActorRef<Ball>, ball: Ball, next: &mut i64) -> Result<(), ActorProcessingErr> {
        need(ball.note.number == *next, "ping-pong: another number came");
        *next += 1;
        if *next < self.rounds {
            self.play(own, *next)?;
        } else {
            self.done.send(())?;
        }
        Ok(())
    }
}

async fn ping_pong(rounds: i64) {
    let (done, mut over) = unbounded_channel();
    let (pong, _) = Actor::spawn(None, Pong, ()).await.expect("pong");
    let begin = Instant::now();
    let _ping = Actor::spawn(None, Ping { other: pong, rounds, done }, ()).await.expect("ping");
    over.recv().await;
    print_ns(rounds, begin);
}

struct Sink {
    total: i64,
    done: UnboundedSender<()>,
}

impl Actor for Sink {
    type Msg = Note;
    type State = i64;
    type Arguments = ();

    async fn pre_start(&self, _: ActorRef<Note>, (): ()) -> Result<i64, ActorProcessingErr> {
        Ok(0)
    }

    async fn handle(&self, _: ActorRef<Note>, note: Note, next: &mut i64) -> Result<(), ActorProcessingErr> {
        need(note.number == *next, "streaming: another number came");
        *next += 1;
        if *next == self.total {
            self.done.send(())?;
        }
        Ok(())
    }
}

/// From the main thread, which is no worker of the pool.
async fn stream(total: i64) {
    let (done, mut over) = unbounded_channel();
    let (sink, _) = Actor::spawn(None, Sink { total, done }, ()).await.expect("sink");
    let begin = Instant::now();
    for number in 0..total {
        sink.cast(Note { from: 0, number }).expect("the sink lives");
    }
    over.recv().await;
    print_rate(total, begin);
}

static MISSING: AtomicI64 = AtomicI64::new(0);

struct Newborn {
    done: UnboundedSender<()>,
}

impl Actor for Newborn {
    type Msg = Note;
    type State = ();
    type Arguments = ();

    async fn pre_start(&self, _: ActorRef<Note>, (): ()) -> Result<(), ActorProcessingErr> {
        Ok(())
    }

    async fn handle(&self, _: ActorRef<Note>, _: Note, _: &mut ()) -> Result<(), ActorProcessingErr> {
        if MISSING.fetch_sub(1, Ordering::Relaxed) == 1 {
            self.done.send(())?;
        }
        Ok(())
    }
}

async fn spawn(count: i64) -> Vec<ActorRef<Note>> {
    let (done, mut over) = unbounded_channel();
    MISSING.store(count, Ordering::Relaxed);
    let mut actors = Vec::with_capacity(count as usize);
    let (begin, before) = (Instant::now(), resident_bytes());
    for number in 0..count {
        let (actor, _) = Actor::spawn(None, Newborn { done: done.clone() }, ()).await.expect("a newborn");
        actor.cast(Note { from: 0, number }).expect("it lives");
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
        _ => panic!("ractor: no case {case}"),
    }
    leave();
}
