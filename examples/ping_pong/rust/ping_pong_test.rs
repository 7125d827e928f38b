//! Each of the two without the other.

use std::sync::Arc;
use std::time::Duration;

use sabir::Result;
use sabir::kit::Kit;

use super::{Ping, PingActor, Pong, PongActor, ROUNDS};

#[test]
fn a_pong_answers_with_the_same_count() -> Result<()> {
    let kit = Kit::new()?;
    let pong = kit.manage("pong", PongActor)?;
    let mut client = kit.probe("client")?;
    kit.start()?;
    pong.send(Ping { count: 7 }, client.actor_ref())?;
    assert_eq!(client.expect::<Pong>()?.count, 7);
    Ok(())
}

#[test]
fn a_ping_serves_first_and_ends_after_the_last_round() -> Result<()> {
    let kit = Kit::new()?;
    let mut pong = kit.probe("pong")?;
    let ping = kit.manage("ping", PingActor { pong: pong.actor_ref(), rounds: Arc::default() })?;
    kit.start()?;
    for round in 0..ROUNDS {
        assert_eq!(pong.expect::<Ping>()?.count, round);
        ping.send(Pong { count: round }, pong.actor_ref())?;
    }
    pong.expect_none(Duration::ZERO)
}
