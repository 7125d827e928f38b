//! The ABI of libsabir, one to one: every function, struct and constant of `<sabir/*.h>` under its own name.
//!
//! What a function does, who owns what and which errors there are stands in the headers; the safe crate is `sabir`. One module
//! per header. `tests/signatures.rs` compares each declaration with its header, `tests/layout.rs` each struct and constant.
#![no_std]
#![allow(non_camel_case_types)]

/// An opaque object of the core: only ever behind a pointer, neither `Send`, `Sync` nor `Unpin` by itself.
macro_rules! opaque {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[repr(C)]
        pub struct $name {
            _bytes: [u8; 0],
            _marker: core::marker::PhantomData<(*mut u8, core::marker::PhantomPinned)>,
        }
    )*};
}

mod actor;
mod context;
mod envelope;
mod error;
mod failure;
mod group;
mod json;
mod kit;
mod manager;
mod message;
mod puller;
mod reference;
mod subscribers;
mod supervisor;
mod tap;
mod timer;
mod types;
mod version;
mod watch;

pub use actor::*;
pub use context::*;
pub use envelope::*;
pub use error::*;
pub use failure::*;
pub use group::*;
pub use json::*;
pub use kit::*;
pub use manager::*;
pub use message::*;
pub use puller::*;
pub use reference::*;
pub use subscribers::*;
pub use supervisor::*;
pub use tap::*;
pub use timer::*;
pub use types::*;
pub use version::*;
pub use watch::*;
