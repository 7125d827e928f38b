//! Only a message can be sent.
//~ error[E0277]: `Letter` cannot be sent
use sabir::ActorRef;

struct Letter;

fn send(to: &ActorRef) {
    let _ = to.tell(Letter);
}

fn main() {
    let _ = send;
}
