//! The actors that answer from the message in hand alone: `echo`, `probe`, `typed`, `slow`.

use std::thread;
use std::time::Duration;

use sabir::json::Writer;
use sabir::{Context, Json, Result, handle_messages};

use crate::messages::{Binary, BinaryReply, Describe, Description, Echo, EchoReply, Sleep, Slept, Typed, TypedReply};
use crate::tagged;

/// Replies with the same payload.
pub struct EchoActor;

impl EchoActor {
    fn on_echo(&mut self, echo: &Echo, _context: &mut Context) -> EchoReply {
        EchoReply(echo.0.clone())
    }
}

handle_messages!(EchoActor, Echo => on_echo);

/// Says what the application saw.
pub struct Probe;

impl Probe {
    fn on_describe(&mut self, describe: &Describe, context: &mut Context) -> Result<Description> {
        Ok(Description {
            seen: tagged::of(&describe.0)?,
            sender: sender_of(context)?,
            r#type: "conf.Describe".to_owned(),
        })
    }
}

fn sender_of(context: &Context) -> Result<Json> {
    let Some(sender) = context.sender() else { return Ok(Json::null()) };
    let mut writer = Writer::new()?;
    writer.object_begin().key("name").string(sender.name()).key("endpoint");
    match sender.endpoint() {
        Some(endpoint) => writer.string(endpoint),
        None => writer.null(),
    };
    writer.object_end();
    writer.finish()
}

handle_messages!(Probe, Describe => on_describe);

/// Replies with its fields tagged; the framework refuses wrong shapes before.
pub struct TypedActor;

impl TypedActor {
    fn on_typed(&mut self, typed: &Typed, _context: &mut Context) -> Result<TypedReply> {
        let mut writer = Writer::new()?;
        tagged::int(writer.object_begin().key("i"), typed.i);
        tagged::float(writer.key("f"), typed.f);
        tagged::text(writer.key("s"), &typed.s);
        tagged::bool(writer.key("b"), typed.b);
        writer.key("l").object_begin().key("t").string("list").key("v").array_begin();
        for item in &typed.l {
            tagged::int(&mut writer, item);
        }
        writer.array_end().object_end();
        if let Some(o) = &typed.o {
            tagged::text(writer.key("o"), o);
        }
        writer.object_end();
        writer.finish().map(TypedReply)
    }

    /// The bytes as the program has them, and given back as binary data.
    fn on_binary(&mut self, binary: &Binary, _context: &mut Context) -> BinaryReply {
        let hex = binary.data.iter().map(|byte| format!("{byte:02x}")).collect();
        BinaryReply { hex, data: binary.data.clone() }
    }
}

handle_messages!(TypedActor, Typed => on_typed, Binary => on_binary);

/// Sleeps in its handler.
pub struct Slow;

impl Slow {
    fn on_sleep(&mut self, sleep: &Sleep, _context: &mut Context) -> Slept {
        thread::sleep(Duration::from_millis(u64::try_from(sleep.ms).unwrap_or(0)));
        Slept
    }
}

handle_messages!(Slow, Sleep => on_sleep);
