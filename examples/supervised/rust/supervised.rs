//! A till that fails at a bad coin and comes back empty, until that has happened too often.

use std::time::Duration;

use sabir::{ActorRef, Context, Down, Failure, Manager, Message, Restart, Start, Strategy, handle_messages};

#[derive(Message)]
struct Coin {
    cents: i64,
}

#[derive(Message)]
struct Count;

#[derive(Message)]
struct Total {
    cents: i64,
}

#[derive(Default)]
struct Till {
    cents: i64,
}

impl Till {
    fn on_start(&mut self, _: &Start, _: &mut Context) {
        println!("the till opens");
    }

    fn on_coin(&mut self, coin: &Coin, _: &mut Context) -> Result<(), Failure> {
        if coin.cents == 0 {
            return Err("there is no such coin".into());
        }
        self.cents += coin.cents;
        Ok(())
    }

    fn on_count(&mut self, _: &Count, _: &mut Context) -> Total {
        Total { cents: self.cents }
    }
}

handle_messages!(Till, Start => on_start, Coin => on_coin, Count => on_count);

struct Owner {
    till: ActorRef,
}

impl Owner {
    fn on_start(&mut self, _: &Start, context: &mut Context) -> sabir::Result<()> {
        context.watch(&self.till)
    }

    fn on_down(&mut self, down: &Down, context: &mut Context) {
        println!("the {} is gone: {}", down.name, down.reason);
        context.terminate();
    }
}

handle_messages!(Owner, Start => on_start, Down => on_down);

fn count(till: &ActorRef) -> Result<(), Box<dyn std::error::Error>> {
    let total: Total = till.ask(Count, Duration::from_secs(10))?;
    println!("the till holds {} cents", total.cents);
    Ok(())
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    sabir::log::set(Some(|_| ()));
    let mut manager = Manager::new()?;
    let twice = Restart { limit: Some(2), window: Duration::from_secs(60), ..Restart::default() };
    let shop = manager.supervisor("shop", Strategy::OneForOne, twice)?;
    let till = shop.manage("till", Till::default)?;
    manager.manage("owner", Owner { till: till.clone() })?;
    manager.start()?;
    till.tell(Coin { cents: 10 })?;
    till.tell(Coin { cents: 20 })?;
    count(&till)?;
    till.tell(Coin { cents: 0 })?; // the first fault
    till.tell(Coin { cents: 5 })?; // waits for the till that comes back
    count(&till)?;
    till.tell(Coin { cents: 0 })?;
    till.tell(Coin { cents: 0 })?;
    manager.run()?;
    Ok(())
}
