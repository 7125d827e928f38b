//! The ping node of the matrix: plays as many rounds as it is told with the actor that it is told, then says how it went.

use std::process::ExitCode;

use sabir::{ActorRef, Context, Dialect, ReplyToken, Result, handle_messages, run_node};
use sabir_port::messages::{Ping, PlayPing, Played, Pong};

/// One game in play.
struct Game {
    pong: ActorRef,
    asker: ReplyToken,
    rounds: i64,
    count: i64,
    errors: i64,
}

#[derive(Default)]
struct PingActor {
    game: Option<Game>,
}

impl PingActor {
    fn on_play_ping(&mut self, play: &PlayPing, context: &mut Context) -> Result<()> {
        let dialect = if play.dialect.as_deref() == Some("flat") { Dialect::Flat } else { Dialect::V1 };
        let pong = context.manager().remote_in(&play.name, &play.endpoint, dialect)?;
        let asker = context.reply_take()?;
        self.game = Some(Game { pong, asker, rounds: play.rounds, count: 0, errors: 0 });
        self.go_on(context)
    }

    fn on_pong(&mut self, pong: &Pong, context: &mut Context) -> Result<()> {
        if let Some(game) = &mut self.game {
            game.errors += i64::from(pong.count != game.count);
            game.count += 1;
        }
        self.go_on(context)
    }

    fn go_on(&mut self, context: &mut Context) -> Result<()> {
        match self.game.take_if(|game| game.count >= game.rounds) {
            Some(over) => over.asker.send(Played { rounds: over.count, errors: over.errors })?,
            None => {
                if let Some(game) = &self.game {
                    context.send(&game.pong, Ping { count: game.count })?;
                }
            }
        }
        Ok(())
    }
}

handle_messages!(PingActor, PlayPing => on_play_ping, Pong => on_pong);

fn main() -> ExitCode {
    run_node(env!("CARGO_PKG_VERSION"), &[], |manager| {
        manager.manage("ping", PingActor::default())?;
        Ok(())
    })
}
