//! What several test programs share.
#![allow(dead_code, reason = "each uses its part")]
#![allow(missing_docs, reason = "these are tests")]

use std::sync::mpsc::{self, Receiver, Sender};
use std::time::{Duration, Instant};

use sabir::{Config, Context, Manager, Message, handle_messages};

/// Long enough for a busy machine; a test that waits so long has failed.
pub const PATIENCE: Duration = Duration::from_secs(20);

#[derive(Message, Debug, Clone, PartialEq)]
pub struct Number {
    pub value: i64,
}

#[derive(Message, Debug, Clone, PartialEq)]
pub struct Text {
    pub text: String,
    pub tags: Vec<String>,
}

impl Text {
    pub fn new(text: &str) -> Self {
        Text { text: text.to_owned(), tags: Vec::new() }
    }
}

/// Hands every message to the test.
pub struct Tap<M>(Sender<M>);

impl<M: Message + Clone> Tap<M> {
    pub fn new() -> (Self, Receiver<M>) {
        let (sender, receiver) = mpsc::channel();
        (Tap(sender), receiver)
    }

    fn on_message(&mut self, message: &M, _: &mut Context) {
        self.0.send(message.clone()).expect("the test listens");
    }
}

impl<M: Message + Clone> sabir::Actor for Tap<M> {
    fn handlers(handlers: &mut sabir::Handlers<Self>) {
        handlers.on(Self::on_message);
    }
}

/// Replies with whatever it gets.
pub struct Mirror;

impl Mirror {
    fn on_number(&mut self, number: &Number, _: &mut Context) -> Number {
        number.clone()
    }

    fn on_text(&mut self, text: &Text, _: &mut Context) -> Text {
        text.clone()
    }
}

handle_messages!(Mirror, Number => on_number, Text => on_text);

pub fn node() -> Manager {
    let config = Config::new().and_then(|config| config.bind("tcp://127.0.0.1:*")).expect("loopback is an endpoint");
    Manager::with_config(&config).expect("a free TCP port")
}

/// Look until it is so; for what nobody announces.
pub fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !is_so() {
        assert!(Instant::now() < deadline, "{what} did not come");
        std::thread::yield_now();
    }
}
