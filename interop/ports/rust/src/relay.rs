//! `relay` forwards what it is told in its own name, and passes what comes back to whoever told it last (RTE-5).

use sabir::{ActorRef, Context, Error, ErrorCode, JsonMessage, Result, SendError, Type, handle_messages};

use crate::driver::find;
use crate::messages::{EchoReply, Forward};

/// Knows who waits for an answer.
#[derive(Default)]
pub struct Relay {
    way_back: Option<ActorRef>,
}

impl Relay {
    fn on_forward(&mut self, order: &Forward, context: &mut Context) -> Result<()> {
        self.way_back = context.sender();
        let name = &order.r#type;
        let ty = Type::find(name).ok_or_else(|| Error::new(ErrorCode::NoEnt, format!("nobody registered {name}")))?;
        let target = find(context.manager(), &order.to)?;
        context.send(&target, JsonMessage::new(ty, order.payload.clone())).map_err(SendError::into)
    }

    fn on_echo_reply(&mut self, reply: &EchoReply, context: &mut Context) -> Result<()> {
        match self.way_back.take() {
            Some(asker) => context.send(&asker, EchoReply(reply.0.clone())).map_err(SendError::into),
            None => Ok(()),
        }
    }
}

handle_messages!(Relay, Forward => on_forward, EchoReply => on_echo_reply);
