//! A message is lent to its handler.
//~ error[E0521]: borrowed data escapes outside of method
use sabir::{Context, Message, handle_messages};

#[derive(Message)]
struct Text {
    text: String,
}

struct Keeper {
    kept: Vec<&'static Text>,
}

impl Keeper {
    fn on_text(&mut self, text: &Text, _: &mut Context) {
        self.kept.push(text);
    }
}

handle_messages!(Keeper, Text => on_text);

fn main() {}
