//! A field is one of the kinds that every language has.
use sabir::Message;

#[derive(Message)]
struct Odd {
    wide: u128,
}

fn main() {}
