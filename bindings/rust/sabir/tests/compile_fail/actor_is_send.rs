//! An actor moves to its own thread: what it holds must be allowed to.
use std::rc::Rc;

use sabir::{Context, Message, handle_messages};

#[derive(Message)]
struct Ping;

struct Holder {
    shared: Rc<i64>,
}

impl Holder {
    fn on_ping(&mut self, _: &Ping, _: &mut Context) {
        println!("{}", self.shared);
    }
}

handle_messages!(Holder, Ping => on_ping);

fn main() {}
