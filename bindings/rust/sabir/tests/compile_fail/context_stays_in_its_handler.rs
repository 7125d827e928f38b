//! A context ends with its handler.
//~ error[E0277]: `*mut sabir_context` cannot be sent between threads safely
//~ error: lifetime may not live long enough
use sabir::{Context, Message, handle_messages};

#[derive(Message)]
struct Ping;

struct Keeper {
    kept: Option<&'static mut Context<'static>>,
}

impl Keeper {
    fn on_ping(&mut self, _: &Ping, context: &mut Context) {
        self.kept = Some(context);
    }
}

handle_messages!(Keeper, Ping => on_ping);

fn main() {}
