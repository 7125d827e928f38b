//! A market tells whoever subscribed; one that has stopped is dropped by itself.

use std::time::Duration;

use sabir::{
    ActorRef, Context, Manager, Message, Result, Shutdown, Start, Subscribe, Subscribers, Unsubscribe, handle_messages,
};

#[derive(Message)]
struct Quote {
    fruit: String,
    price: i64,
}

#[derive(Message, Debug, PartialEq)]
struct Price {
    fruit: String,
    price: i64,
}

#[derive(Message, Debug, PartialEq)]
struct Told {
    count: i64,
}

struct Market {
    subscribers: Subscribers,
}

impl Market {
    fn new() -> Result<Self> {
        Ok(Market { subscribers: Subscribers::new()? })
    }

    fn on_subscribe(&mut self, subscribe: &Subscribe, context: &mut Context) -> Result<()> {
        self.subscribers.on_subscribe(subscribe, context)
    }

    fn on_unsubscribe(&mut self, unsubscribe: &Unsubscribe, context: &mut Context) -> Result<()> {
        self.subscribers.on_unsubscribe(unsubscribe, context)
    }

    fn on_quote(&mut self, quote: &Quote, context: &mut Context) -> Result<Told> {
        let price = Price { fruit: quote.fruit.clone(), price: quote.price };
        let reached = self.subscribers.publish(&price, Some(&quote.fruit), context)?;
        Ok(Told { count: i64::try_from(reached).unwrap_or(i64::MAX) })
    }
}

handle_messages!(Market, Subscribe => on_subscribe, Unsubscribe => on_unsubscribe, Quote => on_quote);

struct Listener {
    market: ActorRef,
    topic: Option<String>,
    heard: Vec<String>,
}

impl Listener {
    fn new(market: &ActorRef, topic: Option<&str>) -> Self {
        Listener { market: market.clone(), topic: topic.map(str::to_owned), heard: Vec::new() }
    }

    /// Before the manager's start has returned: so both have subscribed when the first price comes.
    fn on_start(&mut self, _: &Start, context: &mut Context) -> Result<()> {
        context.send(&self.market, Subscribe { topic: self.topic.clone() })?;
        Ok(())
    }

    fn on_price(&mut self, price: &Price, _: &mut Context) {
        self.heard.push(format!("{} at {}", price.fruit, price.price));
    }

    fn on_shutdown(&mut self, _: &Shutdown, context: &mut Context) {
        println!("{} heard {}", context.self_ref().name(), self.heard.join(", "));
    }
}

handle_messages!(Listener, Start => on_start, Price => on_price, Shutdown => on_shutdown);

fn quote(market: &ActorRef, fruit: &str, price: i64) -> Result<()> {
    let told: Told = market.ask(Quote { fruit: fruit.to_owned(), price }, Duration::from_secs(5))?;
    println!("{fruit} at {price}: told {}", told.count);
    Ok(())
}

fn main() -> Result<()> {
    let mut manager = Manager::new()?;
    let market = manager.manage("market", Market::new()?)?;
    let alice = manager.manage("alice", Listener::new(&market, Some("apples")))?;
    manager.manage("bob", Listener::new(&market, None))?;
    manager.start()?;
    quote(&market, "apples", 3)?;
    quote(&market, "pears", 5)?;
    manager.stop_actor(&alice)?;
    quote(&market, "apples", 4)?;
    manager.stop()
}

/// The market alone: no threads, and probes in the place of its subscribers.
#[cfg(test)]
mod tests {
    use sabir::kit::Kit;

    use super::*;

    #[test]
    fn a_market_tells_its_subscribers_and_drops_those_that_have_gone() -> Result<()> {
        let kit = Kit::new()?;
        let market = kit.manage("market", Market::new()?)?;
        let (mut alice, mut bob, mut farmer) = (kit.probe("alice")?, kit.probe("bob")?, kit.probe("farmer")?);
        kit.start()?;
        market.send(Subscribe { topic: Some("apples".to_owned()) }, alice.actor_ref())?;
        market.send(Subscribe { topic: None }, bob.actor_ref())?;
        market.send(Quote { fruit: "apples".to_owned(), price: 3 }, farmer.actor_ref())?;
        market.send(Quote { fruit: "pears".to_owned(), price: 5 }, farmer.actor_ref())?;
        assert_eq!(farmer.expect::<Told>()?, Told { count: 2 });
        assert_eq!(farmer.expect::<Told>()?, Told { count: 1 });
        assert_eq!(alice.expect::<Price>()?.price, 3);
        alice.expect_none(Duration::ZERO)?;
        assert_eq!(bob.expect::<Price>()?.fruit, "apples");
        assert_eq!(bob.expect::<Price>()?.fruit, "pears");

        drop(alice); // she has gone, and nobody says so to the market
        market.send(Quote { fruit: "apples".to_owned(), price: 4 }, farmer.actor_ref())?;
        assert_eq!(farmer.expect::<Told>()?, Told { count: 1 });
        market.tell(Quote { fruit: "pears".to_owned(), price: 6 })?; // who names no sender gets no answer
        farmer.expect_none(Duration::ZERO)
    }
}
