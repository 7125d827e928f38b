//! `driver` sends what it is told, also what JSON cannot carry.

use sabir::json::{Token, Writer};
use sabir::{
    ActorRef, Context, Dialect, Error, ErrorCode, Json, JsonMessage, ManagerRef, Message, Result, SendError, Type,
    handle_messages,
};

use crate::messages::{Address, Send, Sent, Unsupported};
use crate::tagged;

/// A type that nobody declares.
const NOBODYS_TYPE: &str = "conf.NobodyDeclaredThis";

/// Sends as it is told.
pub struct Driver;

impl Driver {
    fn on_send(&mut self, order: &Send, context: &mut Context) -> Box<dyn Message> {
        if !order.special.as_deref().is_none_or(is_known) {
            return Box::new(Unsupported);
        }
        let mut sent = Sent { ok: 0, errors: Vec::new() };
        for _ in 0..order.repeat.unwrap_or(1) {
            match send_once(order, context) {
                Ok(()) => sent.ok += 1,
                Err(error) => sent.errors.push(error.code().name().to_owned()),
            }
        }
        Box::new(sent)
    }
}

handle_messages!(Driver, Send => on_send);

fn is_known(special: &str) -> bool {
    matches!(special, "nan" | "inf" | "-inf" | "bigint" | "nul" | "lone-surrogate" | "unregistered")
}

fn send_once(order: &Send, context: &Context) -> Result<()> {
    let special = order.special.as_deref();
    let name = if special == Some("unregistered") { NOBODYS_TYPE } else { &order.r#type };
    let ty = Type::find(name).ok_or_else(|| Error::new(ErrorCode::NoEnt, format!("nobody registered {name}")))?;
    let payload = match special {
        None | Some("unregistered") => order.payload.clone(),
        Some(special) => with_special(&order.payload, special)?,
    };
    let message = JsonMessage::new(ty, payload);
    find(context.manager(), &order.to)?.send(message, sender(order, context)?).map_err(SendError::into)
}

/// The actor that an order's address names.
pub fn find(manager: &ManagerRef, to: &Address) -> Result<ActorRef> {
    let dialect = if to.dialect.as_deref() == Some("flat") { Dialect::Flat } else { Dialect::V1 };
    manager.remote_in(&to.name, &to.endpoint, dialect)
}

fn sender(order: &Send, context: &Context) -> Result<Option<ActorRef>> {
    order.r#as.as_deref().map(|name| context.manager().find(name)).transpose()
}

/// The payload with one more key, whose value says what is special.
fn with_special(payload: &Json, special: &str) -> Result<Json> {
    let mut reader = payload.reader()?;
    if reader.next()? != Token::ObjectBegin {
        return Err(Error::new(ErrorCode::BadPayload, "the payload is not an object"));
    }
    let mut writer = Writer::new()?;
    writer.object_begin().key("special");
    match special {
        "nan" => writer.double(f64::NAN),
        "inf" => writer.double(f64::INFINITY),
        "-inf" => writer.double(f64::NEG_INFINITY),
        "bigint" => writer.json("18446744073709551616"),
        "lone-surrogate" => writer.json(r#""\ud800""#),
        _ => writer.string("a\0b"),
    };
    // The rest of the object, with the bracket that ends it.
    tagged::copy(&mut writer, &mut reader)?;
    writer.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_json_cannot_carry_is_refused_and_nul_is_not() {
        let payload: Json = r#"{"i":1}"#.parse().unwrap();
        for special in ["nan", "inf", "-inf", "lone-surrogate"] {
            assert!(with_special(&payload, special).is_err(), "{special}");
        }
        assert_eq!(with_special(&payload, "nul").unwrap().as_str(), r#"{"special":"a\u0000b","i":1}"#);
    }
}
