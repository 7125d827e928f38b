//! One actor asks another: the reply is a message like any other, and goes to whoever is named as the sender.

use sabir::{ActorRef, Context, Manager, Message, Result, Start, handle_messages};

#[derive(Message)]
struct Multiply {
    a: i64,
    b: i64,
}

#[derive(Message)]
struct Product {
    value: i64,
}

struct Calculator;

impl Calculator {
    fn on_multiply(&mut self, task: &Multiply, _: &mut Context) -> Product {
        Product { value: task.a * task.b } // what a handler returns is its reply
    }
}

handle_messages!(Calculator, Multiply => on_multiply);

struct Client {
    calculator: ActorRef,
}

impl Client {
    fn on_start(&mut self, _: &Start, context: &mut Context) -> Result<()> {
        context.send(&self.calculator, Multiply { a: 7, b: 6 })?;
        Ok(())
    }

    fn on_product(&mut self, product: &Product, context: &mut Context) {
        println!("7 * 6 = {}", product.value);
        context.terminate();
    }
}

handle_messages!(Client, Start => on_start, Product => on_product);

fn main() -> Result<()> {
    let mut manager = Manager::new()?;
    let calculator = manager.manage("calculator", Calculator)?;
    manager.manage("client", Client { calculator })?;
    manager.start()?;
    manager.run()?;
    manager.stop()
}
