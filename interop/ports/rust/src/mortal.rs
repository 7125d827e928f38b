//! `mortal` fails, gives up its right to reply, and stops, when it is told to (REJ-5).

use sabir::{Context, Failure, Result, handle_messages};

use crate::messages::{Fail, GiveUp, Leave, Left};

/// Does not live for ever.
pub struct Mortal;

impl Mortal {
    fn on_fail(&mut self, _order: &Fail, _context: &mut Context) -> Result<(), Failure> {
        Err("it was told to".into())
    }

    fn on_give_up(&mut self, _order: &GiveUp, context: &mut Context) -> Result<()> {
        context.reply_take().map(drop)
    }

    fn on_leave(&mut self, _order: &Leave, context: &mut Context) -> Left {
        context.stop();
        Left
    }
}

handle_messages!(Mortal, Fail => on_fail, GiveUp => on_give_up, Leave => on_leave);
