//! What cannot be a message, in words.
use sabir::{Json, Message};

#[derive(Message)]
enum Choice {
    Left,
    Right,
}

#[derive(Message)]
struct Generic<T> {
    value: T,
}

#[derive(Message)]
struct Tuple(i64);

#[derive(Message)]
#[message(open)]
struct Named {
    payload: Json,
}

#[derive(Message)]
#[message(open, serde)]
struct Both(Json);

#[derive(Message)]
#[message(name = "sabir.mine")]
struct Reserved;

#[derive(Message)]
#[message(nmae = "x")]
struct Misspelt;

#[derive(Message)]
struct Field {
    #[message(rename = "y")]
    x: i64,
}

fn main() {}
