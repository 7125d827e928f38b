//! One actor, one question.

use std::time::Duration;

use sabir::{Context, Manager, Message, handle_messages};

#[derive(Message)]
struct Greet {
    name: String,
}

#[derive(Message)]
struct Greeting {
    text: String,
}

struct Greeter;

impl Greeter {
    fn on_greet(&mut self, greet: &Greet, _context: &mut Context) -> Greeting {
        Greeting { text: format!("Hello, {}!", greet.name) }
    }
}

handle_messages!(Greeter, Greet => on_greet);

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut manager = Manager::new()?;
    let greeter = manager.manage("greeter", Greeter)?;
    manager.start()?;
    let greeting: Greeting = greeter.ask(Greet { name: "Sabir".into() }, Duration::from_secs(1))?;
    println!("{}", greeting.text);
    Ok(())
}
