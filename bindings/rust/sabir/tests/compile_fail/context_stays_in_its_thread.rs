//! A context is valid in its handler, on that thread.
//~ error[E0277]: `*mut sabir_context` cannot be sent between threads safely
use sabir::Context;

fn elsewhere(context: &mut Context) {
    std::thread::scope(|scope| {
        scope.spawn(|| context.stop());
    });
}

fn main() {
    let _ = elsewhere;
}
