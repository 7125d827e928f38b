//! A port of the Sabir protocol in Rust that reaches level 0: one actor, `echo`, and the Rejects of whatever is not for it.
//!
//! It needs nothing but the standard library: what it knows of ZeroMQ (ZMTP 3.0, mechanism NULL) stands in `wire.rs`, and `text.rs`
//! finds the members of a JSON object; crates can take their places (but no JSON crate refuses all that level 1 has to be refused:
//! docs/protocol.md). Replies go to 127.0.0.1 only, until RTE-4 is there.

mod text;
mod wire;

use std::io::{Read, Write};
use std::sync::Arc;

const CANNOT_START: i32 = 10;
const LOOPBACK: &str = "tcp://127.0.0.1:";

struct Node {
    endpoint: String,
    ways: wire::Ways,
}

impl Node {
    fn take(&self, frame: &[u8]) {
        // What is malformed is dropped and never answered.
        let Some(members) = std::str::from_utf8(frame).ok().and_then(text::members) else { return };
        let (Some(kind), Some(target), Some(payload)) =
            (members.string("type"), members.string("target"), members.get("payload"))
        else {
            return;
        };
        if !payload.starts_with('{') || kind == "Reject" {
            return;
        }
        if target != "echo" {
            self.reject(&members, &kind, &target, "unknown_target");
        } else if kind != "conf.Echo" {
            self.reject(&members, &kind, &target, "unknown_type");
        } else {
            let sender = format!(r#"{{"name":"echo","endpoint":{}}}"#, text::quoted(&self.endpoint));
            self.answer(&members, "conf.EchoReply", &sender, payload);
        }
    }

    fn reject(&self, cause: &text::Members, kind: &str, target: &str, code: &str) {
        let payload = format!(
            r#"{{"code":"{code}","reason":"nothing here takes it","message_type":{},"target":{},"rejected_by":{}}}"#,
            text::quoted(kind),
            text::quoted(target),
            text::quoted(&self.endpoint)
        );
        self.answer(cause, "Reject", "null", &payload);
    }

    /// `sender` and `payload` are JSON texts.
    fn answer(&self, cause: &text::Members, kind: &str, sender: &str, payload: &str) {
        let Some(to) = cause.get("sender").and_then(text::members) else { return };
        let (Some(name), Some(endpoint)) = (to.string("name"), to.string("endpoint")) else { return };
        let Some(port) = endpoint.strip_prefix(LOOPBACK).and_then(|port| port.parse().ok()) else { return };
        let re = cause.string("id").map(|id| format!(r#","re":{}"#, text::quoted(&id))).unwrap_or_default();
        let target = text::quoted(&name);
        let envelope = format!(r#"{{"type":"{kind}","target":{target},"sender":{sender},"payload":{payload}{re}}}"#);
        self.ways.send(port, envelope.as_bytes());
    }
}

extern "C" fn stop(_signal: i32) {
    extern "C" {
        fn _exit(code: i32) -> !;
    }
    // SAFETY: _exit may be called in a signal handler.
    unsafe { _exit(0) }
}

fn exit_0_on_sigterm() {
    extern "C" {
        fn signal(number: i32, handler: extern "C" fn(i32)) -> usize;
    }
    const SIGTERM: i32 = 15;
    // SAFETY: the handler does nothing but _exit.
    unsafe { signal(SIGTERM, stop) };
}

fn main() {
    exit_0_on_sigterm();
    let told = std::env::var("SABIR_BIND").unwrap_or_default();
    let port = told.strip_prefix(LOOPBACK).map(|port| if port == "*" { "0" } else { port });
    let listener = port.and_then(|port| port.parse().ok()).and_then(|port: u16| wire::listen(port).ok());
    let Some(listener) = listener else {
        eprintln!("SABIR_BIND={told} cannot be bound; it is like {LOOPBACK}* here");
        std::process::exit(CANNOT_START);
    };
    let endpoint = format!("{LOOPBACK}{}", listener.local_addr().map(|address| address.port()).unwrap_or_default());
    let node = Arc::new(Node { endpoint: endpoint.clone(), ways: wire::Ways::default() });
    std::thread::spawn(move || wire::serve(&listener, move |frame| node.take(frame)));
    println!(
        r#"READY {{"endpoint":"{endpoint}","bound":"{endpoint}","port":"@NAME@","version":"0.1","suite":1,"limits":{{"bytes":{},"depth":64}},"features":[]}}"#,
        wire::LIMIT_BYTES
    );
    std::io::stdout().flush().ok();
    let mut ignored = [0; 256];
    while matches!(std::io::stdin().read(&mut ignored), Ok(count) if count > 0) {}
}
