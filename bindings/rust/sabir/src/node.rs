//! A node of a topology from start to end: what it is told, the READY line, an orderly stop.

use std::fmt;
use std::process::ExitCode;

use crate::config::Config;
use crate::error::{Error, ErrorCode, Result};
use crate::manager::Manager;

/// The exit code of a node whose endpoint cannot or may not be bound.
const CANNOT_BIND: u8 = 10;

/// Run one node: configured by the environment (`SABIR_BIND`, `SABIR_ADVERTISE`, `SABIR_NODE`, `SABIR_PEERS`,
/// `SABIR_INSECURE`), given its actors by `build`, announced by a READY line, until SIGTERM, SIGINT or the end of standard
/// input. The exit code is 0, 10 if the endpoint cannot be bound, 1 for any other failure; a sentence is on standard error then.
///
/// `version` is the program's, `features` are words of the conformance suite beyond those of the core.
///
/// ```no_run
/// use sabir::{handle_messages, run_node, Context, Message};
/// use std::process::ExitCode;
///
/// #[derive(Message)]
/// struct Ping { count: i64 }
/// #[derive(Message)]
/// struct Pong { count: i64 }
///
/// struct PongActor;
/// impl PongActor {
///     fn on_ping(&mut self, ping: &Ping, _: &mut Context) -> Pong {
///         Pong { count: ping.count }
///     }
/// }
/// handle_messages!(PongActor, Ping => on_ping);
///
/// fn main() -> ExitCode {
///     run_node(env!("CARGO_PKG_VERSION"), &[], |manager| {
///         manager.manage("pong", PongActor)?;
///         Ok(())
///     })
/// }
/// ```
pub fn run_node(version: &str, features: &[&str], build: impl FnOnce(&Manager) -> Result<()>) -> ExitCode {
    let mut manager = match Config::from_env().and_then(|config| Manager::with_config(&config)) {
        Ok(manager) => manager,
        Err(error) => {
            complain(&error);
            let told_wrong = matches!(error.code(), ErrorCode::Bind | ErrorCode::Perm | ErrorCode::Inval);
            return if told_wrong { ExitCode::from(CANNOT_BIND) } else { ExitCode::FAILURE };
        }
    };
    let ran = build(&manager)
        .and_then(|()| manager.start())
        .and_then(|()| manager.ready(version, features))
        .and_then(|()| manager.run_node());
    // A node stops, whatever its actors do (LIFE-2): one that does not come back is named, and left behind.
    if let Err(error) = manager.stop() {
        complain(&error);
    }
    match ran {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            complain(&error);
            ExitCode::FAILURE
        }
    }
}

fn complain(error: &Error) {
    let node = std::env::var("SABIR_NODE");
    let name: &dyn fmt::Display = match &node {
        Ok(name) => name,
        Err(_) => &"sabir",
    };
    eprintln!("{name}: {error}");
}
