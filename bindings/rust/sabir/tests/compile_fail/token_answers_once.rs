//! A reply token is used up by its answer.
use sabir::{Message, ReplyToken};

#[derive(Message)]
struct Pong;

fn twice(token: ReplyToken) {
    let _ = token.send(Pong);
    let _ = token.send(Pong);
}

fn main() {
    let _ = twice;
}
