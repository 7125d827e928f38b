//! A handler returns nothing, a message, or that it failed.
//~ error[E0277]: a handler cannot return `i64`
use sabir::{Context, Message, handle_messages};

#[derive(Message)]
struct Ping;

struct Pong;

impl Pong {
    fn on_ping(&mut self, _: &Ping, _: &mut Context) -> i64 {
        7
    }
}

handle_messages!(Pong, Ping => on_ping);

fn main() {}
