//! `sink` counts the notes of each sender, whether they came in order, and a digest of what they carried; whatever else comes
//! it keeps.

use std::collections::BTreeMap;

use sabir::json::Writer;
use sabir::{Context, Json, Reject, Result, handle_messages};

use crate::messages::{Collect, Collected, Description, EchoReply, Note, Report, Reported, Reset, TypedReply};
use crate::tagged;

/// What one sender's notes, or everybody's, came to.
struct Tally {
    count: u64,
    in_order: bool,
    last: i64,
    digest: u64,
}

impl Default for Tally {
    fn default() -> Self {
        Tally { count: 0, in_order: true, last: i64::MIN, digest: 0xcbf2_9ce4_8422_2325 }
    }
}

impl Tally {
    fn add(&mut self, note: &Note, in_order: bool) {
        self.count += 1;
        self.in_order &= in_order;
        self.last = note.seq;
        // FNV-1a, 64 bits.
        for byte in note.data.iter().flat_map(|data| data.bytes()) {
            self.digest = (self.digest ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
}

/// Counts and keeps.
#[derive(Default)]
pub struct Sink {
    all: Tally,
    senders: BTreeMap<String, Tally>,
    others: Vec<Json>,
}

impl Sink {
    fn on_note(&mut self, note: &Note, _context: &mut Context) {
        let sender = self.senders.entry(note.from.clone()).or_default();
        let in_order = sender.count == 0 || note.seq > sender.last;
        sender.add(note, in_order);
        self.all.add(note, in_order);
    }

    fn on_report(&mut self, report: &Report, _context: &mut Context) -> Reported {
        let none = Tally::default();
        let (tally, last) = match &report.from {
            None => (&self.all, self.senders.iter().map(last_of).collect()),
            Some(from) => match self.senders.get_key_value(from) {
                Some(entry) => (entry.1, BTreeMap::from([last_of(entry)])),
                None => (&none, BTreeMap::new()),
            },
        };
        Reported {
            count: tally.count.to_string(),
            in_order: tally.in_order,
            last,
            digest: format!("{:016x}", tally.digest),
        }
    }

    fn on_collect(&mut self, _collect: &Collect, _context: &mut Context) -> Collected {
        Collected { items: self.others.clone() }
    }

    fn on_reset(&mut self, _reset: &Reset, _context: &mut Context) {
        *self = Sink::default();
    }

    fn on_echo_reply(&mut self, reply: &EchoReply, _context: &mut Context) -> Result<()> {
        self.keep("conf.EchoReply", &reply.0)
    }

    fn on_typed_reply(&mut self, reply: &TypedReply, _context: &mut Context) -> Result<()> {
        self.keep("conf.TypedReply", &reply.0)
    }

    fn on_description(&mut self, description: &Description, _context: &mut Context) -> Result<()> {
        let mut writer = Writer::new()?;
        writer.object_begin().key("seen").json(description.seen.as_str());
        writer.key("sender").json(description.sender.as_str());
        writer.key("type").string(&description.r#type).object_end();
        self.keep("conf.Description", &writer.finish()?)
    }

    fn on_reject(&mut self, reject: &Reject, _context: &mut Context) -> Result<()> {
        let mut writer = Writer::new()?;
        writer.object_begin();
        writer.key("code").string(&reject.code).key("reason").string(&reject.reason);
        writer.key("message_type").string(&reject.message_type).key("target").string(&reject.target);
        writer.key("rejected_by").string(&reject.rejected_by).object_end();
        self.keep("Reject", &writer.finish()?)
    }

    fn keep(&mut self, name: &str, payload: &Json) -> Result<()> {
        let mut writer = Writer::new()?;
        tagged::json(writer.object_begin().key("type").string(name).key("seen"), payload)?;
        writer.object_end();
        self.others.push(writer.finish()?);
        Ok(())
    }
}

fn last_of((from, tally): (&String, &Tally)) -> (String, String) {
    (from.clone(), tally.last.to_string())
}

handle_messages!(Sink,
    Note => on_note,
    Report => on_report,
    Collect => on_collect,
    Reset => on_reset,
    EchoReply => on_echo_reply,
    TypedReply => on_typed_reply,
    Description => on_description,
    Reject => on_reject,
);
