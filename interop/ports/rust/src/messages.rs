//! The messages of the conformance suite and of the ping-pong actors.
#![allow(missing_docs, reason = "the suite describes them")]

use std::collections::BTreeMap;

use sabir::{Json, Message};

#[derive(Message)]
#[message(name = "conf.Echo", open)]
pub struct Echo(pub Json);

#[derive(Message)]
#[message(name = "conf.EchoReply", open)]
pub struct EchoReply(pub Json);

#[derive(Message)]
#[message(name = "conf.Describe", open)]
pub struct Describe(pub Json);

#[derive(Message)]
#[message(name = "conf.Description")]
pub struct Description {
    pub seen: Json,
    pub sender: Json,
    pub r#type: String,
}

#[derive(Message)]
#[message(name = "conf.Typed")]
pub struct Typed {
    pub i: i64,
    pub f: f64,
    pub s: String,
    pub b: bool,
    pub l: Vec<i64>,
    pub o: Option<String>,
}

#[derive(Message)]
#[message(name = "conf.TypedReply", open)]
pub struct TypedReply(pub Json);

#[derive(Message)]
#[message(name = "conf.Note")]
pub struct Note {
    pub from: String,
    pub seq: i64,
    pub data: Option<String>,
}

#[derive(Message)]
#[message(name = "conf.Report")]
pub struct Report {
    pub from: Option<String>,
}

#[derive(Message)]
#[message(name = "conf.Reported")]
pub struct Reported {
    pub count: String,
    pub in_order: bool,
    pub last: BTreeMap<String, String>,
    pub digest: String,
}

#[derive(Message)]
#[message(name = "conf.Collect")]
pub struct Collect {
    pub from: Option<String>,
}

#[derive(Message)]
#[message(name = "conf.Collected")]
pub struct Collected {
    pub items: Vec<Json>,
}

#[derive(Message)]
#[message(name = "conf.Reset")]
pub struct Reset;

#[derive(Message)]
#[message(name = "conf.Address")]
pub struct Address {
    pub name: String,
    pub endpoint: String,
    pub dialect: Option<String>,
}

#[derive(Message)]
#[message(name = "conf.Send")]
pub struct Send {
    pub to: Address,
    pub r#type: String,
    pub payload: Json,
    pub r#as: Option<String>,
    pub repeat: Option<i64>,
    pub special: Option<String>,
}

#[derive(Message)]
#[message(name = "conf.Sent")]
pub struct Sent {
    pub ok: i64,
    pub errors: Vec<String>,
}

#[derive(Message)]
#[message(name = "conf.Unsupported")]
pub struct Unsupported;

/// Binary data: base64 on the wire, bytes for the program (TYP-2).
#[derive(Message)]
#[message(name = "conf.Binary")]
pub struct Binary {
    pub data: Vec<u8>,
}

#[derive(Message)]
#[message(name = "conf.BinaryReply")]
pub struct BinaryReply {
    pub hex: String,
    pub data: Vec<u8>,
}

#[derive(Message)]
#[message(name = "conf.Ask")]
pub struct Ask {
    pub to: Address,
    pub payload: Json,
    pub timeout_ms: i64,
}

#[derive(Message)]
#[message(name = "conf.Asked")]
pub struct Asked {
    pub outcome: String,
    pub payload: Option<Json>,
}

#[derive(Message)]
#[message(name = "conf.Forward")]
pub struct Forward {
    pub to: Address,
    pub r#type: String,
    pub payload: Json,
}

#[derive(Message)]
#[message(name = "conf.Fail")]
pub struct Fail;

#[derive(Message)]
#[message(name = "conf.GiveUp")]
pub struct GiveUp;

#[derive(Message)]
#[message(name = "conf.Leave")]
pub struct Leave;

#[derive(Message)]
#[message(name = "conf.Left")]
pub struct Left;

#[derive(Message)]
#[message(name = "conf.Stray")]
pub struct Stray {
    pub to: Address,
}

#[derive(Message)]
#[message(name = "conf.Strayed")]
pub struct Strayed {
    pub named: String,
    pub asked: String,
    pub nameless: String,
}

#[derive(Message)]
#[message(name = "conf.Sleep")]
pub struct Sleep {
    pub ms: i64,
}

#[derive(Message)]
#[message(name = "conf.Slept")]
pub struct Slept;

#[derive(Message)]
pub struct Ping {
    pub count: i64,
}

#[derive(Message)]
pub struct Pong {
    pub count: i64,
}

#[derive(Message)]
pub struct PlayPing {
    pub name: String,
    pub endpoint: String,
    pub dialect: Option<String>,
    pub rounds: i64,
}

#[derive(Message)]
pub struct Played {
    pub rounds: i64,
    pub errors: i64,
}
