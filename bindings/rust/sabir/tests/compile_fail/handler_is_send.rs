//! A handler runs on the actor's thread, or on that of whoever uses fast_send.
//~ error[E0277]: `Rc<i32>` cannot be sent between threads safely
use std::rc::Rc;

use sabir::{Actor, Context, Handlers, Message};

#[derive(Message)]
struct Ping;

struct Plain;

impl Actor for Plain {
    fn handlers(handlers: &mut Handlers<Self>) {
        let shared = Rc::new(1);
        handlers.on(move |_: &mut Self, _: &Ping, _: &mut Context| println!("{shared}"));
    }
}

fn main() {}
