//! What cannot be sent comes back, as it was.

mod support;

use std::sync::mpsc;

use sabir::{
    ActorRef, Context, ErrorCode, HighWater, JsonMessage, Manager, Message, Options, Overload, Type, handle_messages,
};
use support::{Mirror, Number, PATIENCE, Tap, Text, node};

#[derive(Message, Debug, Clone, PartialEq)]
struct Measure {
    real: f64,
}

#[derive(Message)]
struct Enter;

/// Waits in its handler until it is let go.
struct Gate {
    entered: mpsc::Sender<()>,
    go: mpsc::Receiver<()>,
}

impl Gate {
    fn on_enter(&mut self, _: &Enter, _: &mut Context) {
        self.entered.send(()).expect("the test listens");
        self.go.recv_timeout(PATIENCE).expect("the test lets go");
    }

    fn on_text(&mut self, _: &Text, _: &mut Context) {}
}

handle_messages!(Gate, Enter => on_enter, Text => on_text);

/// A gate that stands in its handler, with a mailbox of `capacity`.
fn closed_gate(manager: &mut Manager, options: Options) -> (ActorRef, mpsc::Sender<()>) {
    let (entered, is_in) = mpsc::channel();
    let (open, go) = mpsc::channel();
    let gate = manager.manage_with("gate", Gate { entered, go }, options).unwrap();
    manager.start().unwrap();
    gate.tell(Enter).unwrap();
    is_in.recv_timeout(PATIENCE).unwrap();
    (gate, open)
}

#[test]
fn a_full_mailbox_gives_the_message_back() {
    let mut manager = Manager::new().unwrap();
    let (gate, open) = closed_gate(&mut manager, Options::new().capacity(2));
    let mut taken = 0;
    let failed = loop {
        match gate.tell(Text::new(&format!("text {taken}"))) {
            Ok(()) => taken += 1,
            Err(failed) => break failed,
        }
        assert!(taken <= 2, "the mailbox holds more than its capacity");
    };
    assert_eq!(failed.code(), ErrorCode::Full);
    assert_eq!(failed.message.text, format!("text {taken}"));
    open.send(()).unwrap();
}

#[test]
fn an_overload_policy_drops_instead() {
    let mut manager = Manager::new().unwrap();
    let (gate, open) = closed_gate(&mut manager, Options::new().capacity(2).overload(Overload::DropNewest));
    for _ in 0..10 {
        gate.tell(Text::new("one of many")).unwrap();
    }
    assert!(manager.snapshot().unwrap().dead_letters("mailbox_full").unwrap() >= 8);
    open.send(()).unwrap();
}

struct Monitor {
    told: mpsc::Sender<HighWater>,
}

impl Monitor {
    fn on_high_water(&mut self, news: &HighWater, _: &mut Context) {
        self.told.send(news.clone()).expect("the test listens");
    }
}

handle_messages!(Monitor, HighWater => on_high_water);

#[test]
fn whoever_is_named_is_told_that_a_mailbox_fills_up() {
    let mut manager = Manager::new().unwrap();
    let (told, news) = mpsc::channel();
    let monitor = manager.manage("monitor", Monitor { told }).unwrap();
    let (gate, open) = closed_gate(&mut manager, Options::new().high_water(3, &monitor));
    for _ in 0..10 {
        gate.tell(Text::new("one of many")).unwrap();
    }
    let HighWater { actor, queued_msgs } = news.recv_timeout(PATIENCE).unwrap();
    assert_eq!((actor.as_str(), queued_msgs), (gate.name(), 3));
    open.send(()).unwrap();
    manager.stop().unwrap();
    assert!(news.try_recv().is_err(), "once");
}

