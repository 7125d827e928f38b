//! A context is valid in its handler, on that thread.
use sabir::Context;

fn elsewhere(context: &mut Context) {
    std::thread::scope(|scope| {
        scope.spawn(|| context.stop());
    });
}

fn main() {
    let _ = elsewhere;
}
