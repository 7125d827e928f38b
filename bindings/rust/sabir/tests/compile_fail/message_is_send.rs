//! A message moves to another thread.
//~ error[E0277]: `Rc<i64>` cannot be sent between threads safely
use std::rc::Rc;

struct Shared(Rc<i64>);

sabir::define_message!(Shared);

fn main() {}
