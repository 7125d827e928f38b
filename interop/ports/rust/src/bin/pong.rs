//! The pong node of the matrix: answers each `Ping` with a `Pong` of the same count.

use std::process::ExitCode;

use sabir::{Context, handle_messages, run_node};
use sabir_port::messages::{Ping, Pong};

struct PongActor;

impl PongActor {
    fn on_ping(&mut self, ping: &Ping, _context: &mut Context) -> Pong {
        Pong { count: ping.count }
    }
}

handle_messages!(PongActor, Ping => on_ping);

fn main() -> ExitCode {
    run_node(env!("CARGO_PKG_VERSION"), &[], |manager| {
        manager.manage("pong", PongActor)?;
        Ok(())
    })
}
