//! The shapes of ping_pong.c, streaming.c and fast_send.c through the crate.
//!
//!     sabir-bench group1|group2 ROUNDS | stream MESSAGES | fast CALLS

use std::sync::mpsc;
use std::thread;
use std::time::Instant;

use sabir::{ActorRef, Context, ErrorCode, Manager, Message, handle_messages};

#[derive(Message, Clone)]
#[message(name = "bench.Note")]
struct Note {
    from: i64,
    number: i64,
}

fn need(holds: bool, words: &str) {
    if !holds {
        eprintln!("{words}");
        std::process::exit(1);
    }
}

fn print(value: f64) {
    println!("{{\"value\": {value}}}");
}

struct Pong;

impl Pong {
    fn on_note(&mut self, note: &Note, _: &mut Context) -> Note {
        note.clone()
    }
}

handle_messages!(Pong, Note => on_note);

struct Ping {
    next: i64,
    rounds: i64,
    done: mpsc::Sender<()>,
}

impl Ping {
    fn on_note(&mut self, note: &Note, _: &mut Context) -> Option<Note> {
        need(note.number == self.next, "ping-pong: another number came");
        self.next += 1;
        if self.next < self.rounds {
            return Some(Note { from: 0, number: self.next });
        }
        self.done.send(()).expect("the main thread waits");
        None
    }
}

handle_messages!(Ping, Note => on_note);

fn ping_pong(rounds: i64, workers: usize) -> sabir::Result<()> {
    let (done, over) = mpsc::channel();
    let mut manager = Manager::new()?;
    let group = manager.group("bench", workers)?;
    let pong = group.manage("pong", Pong)?;
    let ping = group.manage("ping", Ping { next: 0, rounds, done })?;
    manager.start()?;
    let begin = Instant::now();
    pong.send(Note { from: 0, number: 0 }, &ping)?;
    over.recv().expect("ping says so");
    print(begin.elapsed().as_nanos() as f64 / rounds as f64);
    manager.stop()
}

struct Sink {
    next: i64,
    total: i64,
    done: mpsc::Sender<()>,
}

impl Sink {
    fn on_note(&mut self, note: &Note, _: &mut Context) {
        need(note.number == self.next, "streaming: another number came");
        self.next += 1;
        if self.next == self.total {
            self.done.send(()).expect("the main thread waits");
        }
    }
}

handle_messages!(Sink, Note => on_note);

/// To a full mailbox again and again, as in C.
fn send_on(sink: &ActorRef, note: Note) -> sabir::Result<()> {
    let mut unsent = note;
    loop {
        match sink.tell(unsent) {
            Ok(()) => return Ok(()),
            Err(error) if error.code() == ErrorCode::Full => unsent = error.message,
            Err(error) => return Err(error.into()),
        }
        thread::yield_now();
    }
}

fn stream(total: i64) -> sabir::Result<()> {
    let (done, over) = mpsc::channel();
    let mut manager = Manager::new()?;
    let sink = manager.manage("sink", Sink { next: 0, total, done })?;
    manager.start()?;
    let begin = Instant::now();
    for number in 0..total {
        send_on(&sink, Note { from: 0, number })?;
    }
    over.recv().expect("the sink says so");
    print(total as f64 / begin.elapsed().as_secs_f64() / 1e6);
    manager.stop()
}

struct Incrementer;

impl Incrementer {
    fn on_note(&mut self, note: &Note, _: &mut Context) -> Note {
        Note { from: 0, number: note.number + 1 }
    }
}

handle_messages!(Incrementer, Note => on_note);

fn fast(calls: i64) -> sabir::Result<()> {
    let mut manager = Manager::new()?;
    let incrementer = manager.manage("incrementer", Incrementer)?;
    manager.start()?;
    let begin = Instant::now();
    for number in 0..calls {
        let reply: Option<Note> = incrementer.fast_send(&Note { from: 0, number })?;
        need(reply.is_some_and(|note| note.number == number + 1), "fast_send: a wrong reply");
    }
    print(begin.elapsed().as_nanos() as f64 / calls as f64);
    manager.stop()
}

fn main() -> sabir::Result<()> {
    let arguments: Vec<String> = std::env::args().collect();
    let count = arguments.get(2).and_then(|count| count.parse().ok()).expect("usage: sabir-bench CASE COUNT");
    match arguments[1].as_str() {
        "group1" => ping_pong(count, 1),
        "group2" => ping_pong(count, 2),
        "stream" => stream(count),
        "fast" => fast(count),
        case => panic!("sabir-bench: no case {case}"),
    }
}
