//! Actors over libsabir: one core and one wire for C, Rust and Python.
//!
//! An actor is private state, one mailbox, one message at a time. A manager owns the actors and threads of a process. Actors
//! send each other messages by their refs, and cannot tell whether the other one is in this process or in another, or in which
//! language it is written.
//!
//! ```
//! use sabir::{handle_messages, Context, Manager, Message};
//! use std::time::Duration;
//!
//! #[derive(Message)]
//! struct Multiply { a: i64, b: i64 }
//!
//! #[derive(Message)]
//! struct Product { value: i64 }
//!
//! struct Calculator;
//!
//! impl Calculator {
//!     fn on_multiply(&mut self, task: &Multiply, _context: &mut Context) -> Product {
//!         Product { value: task.a * task.b }
//!     }
//! }
//!
//! handle_messages!(Calculator, Multiply => on_multiply);
//!
//! fn main() -> sabir::Result<()> {
//!     let mut manager = Manager::new()?;
//!     let calculator = manager.manage("calculator", Calculator)?;
//!     manager.start()?;
//!     let product: Product = calculator.ask(Multiply { a: 7, b: 6 }, Duration::from_secs(5))?;
//!     assert_eq!(product.value, 42);
//!     manager.stop()
//! }
//! ```
#![deny(missing_docs, unsafe_op_in_unsafe_fn, clippy::undocumented_unsafe_blocks)]

extern crate self as sabir;

/// The guide's programs are tests.
#[cfg(doctest)]
#[doc = include_str!("../../../../docs/guide/rust.md")]
struct Guide;

mod actor;
mod actor_ref;
mod arena;
mod asking;
mod block_on;
mod builtin;
mod config;
mod context;
mod dead_letter;
mod error;
mod failure;
mod field;
#[cfg(feature = "serde")]
mod finite;
mod group;
pub mod json;
pub mod kit;
pub mod log;
mod macros;
mod manager;
mod message;
mod node;
mod object;
#[doc(hidden)]
pub mod open;
mod options;
mod outcome;
mod panics;
#[doc(hidden)]
pub mod plugin;
mod reply;
#[doc(hidden)]
pub mod sendable;
mod snapshot;
mod subscribers;
#[doc(hidden)]
pub mod table;
mod tap;
mod timer;
mod types;
#[doc(hidden)]
pub mod value;
mod version;

/// The ABI, one to one.
pub use sabir_sys as sys;

pub use sabir_macros::Message;

pub use crate::actor::{Actor, Handlers};
pub use crate::actor_ref::{ActorRef, Sender};
pub use crate::asking::Asking;
pub use crate::builtin::{
    Continue, Down, HighWater, LinkDown, Reject, Set, Shutdown, Start, Subscribe, Timeout, Unsubscribe,
};
pub use crate::config::{Config, Dialect};
pub use crate::context::{ActorContext, Context};
pub use crate::dead_letter::DeadLetter;
pub use crate::error::{AskError, Error, ErrorCode, Result, SendError};
pub use crate::failure::{OnFailure, Restart, Strategy, Supervisor};
pub use crate::field::Field;
pub use crate::group::Group;
pub use crate::json::Json;
pub use crate::manager::{Manager, ManagerHandle, ManagerRef};
pub use crate::message::Message;
pub use crate::node::run_node;
pub use crate::options::{Options, Overload, Scheduling, ThreadConfig};
pub use crate::outcome::{Failure, Outcome};
pub use crate::plugin::Plugin;
pub use crate::reply::ReplyToken;
pub use crate::sendable::{JsonMessage, Sendable};
pub use crate::snapshot::Snapshot;
pub use crate::subscribers::Subscribers;
pub use crate::tap::{Tap, Tapped};
pub use crate::timer::Timer;
pub use crate::types::Type;
pub use crate::version::version;
