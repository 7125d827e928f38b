//! `#[derive(Message)]` of the crate `sabir`, where it is documented.
//!
//! A struct with named fields (or none) becomes a table of fields; `open` makes a wrapper of one JSON object, `serde` whatever
//! serde can write and read as one. The generated code holds no `unsafe`: layouts are the business of `sabir` alone.

mod attributes;
mod expand;

use proc_macro::TokenStream;
use syn::{DeriveInput, parse_macro_input};

/// Makes a struct a message; see `sabir::Message`.
#[proc_macro_derive(Message, attributes(message))]
pub fn derive_message(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    expand::message(&input).unwrap_or_else(|error| error.to_compile_error()).into()
}
