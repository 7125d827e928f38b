//! Between nodes: peers by name, the older dialect, what is too big or has nowhere to go, a link that is lost.

mod support;

use std::sync::mpsc;

use sabir::{Config, Context, Dialect, ErrorCode, LinkDown, Manager, Message, Reject, handle_messages};
use support::{Mirror, Number, PATIENCE, Tap, Text, node, until};

#[derive(Message)]
struct Unknown;

/// Hands what it hears from elsewhere to the test.
struct Ear(mpsc::Sender<Heard>);

#[derive(Debug, PartialEq)]
enum Heard {
    Text(String),
    Reject(Reject),
    Lost(LinkDown),
}

impl Ear {
    fn on_text(&mut self, text: &Text, _: &mut Context) {
        self.0.send(Heard::Text(text.text.clone())).expect("the test listens");
    }

    fn on_reject(&mut self, reject: &Reject, _: &mut Context) {
        self.0.send(Heard::Reject(reject.clone())).expect("the test listens");
    }

    fn on_link_down(&mut self, lost: &LinkDown, _: &mut Context) {
        let _ = self.0.send(Heard::Lost(lost.clone()));
    }
}

handle_messages!(Ear, Text => on_text, Reject => on_reject, LinkDown => on_link_down);

/// A far node with a mirror, a near node with an ear.
fn two_nodes() -> (Manager, Manager, mpsc::Receiver<Heard>) {
    let mut far = node();
    far.manage("mirror", Mirror).unwrap();
    far.start().unwrap();
    let mut near = node();
    let (sender, heard) = mpsc::channel();
    near.manage("ear", Ear(sender)).unwrap();
    near.start().unwrap();
    (far, near, heard)
}

#[test]
fn a_peer_is_found_by_its_name() {
    let mut far = node();
    let (tap, received) = Tap::<Number>::new();
    far.manage("tap", tap).unwrap();
    far.start().unwrap();
    let config = Config::new().unwrap().bind("tcp://127.0.0.1:*").unwrap().node("near").unwrap();
    let config = config.peer("far", far.endpoint().unwrap(), Dialect::V1).unwrap();
    let mut near = Manager::with_config(&config).unwrap();
    near.start().unwrap();
    let tap = near.find("tap@far").unwrap();
    assert_eq!(tap.endpoint(), far.endpoint());
    tap.tell(Number { value: 6 }).unwrap();
    assert_eq!(received.recv_timeout(PATIENCE).unwrap().value, 6);
    assert_eq!(near.find("tap@nowhere").unwrap_err().code(), ErrorCode::NoEnt);
    assert!(near.snapshot().unwrap().json().contains(far.endpoint().unwrap()));
}

#[test]
fn both_dialects_carry_replies_and_rejects() {
    for (dialect, code) in [(Dialect::V1, "unknown_target"), (Dialect::Flat, "other")] {
        let (far, near, heard) = two_nodes();
        let ear = near.find("ear").unwrap();
        let mirror = near.remote_in("mirror", far.endpoint().unwrap(), dialect).unwrap();
        mirror.send(Text::new("there and back"), &ear).unwrap();
        assert_eq!(heard.recv_timeout(PATIENCE).unwrap(), Heard::Text("there and back".to_owned()));
        let nobody = near.remote_in("nobody", far.endpoint().unwrap(), dialect).unwrap();
        nobody.send(Text::new("lost"), &ear).unwrap();
        match heard.recv_timeout(PATIENCE).unwrap() {
            Heard::Reject(reject) => assert_eq!((reject.code.as_str(), reject.message_type.as_str()), (code, "Text")),
            other => panic!("{other:?} is no Reject"),
        }
    }
}

#[test]
fn the_older_dialect_cannot_be_asked() {
    let (far, near, _heard) = two_nodes();
    let mirror = near.remote_in("mirror", far.endpoint().unwrap(), Dialect::Flat).unwrap();
    let failed = mirror.ask::<_, Number>(Number { value: 1 }, PATIENCE).unwrap_err();
    assert_eq!(failed.code(), ErrorCode::Unsupported);
}

#[test]
fn what_is_too_big_comes_back() {
    let (far, near, _heard) = two_nodes();
    let mirror = near.remote("mirror", far.endpoint().unwrap()).unwrap();
    let failed = mirror.tell(Text::new(&"x".repeat(3 << 20))).unwrap_err();
    assert_eq!((failed.code(), failed.message.text.len()), (ErrorCode::TooBig, 3 << 20));
    let big = Text::new(&"y".repeat(1 << 20));
    assert_eq!(mirror.ask::<_, Text>(big.clone(), PATIENCE).unwrap(), big);
}

#[test]
fn a_node_without_an_endpoint_sends_and_gets_no_reply() {
    let mut far = node();
    let (tap, received) = Tap::<Number>::new();
    far.manage("tap", tap).unwrap();
    far.start().unwrap();
    let mut near = Manager::new().unwrap();
    let mirror = near.manage("mirror", Mirror).unwrap();
    near.start().unwrap();
    assert_eq!(near.endpoint(), None);
    let tap = near.remote("tap", far.endpoint().unwrap()).unwrap();
    tap.tell(Number { value: 3 }).unwrap();
    assert_eq!(received.recv_timeout(PATIENCE).unwrap().value, 3);
    let failed = tap.send(Number { value: 4 }, &mirror).unwrap_err();
    assert_eq!((failed.code(), failed.message.value), (ErrorCode::Unbound, 4));
    assert_eq!(tap.ask::<_, Number>(Number { value: 5 }, PATIENCE).unwrap_err().code(), ErrorCode::Unbound);
}

#[test]
fn a_lost_link_is_told_and_an_ask_over_it_ends() {
    let (mut far, near, heard) = two_nodes();
    let endpoint = far.endpoint().unwrap().to_owned();
    let mirror = near.remote("mirror", &endpoint).unwrap();
    let _: Number = mirror.ask(Number { value: 1 }, PATIENCE).unwrap();
    far.stop().unwrap();
    drop(far);
    match heard.recv_timeout(PATIENCE).unwrap() {
        Heard::Lost(lost) => {
            assert_eq!(lost.endpoint, endpoint);
            assert!(lost.sent >= 1 && lost.maybe_lost <= lost.sent, "{lost:?}");
        }
        other => panic!("{other:?} is no LinkDown"),
    }
    until("the end of asks", || mirror.ask::<_, Number>(Number { value: 2 }, PATIENCE / 100).is_err());
}

#[test]
fn an_unknown_type_is_an_answer_to_whoever_sent_it() {
    let (far, near, heard) = two_nodes();
    let ear = near.find("ear").unwrap();
    near.remote("mirror", far.endpoint().unwrap()).unwrap().send(Unknown, &ear).unwrap();
    match heard.recv_timeout(PATIENCE).unwrap() {
        Heard::Reject(reject) => {
            assert_eq!((reject.code.as_str(), reject.target.as_str()), ("unknown_type", "mirror"));
            assert_eq!(Some(reject.rejected_by.as_str()), far.endpoint());
        }
        other => panic!("{other:?} is no Reject"),
    }
}
