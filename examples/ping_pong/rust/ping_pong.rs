//! Ping-pong in one process, then between two nodes over TCP: the actors are the same, only the ref differs.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use sabir::{ActorRef, Config, Context, Manager, Message, Result, Start, handle_messages};

const ROUNDS: i64 = 1000;

#[derive(Message)]
struct Ping {
    count: i64,
}

#[derive(Message)]
struct Pong {
    count: i64,
}

struct PongActor;

impl PongActor {
    fn on_ping(&mut self, ping: &Ping, _: &mut Context) -> Pong {
        Pong { count: ping.count }
    }
}

handle_messages!(PongActor, Ping => on_ping);

struct PingActor {
    pong: ActorRef,
    rounds: Arc<AtomicI64>,
}

impl PingActor {
    fn on_start(&mut self, _: &Start, context: &mut Context) -> Result<()> {
        context.send(&self.pong, Ping { count: 0 })?;
        Ok(())
    }

    fn on_pong(&mut self, pong: &Pong, context: &mut Context) -> Result<()> {
        if self.rounds.fetch_add(1, Ordering::Relaxed) + 1 == ROUNDS {
            context.terminate();
        } else {
            context.send(&self.pong, Ping { count: pong.count + 1 })?;
        }
        Ok(())
    }
}

handle_messages!(PingActor, Start => on_start, Pong => on_pong);

/// Let a ping actor of `manager` play with `pong` until all rounds are done.
fn play(mut manager: Manager, pong: ActorRef) -> Result<i64> {
    let rounds = Arc::new(AtomicI64::new(0));
    manager.manage("ping", PingActor { pong, rounds: rounds.clone() })?;
    manager.start()?;
    manager.run()?;
    manager.stop()?;
    Ok(rounds.load(Ordering::Relaxed))
}

fn local() -> Result<i64> {
    let manager = Manager::new()?;
    let pong = manager.manage("pong", PongActor)?;
    play(manager, pong)
}

fn remote() -> Result<i64> {
    let node = Config::new()?.bind("tcp://127.0.0.1:*")?;
    let mut far = Manager::with_config(&node)?;
    far.manage("pong", PongActor)?;
    far.start()?;
    let near = Manager::with_config(&node)?;
    let pong = near.remote("pong", far.endpoint().expect("it is bound"))?;
    play(near, pong)
}

fn main() -> Result<()> {
    println!("local: {} rounds", local()?);
    println!("remote: {} rounds", remote()?);
    Ok(())
}

#[cfg(test)]
#[path = "ping_pong_test.rs"]
mod tests;
