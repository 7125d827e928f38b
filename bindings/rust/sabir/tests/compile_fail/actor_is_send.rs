//! An actor moves to its own thread: what it holds must be allowed to.
//~ error[E0277]: `Rc<i64>` cannot be sent between threads safely
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
