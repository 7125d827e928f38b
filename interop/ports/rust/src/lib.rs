//! The Rust port: the messages of the conformance suite and of the ping-pong actors, and the testee's actors.

pub mod asking;
pub mod driver;
pub mod echo;
pub mod messages;
pub mod mortal;
pub mod relay;
pub mod sink;
pub mod tagged;
