//! One counter, four handles, four threads: nobody locks anything, and nothing is lost.

use std::thread;
use std::time::Duration;

use sabir::{ActorRef, Context, Manager, Message, SendError, handle_messages};

#[derive(Message)]
struct Increment;

#[derive(Message)]
struct Get;

#[derive(Message)]
struct Value {
    value: i64,
}

#[derive(Default)]
struct Counter {
    value: i64,
}

impl Counter {
    fn on_increment(&mut self, _: &Increment, _: &mut Context) {
        self.value += 1; // one message at a time: no lock
    }

    fn on_get(&mut self, _: &Get, _: &mut Context) -> Value {
        Value { value: self.value }
    }
}

handle_messages!(Counter, Increment => on_increment, Get => on_get);

fn increment(handle: &ActorRef) -> Result<(), SendError<Increment>> {
    (0..1000).try_for_each(|_| handle.tell(Increment))
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut manager = Manager::new()?;
    let counter = manager.manage("counter", Counter::default())?;
    manager.start()?;
    thread::scope(|scope| {
        let handles = [(); 4].map(|()| counter.clone());
        let threads = handles.map(|handle| scope.spawn(move || increment(&handle)));
        threads.into_iter().try_for_each(|thread| thread.join().expect("it does not panic"))
    })?;
    // The question comes after the increments of every thread, for each had sent its own before it ended.
    let total: Value = counter.ask(Get, Duration::from_secs(10))?;
    println!("{}", total.value);
    Ok(())
}

#[cfg(test)]
mod tests {
    use sabir::Result;
    use sabir::kit::Kit;

    use super::{Counter, Get, Increment, Value};

    #[test]
    fn a_counter_counts_what_came_before_the_question() -> Result<()> {
        let kit = Kit::new()?;
        let counter = kit.manage("counter", Counter::default())?;
        let mut client = kit.probe("client")?;
        kit.start()?;
        counter.send(Get, client.actor_ref())?;
        for _ in 0..3 {
            counter.send(Increment, client.actor_ref())?;
        }
        counter.send(Get, client.actor_ref())?;
        assert_eq!(client.expect::<Value>()?.value, 0);
        assert_eq!(client.expect::<Value>()?.value, 3);
        client.expect_none(std::time::Duration::ZERO) // an increment is not answered
    }
}
