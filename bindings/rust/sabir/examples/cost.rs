//! What one message costs through the crate, as a program whose instructions can be counted: the same as `tests/cost/cost.c`.
//!
//! `cost fast_send|send|words COUNT`

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use sabir::{Actor, ActorRef, Context, Handlers, Manager, Message, Options};

#[derive(Message)]
#[message(name = "cost.Value")]
struct Value {
    value: i64,
}

#[derive(Message)]
#[message(name = "cost.Words")]
struct Words {
    text: String,
}

/// Says at its end what it has added up.
struct Sink {
    sum: i64,
    answers: bool,
    total: Arc<AtomicI64>,
}

impl Sink {
    fn on_value(&mut self, value: &Value, _: &mut Context) -> Option<Value> {
        self.sum += value.value;
        self.answers.then_some(Value { value: self.sum })
    }

    fn on_words(&mut self, words: &Words, _: &mut Context) {
        self.sum += words.text.len() as i64;
    }
}

impl Actor for Sink {
    fn handlers(handlers: &mut Handlers<Self>) {
        handlers.on(Self::on_value).on(Self::on_words);
    }

    fn on_stop(&mut self, _: &mut Context<'_>) {
        self.total.store(self.sum, Ordering::Relaxed);
    }
}

fn fast_send(sink: &ActorRef, count: i64) -> sabir::Result<()> {
    let mut last = 0;
    for _ in 0..count {
        last = sink.fast_send::<_, Value>(&Value { value: 1 })?.map_or(0, |reply| reply.value);
    }
    assert_eq!(last, count);
    Ok(())
}

fn send_values(sink: &ActorRef, count: i64) -> sabir::Result<()> {
    for _ in 0..count {
        sink.tell(Value { value: 1 })?;
    }
    Ok(())
}

fn send_words(sink: &ActorRef, count: i64) -> sabir::Result<()> {
    for _ in 0..count {
        sink.tell(Words { text: "a text of some length, as texts have".into() })?;
    }
    Ok(())
}

fn main() -> sabir::Result<()> {
    let arguments: Vec<String> = std::env::args().collect();
    let [_, what, count] = arguments.as_slice() else {
        eprintln!("usage: cost fast_send|send|words COUNT");
        std::process::exit(2);
    };
    let count: i64 = count.parse().expect("COUNT is a number");
    let total = Arc::new(AtomicI64::new(0));
    let sink = Sink { sum: 0, answers: what == "fast_send", total: total.clone() };
    let mut manager = Manager::new()?;
    let sink = manager.manage_with("sink", sink, Options::new().capacity(0))?;
    match what.as_str() {
        "send" => send_values(&sink, count)?, // queued: what follows handles them
        "words" => send_words(&sink, count)?,
        _ => {}
    }
    manager.start()?;
    if what == "fast_send" {
        fast_send(&sink, count)?;
    }
    manager.stop()?;
    assert_eq!(total.load(Ordering::Relaxed), if what == "words" { 36 * count } else { count });
    Ok(())
}
