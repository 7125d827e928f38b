//! A library of Rust actors that a program in any language loads into its manager: `libone_process.so`.
//!
//! | actor | handles | does |
//! |---|---|---|
//! | `doubler` | `Double {value: int64}` | replies `Doubled {value: int64}` |
//! | `quadrupler` | `Quadruple {value: int64, by: string}` | has the actor named `by`, of whatever language, double twice, and replies `Quadrupled {value: int64}` |

use sabir::{Context, Failure, Message, handle_messages};

#[derive(Message)]
struct Double {
    value: i64,
}

#[derive(Message)]
struct Doubled {
    value: i64,
}

#[derive(Message)]
struct Quadruple {
    value: i64,
    by: String,
}

#[derive(Message)]
struct Quadrupled {
    value: i64,
}

struct Doubler;

impl Doubler {
    fn on_double(&mut self, double: &Double, _: &mut Context) -> Doubled {
        Doubled { value: 2 * double.value }
    }
}

handle_messages!(Doubler, Double => on_double);

struct Quadrupler;

impl Quadrupler {
    fn on_quadruple(&mut self, task: &Quadruple, context: &mut Context) -> Result<Quadrupled, Failure> {
        let doubler = context.manager().find(&task.by)?;
        let mut value = task.value;
        for _ in 0..2 {
            // A C actor sees the struct on this very stack; nothing is serialised.
            let doubled: Option<Doubled> = context.fast_send(&doubler, &Double { value })?;
            value = doubled.ok_or("the doubler did not reply")?.value;
        }
        Ok(Quadrupled { value })
    }
}

handle_messages!(Quadrupler, Quadruple => on_quadruple);

sabir::plugin!(|plugin| {
    plugin.manage("doubler", Doubler)?;
    plugin.manage("quadrupler", Quadrupler)?;
    Ok(())
});
