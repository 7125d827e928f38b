//! A field is one of the kinds that every language has.
//~ error[E0277]: `u128` cannot be a field of a message
//~ error[E0277]: the trait bound `u128: 
use sabir::Message;

#[derive(Message)]
struct Odd {
    wide: u128,
}

fn main() {}
