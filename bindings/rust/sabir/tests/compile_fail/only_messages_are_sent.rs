//! Only a message can be sent.
use sabir::ActorRef;

struct Letter;

fn send(to: &ActorRef) {
    let _ = to.tell(Letter);
}

fn main() {
    let _ = send;
}
