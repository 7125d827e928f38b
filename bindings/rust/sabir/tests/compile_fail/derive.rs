//! What cannot be a message, in words.
//~ error: a message is a struct: its fields are what travels
//~ error: a message has no parameters: its type name stands for one table
//~ error: the fields of a message have names:
//~ error: an open message wraps its payload:
//~ error: a message has one form:
//~ error: names that begin with `sabir.` are the protocol's own
//~ error: expected `name = "…"`, `open` or `serde`
//~ error: expected `name = "…"`
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
