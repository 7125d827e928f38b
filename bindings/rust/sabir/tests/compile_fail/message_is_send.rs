//! A message moves to another thread.
use std::rc::Rc;

struct Shared(Rc<i64>);

sabir::define_message!(Shared);

fn main() {}
