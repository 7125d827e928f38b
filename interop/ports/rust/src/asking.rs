//! The actors that ask: `asker` reports the one outcome, `stray` tries it from a manager that is not bound (RTE-7).

use std::time::Duration;

use sabir::{ActorRef, Context, ErrorCode, Json, Manager, Result, handle_messages};

use crate::driver::find;
use crate::messages::{Ask, Asked, Echo, EchoReply, Stray, Strayed};

/// Asks another actor.
pub struct Asker;

impl Asker {
    fn on_ask(&mut self, order: &Ask, context: &mut Context) -> Result<Asked> {
        let timeout = Duration::from_millis(u64::try_from(order.timeout_ms).unwrap_or(1));
        let answer = find(context.manager(), &order.to)?.ask::<_, EchoReply>(Echo(order.payload.clone()), timeout);
        Ok(match answer {
            Ok(reply) => Asked { outcome: "OK".to_owned(), payload: Some(reply.0) },
            Err(error) => Asked { outcome: error.code().name().to_owned(), payload: None },
        })
    }
}

handle_messages!(Asker, Ask => on_ask);

struct Inmate;

impl Inmate {
    fn on_echo_reply(&mut self, _reply: &EchoReply, _context: &mut Context) {}
}

handle_messages!(Inmate, EchoReply => on_echo_reply);

/// Owns a second manager, without an endpoint.
pub struct StrayActor {
    unbound: Manager,
    inmate: ActorRef,
}

impl StrayActor {
    /// With its manager started.
    ///
    /// # Errors
    /// Those of the manager.
    pub fn new() -> Result<Self> {
        let mut unbound = Manager::new()?;
        let inmate = unbound.manage("inmate", Inmate)?;
        unbound.start()?;
        Ok(StrayActor { unbound, inmate })
    }

    fn on_stray(&mut self, order: &Stray, _context: &mut Context) -> Result<Strayed> {
        let target = find(&self.unbound, &order.to)?;
        let echo = || Echo(Json::object());
        let asked = target.ask::<_, EchoReply>(echo(), Duration::from_secs(1));
        Ok(Strayed {
            named: outcome(target.send(echo(), &self.inmate).map_err(|failed| failed.code())),
            asked: outcome(asked.map_err(|failed| failed.code())),
            nameless: outcome(target.tell(echo()).map_err(|failed| failed.code())),
        })
    }
}

handle_messages!(StrayActor, Stray => on_stray);

/// The name of the error, or OK.
fn outcome<T>(attempt: std::result::Result<T, ErrorCode>) -> String {
    attempt.map_or_else(|code| code.name().to_owned(), |_| "OK".to_owned())
}
