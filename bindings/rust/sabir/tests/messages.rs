//! Every kind of field arrives as it was: by value, as the C struct, and over the wire.

mod support;

use std::collections::{BTreeMap, HashMap};

use sabir::{ErrorCode, Json, Manager, Message, Type, define_message};
use support::{PATIENCE, Tap, node};

/// The same message as two Rust types: between them it goes over the C struct.
macro_rules! everything {
    ($module:ident) => {
        mod $module {
            use super::*;

            #[derive(Message, Debug, Clone, PartialEq)]
            #[message(name = "test.Point")]
            pub struct Point {
                pub x: f64,
                pub y: f64,
                pub on: bool,
            }

            #[derive(Message, Debug, Clone, PartialEq)]
            #[message(name = "test.Empty")]
            pub struct Empty;

            #[derive(Message, Debug, Clone, PartialEq)]
            #[message(name = "test.Everything")]
            pub struct Everything {
                pub flag: bool,
                pub small: i32,
                pub signed: i64,
                pub unsigned: u64,
                pub real: f64,
                pub text: String,
                pub bytes: Vec<u8>,
                pub json: Json,
                pub numbers: Vec<i64>,
                pub flags: Vec<bool>,
                pub words: Vec<String>,
                pub nested: Vec<Vec<Option<i32>>>,
                pub points: Vec<Point>,
                pub empties: Vec<Empty>,
                pub by_name: BTreeMap<String, Point>,
                pub counts: HashMap<String, Vec<u8>>,
                pub maybe: Option<bool>,
                pub maybe_text: Option<String>,
                pub none: Option<Point>,
                #[message(name = "type")]
                pub kind: Option<Point>,
                pub r#as: i32,
            }

            pub fn full() -> Everything {
                let point = Point { x: -0.0, y: 5e-324, on: true };
                Everything {
                    flag: true,
                    small: i32::MIN,
                    signed: i64::MIN,
                    unsigned: u64::MAX,
                    real: 0.1 + 0.2,
                    text: "a\0é\u{10FFFF}".to_owned(),
                    bytes: vec![0, 255, 7],
                    json: r#"{"n":[1,2.50,null]}"#.parse().expect("JSON"),
                    numbers: vec![i64::MAX, 0, -1],
                    flags: vec![true, false, true],
                    words: vec![String::new(), "β".to_owned()],
                    nested: vec![vec![], vec![Some(1), None]],
                    points: vec![point.clone(), Point { x: 1.0, y: 2.0, on: false }],
                    empties: vec![Empty, Empty],
                    by_name: BTreeMap::from([("p".to_owned(), point.clone()), (String::new(), point.clone())]),
                    counts: HashMap::from([("c".to_owned(), vec![1]), ("d".to_owned(), vec![])]),
                    maybe: Some(false),
                    maybe_text: Some(String::new()),
                    none: None,
                    kind: Some(point),
                    r#as: -7,
                }
            }

            pub fn empty() -> Everything {
                Everything {
                    flag: false,
                    small: 0,
                    signed: 0,
                    unsigned: 0,
                    real: 0.0,
                    text: String::new(),
                    bytes: vec![],
                    json: Json::null(),
                    numbers: vec![],
                    flags: vec![],
                    words: vec![],
                    nested: vec![],
                    points: vec![],
                    empties: vec![],
                    by_name: BTreeMap::new(),
                    counts: HashMap::new(),
                    maybe: None,
                    maybe_text: None,
                    none: None,
                    kind: None,
                    r#as: 0,
                }
            }
        }
    };
}

everything!(ours);
everything!(theirs);

#[test]
fn a_rust_actor_gets_the_very_value() {
    let mut manager = Manager::new().unwrap();
    let (tap, received) = Tap::<ours::Everything>::new();
    let actor = manager.manage("tap", tap).unwrap();
    manager.start().unwrap();
    for sent in [ours::full(), ours::empty()] {
        actor.tell(sent.clone()).unwrap();
        assert_eq!(received.recv_timeout(PATIENCE).unwrap(), sent);
    }
}