#[test]
fn a_stopped_actor_gives_every_form_back() {
    let mut manager = Manager::new().unwrap();
    let mirror = manager.manage("mirror", Mirror).unwrap();
    manager.start().unwrap();
    manager.stop().unwrap();
    let flat = mirror.tell(Number { value: 7 }).unwrap_err();
    assert_eq!((flat.code(), flat.message.value), (ErrorCode::Closed, 7));
    let object = mirror.tell(Text::new("back")).unwrap_err();
    assert_eq!((object.code(), object.message.text.as_str()), (ErrorCode::Closed, "back"));
    let boxed = mirror.send(Box::new(Text::new("boxed")) as Box<dyn Message>, None).unwrap_err();
    assert_eq!(boxed.code(), ErrorCode::Closed);
    assert_eq!(boxed.message.downcast::<Text>().unwrap().text, "boxed");
    let boxed = mirror.tell(Box::new(Number { value: 8 })).unwrap_err();
    assert_eq!(boxed.message.value, 8);
    let json = JsonMessage::new(Text::message_type().unwrap(), r#"{"text":"t","tags":[]}"#.parse().unwrap());
    assert_eq!(mirror.tell(json.clone()).unwrap_err().message, json);
    assert!(!flat.detail().is_empty());
}

#[test]
fn a_type_without_handler_comes_back() {
    let mut manager = Manager::new().unwrap();
    let mirror = manager.manage("mirror", Mirror).unwrap();
    manager.start().unwrap();
    let failed = mirror.tell(Measure { real: 1.5 }).unwrap_err();
    assert_eq!((failed.code(), failed.message.real), (ErrorCode::Unhandled, 1.5));
}

#[test]
fn what_cannot_be_carried_comes_back() {
    let mut near = node();
    let (tap, _received) = Tap::<Measure>::new();
    near.manage("tap", tap).unwrap();
    near.start().unwrap();
    let far = near.remote("tap", near.endpoint().unwrap()).unwrap();
    for real in [f64::NAN, f64::INFINITY] {
        let failed = far.tell(Measure { real }).unwrap_err();
        assert_eq!(failed.code(), ErrorCode::Value);
        assert_eq!(failed.message.real.to_bits(), real.to_bits());
    }
}

#[test]
fn a_json_message_is_judged_as_the_wire_judges() {
    let mut manager = Manager::new().unwrap();
    let (tap, received) = Tap::<Number>::new();
    let actor = manager.manage("tap", tap).unwrap();
    manager.start().unwrap();
    let number = |text: &str| JsonMessage::new(Number::message_type().unwrap(), text.parse().unwrap());
    actor.tell(number(r#"{"value": 9007199254740993, "more": true}"#)).unwrap();
    assert_eq!(received.recv_timeout(PATIENCE).unwrap().value, 9_007_199_254_740_993);
    for wrong in [r#"{"value": 1.5}"#, "{}", r#"{"value": 1, "other": 18446744073709551616}"#] {
        assert_eq!(actor.tell(number(wrong)).unwrap_err().code(), ErrorCode::BadPayload, "{wrong}");
    }
    assert_eq!(actor.tell(number("[1]")).unwrap_err().code(), ErrorCode::Malformed);
}

#[test]
fn names_and_endpoints_that_cannot_be_are_refused_in_words() {
    let manager = node();
    for (name, code) in [("", ErrorCode::Inval), ("a\0b", ErrorCode::Inval), ("sabir.x", ErrorCode::Reserved)] {
        assert_eq!(manager.manage(name, Mirror).unwrap_err().code(), code, "{name:?}");
    }
    manager.manage("mirror", Mirror).unwrap();
    let taken = manager.manage("mirror", Mirror).unwrap_err();
    assert_eq!(taken.code(), ErrorCode::Exist);
    assert!(taken.detail().contains("mirror"), "{taken}");
    for endpoint in ["tcp://127.1:1", "http://x", "tcp://a;b:1", "tcp://127.0.0.1:0"] {
        assert_eq!(manager.remote("x", endpoint).unwrap_err().code(), ErrorCode::Inval, "{endpoint}");
    }
    assert_eq!(manager.find("nobody").unwrap_err().code(), ErrorCode::NoEnt);
    assert_eq!(Type::open("sabir.mine").unwrap_err().code(), ErrorCode::Reserved);
}

#[test]
fn order_is_kept_per_sender() {
    let mut manager = Manager::new().unwrap();
    let (tap, received) = Tap::<Number>::new();
    let actor = manager.manage_with("tap", tap, Options::new().capacity(0)).unwrap();
    manager.start().unwrap();
    for value in 0..10_000 {
        // Half as values, half as JSON: one queue.
        if value % 2 == 0 {
            actor.tell(Number { value }).unwrap();
        } else {
            let payload = format!(r#"{{"value":{value}}}"#).parse().unwrap();
            actor.tell(JsonMessage::new(Number::message_type().unwrap(), payload)).unwrap();
        }
    }
    for value in 0..10_000 {
        assert_eq!(received.recv_timeout(PATIENCE).unwrap().value, value);
    }
}
