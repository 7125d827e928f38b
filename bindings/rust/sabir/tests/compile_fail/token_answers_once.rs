//! A reply token is used up by its answer.
//~ error[E0382]: use of moved value: `token`
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