#[test]
fn another_rust_type_of_the_same_table_gets_it_over_the_c_struct() {
    let mut manager = Manager::new().unwrap();
    let (tap, received) = Tap::<theirs::Everything>::new();
    let actor = manager.manage("tap", tap).unwrap();
    manager.start().unwrap();
    for (sent, expected) in [(ours::full(), theirs::full()), (ours::empty(), theirs::empty())] {
        actor.tell(sent).unwrap();
        assert_eq!(received.recv_timeout(PATIENCE).unwrap(), expected);
    }
}

#[test]
fn another_node_gets_it_over_the_wire() {
    let mut far = node();
    let (tap, received) = Tap::<ours::Everything>::new();
    far.manage("tap", tap).unwrap();
    far.start().unwrap();
    let mut near = node();
    near.start().unwrap();
    let actor = near.remote("tap", far.endpoint().unwrap()).unwrap();
    for sent in [ours::full(), ours::empty()] {
        actor.tell(sent.clone()).unwrap();
        let got: ours::Everything = received.recv_timeout(PATIENCE).unwrap();
        assert_eq!(got, sent);
        assert!(got.kind.is_none_or(|point| point.x.is_sign_negative()));
    }
}

#[test]
fn the_table_is_what_the_fields_say() {
    let fields = ours::Everything::message_type().unwrap().fields();
    let kind_of = |key| fields.iter().find(|(name, _)| *name == key).map(|(_, kind)| *kind);
    assert_eq!(kind_of("nested"), Some("LIST(LIST(OPTIONAL(INT32)))"));
    assert_eq!(kind_of("counts"), Some("MAP(BYTES)"));
    assert_eq!(kind_of("type"), Some("OPTIONAL(STRUCT(test.Point))"));
    assert_eq!(kind_of("as"), Some("INT32"));
    assert_eq!(kind_of("json"), Some("JSON"));
    assert_eq!(fields.len(), 21);
    assert_eq!(ours::Everything::message_type().unwrap(), theirs::Everything::message_type().unwrap());
}

mod another_table {
    #[derive(sabir::Message, Debug)]
    #[message(name = "test.Point")]
    pub struct Point {
        pub x: i64,
    }
}

#[test]
fn a_name_with_another_table_is_refused() {
    ours::Point::message_type().unwrap();
    let error = another_table::Point::message_type().unwrap_err();
    assert_eq!(error.code(), ErrorCode::Mismatch);
    assert!(error.detail().contains("test.Point"), "{error}");
}

#[derive(Message, Debug, Clone, PartialEq)]
#[message(name = "test.Open", open)]
struct Open(Json);

#[test]
fn an_open_message_keeps_its_text() {
    let mut manager = Manager::new().unwrap();
    let (tap, received) = Tap::<Open>::new();
    let actor = manager.manage("tap", tap).unwrap();
    manager.start().unwrap();
    let sent = Open(r#"{"n": 9007199254740993, "l": [1.0]}"#.parse().unwrap());
    actor.tell(sent.clone()).unwrap();
    assert_eq!(received.recv_timeout(PATIENCE).unwrap(), sent);
    assert!(Type::find("test.Open").unwrap().is_open());
}

struct Closure(Box<dyn FnOnce() -> i64 + Send>);
define_message!(Closure);

struct Caller(std::sync::mpsc::Sender<ErrorCode>);

impl sabir::Actor for Caller {
    fn handlers(handlers: &mut sabir::Handlers<Self>) {
        handlers.on(|caller: &mut Self, _: &Closure, _: &mut sabir::Context| {
            caller.0.send(ErrorCode::Failed).expect("the test listens");
        });
    }
}

#[test]
fn any_rust_value_travels_between_rust_actors_and_no_further() {
    let mut near = node();
    let (sender, received) = std::sync::mpsc::channel();
    let actor = near.manage("caller", Caller(sender)).unwrap();
    near.start().unwrap();
    actor.tell(Closure(Box::new(|| 42))).unwrap();
    received.recv_timeout(PATIENCE).unwrap();
    let far = near.remote("caller", "tcp://127.0.0.1:9").unwrap();
    let failed = far.tell(Closure(Box::new(|| 42))).unwrap_err();
    assert_eq!(failed.code(), ErrorCode::Unsupported);
    assert_eq!((failed.message.0)(), 42);
}
