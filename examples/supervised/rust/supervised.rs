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

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use sabir::kit::Kit;
    use sabir::{ErrorCode, Restart, Result, Strategy};

    use super::{Coin, Count, Owner, Till, Total};

    const SECOND: Duration = Duration::from_secs(1);

    fn twice_a_minute() -> Restart {
        Restart { limit: Some(2), window: 60 * SECOND, first_delay: SECOND, max_delay: 60 * SECOND }
    }

    #[test]
    fn a_till_comes_back_empty_and_handles_what_was_sent_meanwhile() -> Result<()> {
        let kit = Kit::new()?;
        let till = kit.supervisor("shop", Strategy::OneForOne, twice_a_minute())?.manage("till", Till::default)?;
        let mut client = kit.probe("client")?;
        kit.start()?;
        for cents in [10, 20, 0, 5] {
            till.tell(Coin { cents })?;
        }
        till.send(Count, client.actor_ref())?;
        client.expect_none(SECOND - Duration::from_nanos(1))?;
        assert_eq!(client.expect_within::<Total>(Duration::from_nanos(1))?.cents, 5);
        Ok(())
    }

    #[test]
    fn three_faults_within_a_minute_are_the_end() -> Result<()> {
        let kit = Kit::new()?;
        let till = kit.supervisor("shop", Strategy::OneForOne, twice_a_minute())?.manage("till", Till::default)?;
        kit.manage("owner", Owner { till: till.clone() })?;
        kit.start()?;
        for _ in 0..3 {
            till.tell(Coin { cents: 0 })?;
            kit.advance(60 * SECOND)?; // one a minute is not too often
        }
        for _ in 0..3 {
            till.tell(Coin { cents: 0 })?;
            kit.advance(5 * SECOND)?;
        }
        assert_eq!(till.tell(Count).expect_err("it has ended").code(), ErrorCode::Closed);
        Ok(())
    }
}
