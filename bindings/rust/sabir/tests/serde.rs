//! Messages that serde writes and reads: enums, tuples and whatever else a table of fields has not.

mod support;

use std::collections::BTreeMap;

use sabir::{ErrorCode, Manager, Message};
use serde::{Deserialize, Serialize};
use support::{PATIENCE, Tap, node};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
enum Side {
    Buy,
    Sell { limit: f64 },
}

#[derive(Message, Debug, Clone, PartialEq, Serialize, Deserialize)]
#[message(name = "test.Order", serde)]
struct Order {
    id: u64,
    side: Side,
    lots: Vec<(i32, f64)>,
    notes: BTreeMap<String, Option<String>>,
}

fn order(limit: f64) -> Order {
    Order {
        id: u64::MAX,
        side: Side::Sell { limit },
        lots: vec![(1, 0.1), (-2, -0.0)],
        notes: BTreeMap::from([("a".to_owned(), None), ("b".to_owned(), Some("ü".to_owned()))]),
    }
}

#[test]
fn it_arrives_here_and_elsewhere() {
    let mut far = node();
    let (tap, received) = Tap::<Order>::new();
    let local = far.manage("tap", tap).unwrap();
    far.start().unwrap();
    let mut near = node();
    near.start().unwrap();
    let remote = near.remote("tap", far.endpoint().unwrap()).unwrap();
    for actor in [local, remote] {
        for sent in [order(1.5), Order { side: Side::Buy, ..order(0.0) }] {
            actor.tell(sent.clone()).unwrap();
            assert_eq!(received.recv_timeout(PATIENCE).unwrap(), sent);
        }
    }
}

#[test]
fn what_json_cannot_carry_comes_back() {
    let near = node();
    let remote = near.remote("tap", near.endpoint().unwrap()).unwrap();
    for limit in [f64::NAN, f64::NEG_INFINITY] {
        let failed = remote.tell(order(limit)).unwrap_err();
        assert_eq!(failed.code(), ErrorCode::Value, "{failed}");
        assert_eq!(failed.message.id, u64::MAX);
    }
}

#[test]
fn a_payload_that_serde_does_not_take_is_bad() {
    let mut manager = Manager::new().unwrap();
    let (tap, _received) = Tap::<Order>::new();
    let actor = manager.manage("tap", tap).unwrap();
    manager.start().unwrap();
    let wrong = sabir::JsonMessage::new(Order::message_type().unwrap(), r#"{"id": -1}"#.parse().unwrap());
    let failed = actor.ask::<_, Order>(wrong, PATIENCE).unwrap_err();
    assert_eq!(failed.reject.expect("the answer").code, "bad_payload");
}
