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

#[cfg(test)]
mod tests {
    use sabir::Result;
    use sabir::kit::Kit;

    use super::{Calculator, Client, Multiply, Product};

    #[test]
    fn a_calculator_multiplies() -> Result<()> {
        let kit = Kit::new()?;
        let calculator = kit.manage("calculator", Calculator)?;
        let mut client = kit.probe("client")?;
        kit.start()?;
        calculator.send(Multiply { a: -3, b: 4 }, client.actor_ref())?;
        assert_eq!(client.expect::<Product>()?.value, -12);
        Ok(())
    }

    #[test]
    fn a_client_asks_when_it_starts() -> Result<()> {
        let kit = Kit::new()?;
        let mut calculator = kit.probe("calculator")?;
        let client = kit.manage("client", Client { calculator: calculator.actor_ref() })?;
        kit.start()?;
        let asked: Multiply = calculator.expect()?;
        assert_eq!((asked.a, asked.b), (7, 6));
        assert_eq!(calculator.sender(), Some(&client));
        Ok(())
    }
}
