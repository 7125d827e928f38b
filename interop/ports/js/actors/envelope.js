// An envelope in either dialect: read from a frame, or written into one (docs/protocol.md: ENV-3 to ENV-11, DIA-1 to DIA-5).
//
//   {type, target, sender: {name, endpoint} | null, payload, id, re, trace, seq, dialect: "v1" | "flat"}
"use strict";

const json = require("./json.js");

const V1 = "v1", FLAT = "flat";
const NAME_BYTES = 255;
const DEPTH = 64;
const LIMIT_BYTES = 1 << 22;

const CONTROL = /\p{Cc}/u;
const ID = /^[ -~]{1,64}$/;
const TRACE = /^(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;
const SEQ = /^([0-9a-fA-F]{16}):([1-9][0-9]{0,19})$/;

const CODES = new Set(["unknown_target", "unknown_type", "bad_payload", "mailbox_full", "not_allowed", "stopped", "failed"]);

class Malformed extends Error {}

function need(condition, clause) {
  if (!condition) throw new Malformed(clause);
}

function isName(value) {
  return typeof value === "string" && value !== "" && Buffer.byteLength(value) <= NAME_BYTES && !CONTROL.test(value);
}

// The envelope in one frame; Malformed names the clause that it breaks.
function read(frame) {
  need(frame.length <= LIMIT_BYTES, "LIM-1");
  const found = parsed(frame);
  need(found instanceof Map, "ENV-2");
  if (!found.has("receiver")) return readV1(found);
  need(!found.has("target"), "DIA-1");
  return readFlat(found);
}

function parsed(frame) {
  try {
    return json.read(frame, DEPTH);
  } catch (error) {
    throw error instanceof json.SyntaxFault ? new Malformed(`ENV-2 or ENV-4: ${error.message}`) : error;
  }
}

function readV1(found) {
  const [type, target, payload] = ["type", "target", "payload"].map((key) => found.get(key));
  need(isName(type) && isName(target), "ENV-6");
  need(payload instanceof Map, "ENV-8");
  if (type === "Reject") unifyReject(payload);
  return { type, target, payload, sender: senderV1(found.get("sender") ?? null), id: word(found.get("id")), re: word(found.get("re")),
    trace: TRACE.test(found.get("trace")) ? found.get("trace") : null, seq: sequence(found.get("seq")), dialect: V1 };
}

function senderV1(value) {
  if (value === null) return null;
  need(value instanceof Map, "ENV-7");
  const name = value.get("name"), endpoint = value.get("endpoint");
  need(isName(name) && isName(endpoint), "ENV-7");
  return { name, endpoint };
}

function word(value) {
  need(value === undefined || value === null || (typeof value === "string" && ID.test(value)), "ENV-9");
  return value ?? null;
}

// ORD-2: what has another form is as if it were absent.
function sequence(value) {
  const found = typeof value === "string" ? SEQ.exec(value) : null;
  if (!found || BigInt(found[2]) > json.UINT64_MAX) return null;
  return { epoch: found[1].toLowerCase(), count: BigInt(found[2]) };
}

function readFlat(found) {
  const type = found.get("message_type"), target = found.get("receiver");
  need(isName(type) && isName(target), "ENV-6");
  const payload = found.get("message") ?? new Map();
  need(payload instanceof Map, "ENV-8");
  if (type === "Reject") unifyReject(payload);
  return { type, target, payload, sender: senderFlat(found), id: null, re: null, trace: null, seq: null, dialect: FLAT };
}

// DIA-3, REJ-3: a handler sees one kind of Reject, in whatever dialect and by whatever version it was written.
function unifyReject(payload) {
  for (const [name, java] of [["message_type", "messageType"], ["rejected_by", "rejectedBy"]]) {
    if (payload.has(java) && !payload.has(name)) payload.set(name, payload.get(java));
    payload.delete(java);
  }
  if (!CODES.has(payload.get("code"))) payload.set("code", "other");
  if (!payload.has("target")) payload.set("target", "");
}

function senderFlat(found) {
  const [name, endpoint] = ["sender_actor", "sender_endpoint"].map((key) => found.get(key) ?? "");
  need(typeof name === "string" && typeof endpoint === "string", "DIA-5");
  if (name === "" || endpoint === "") return null;
  need(isName(name) && isName(endpoint), "ENV-7");
  return { name, endpoint };
}

// The bytes of an envelope; RangeError for values that JSON does not have. `payload` may be anything that json.write takes.
function write(envelope) {
  const { type, target, sender, payload } = envelope;
  if (envelope.dialect === FLAT) {
    return Buffer.from(json.write({ sender_actor: sender && sender.name, sender_endpoint: sender && sender.endpoint, receiver: target,
      message_type: type, message: payload }));
  }
  const members = { type, target, sender: sender && { name: sender.name, endpoint: sender.endpoint }, payload };
  for (const key of ["id", "re", "trace", "seq"]) {
    if (envelope[key]) members[key] = envelope[key];
  }
  return Buffer.from(json.write(members));
}

module.exports = { V1, FLAT, DEPTH, LIMIT_BYTES, Malformed, isName, read, write };
