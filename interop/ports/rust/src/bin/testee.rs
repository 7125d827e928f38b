//! The conformance testee: the actors that the suite drives.

use std::process::ExitCode;

use sabir::{Message, Options, run_node};
use sabir_port::asking::{Asker, StrayActor};
use sabir_port::driver::Driver;
use sabir_port::echo::{EchoActor, Probe, Slow, TypedActor};
use sabir_port::messages::{Ping, Pong};
use sabir_port::mortal::Mortal;
use sabir_port::relay::Relay;
use sabir_port::sink::Sink;

const FEATURES: &[&str] =
    &["bytes", "local", "unbound", "special.nan", "special.bigint", "special.lone-surrogate", "special.unregistered"];

fn main() -> ExitCode {
    run_node(env!("CARGO_PKG_VERSION"), FEATURES, |manager| {
        // What the driver may be told to send is registered, though no actor here handles it.
        Ping::message_type()?;
        Pong::message_type()?;
        manager.manage("echo", EchoActor)?;
        manager.manage("probe", Probe)?;
        manager.manage("typed", TypedActor)?;
        manager.manage_with("sink", Sink::default(), Options::new().capacity(262_144))?;
        manager.manage("driver", Driver)?;
        manager.manage_with("slow", Slow, Options::new().capacity(4))?;
        manager.manage("asker", Asker)?;
        manager.manage("relay", Relay::default())?;
        manager.manage("mortal", Mortal)?;
        manager.manage_with("hidden", EchoActor, Options::new().local())?;
        manager.manage("stray", StrayActor::new()?)?;
        Ok(())
    })
}
