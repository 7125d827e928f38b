// A node: actors of this process that others can reach (docs/protocol.md: RTE-1 to RTE-9, REJ-1 to REJ-5, ORD-2).
//
//   PULL ──frame──▶ envelope ──whose?──▶ actor's mailbox        send, reply, reject ──▶ the PUSH of that peer
"use strict";

const { randomBytes } = require("node:crypto");
const zmq = require("zeromq");
const { Actor } = require("./actor.js");
const { Context } = require("./context.js");
const endpoints = require("./endpoint.js");
const envelopes = require("./envelope.js");
const { Peers } = require("./peers.js");
const { Sequences } = require("./sequences.js");
const { BadPayload, any, written } = require("./values.js");

const BUILT_IN = new Set(["Start", "Shutdown", "Timeout", "Continue", "Down", "LinkDown"]);
const SHORT_BYTES = 100; // REJ-1: a reason has at most 200
const RESERVED = "sabir.";

// A message that cannot be sent; `code` is a word for it.
class SendFault extends Error {
  constructor(code, why) {
    super(`${code}: ${why}`);
    this.code = code;
  }
}

class Node {
  // `allow`: "host" or "host:port" that may be answered; `peers`: endpoints that are known.
  constructor({ peers = [], allow = [] } = {}) {
    this.actors = new Map();
    this.types = new Map(); // name: the shape that its payloads are written in
    this.peers = new Peers();
    this.allow = new Set(allow);
    this.sequences = new Sequences();
    this.asks = new Map();
    this.askEpoch = randomBytes(8).toString("hex");
    this.dropped = new Map(); // why: how often
    for (const text of peers) this.know(text);
  }

  register(name, handlers, options) {
    if (!envelopes.isName(name) || name.startsWith(RESERVED)) throw new RangeError(`${name} is no name for an actor`);
    this.actors.set(name, new Actor(name, handlers, options));
    Object.entries(handlers).forEach(([type, [shape]]) => this.declare(type, shape));
  }

  // A type that may be sent, also if nobody here handles it; the first shape that says how fields are written is the type's.
  declare(type, shape = any) {
    if (!envelopes.isName(type) || type.startsWith(RESERVED)) throw new RangeError(`${type} is no name for a type`);
    if (!this.types.get(type)?.written) this.types.set(type, shape);
  }

  // Take frames at an endpoint of libzmq; gives what was bound. Rejects if that fails (LIFE-3).
  async bind(text, advertised) {
    this.pull = new zmq.Pull({ maxMessageSize: envelopes.LIMIT_BYTES, receiveHighWaterMark: 10000, handshakeInterval: 3000, linger: 0 });
    await this.pull.bind(text);
    this.bound = this.pull.lastEndpoint;
    this.endpoint = advertised || this.bound;
    return this.bound;
  }

  async serve() {
    for await (const frames of this.pull) {
      if (frames.length === 1) this.take(frames[0]);
      else this.drop("ENV-1");
    }
  }

  drop(why) {
    this.dropped.set(why, (this.dropped.get(why) ?? 0) + 1);
  }

  take(frame) {
    let envelope;
    try {
      envelope = envelopes.read(frame);
    } catch (error) {
      if (error instanceof envelopes.Malformed) return this.drop(error.message.slice(0, 5));
      throw error;
    }
    if (envelope.seq && !this.sequences.isNew(envelope.seq)) return this.drop("ORD-2");
    return this.route(envelope);
  }

  // RTE-6: the first failure decides.
  route(envelope) {
    const { type, target } = envelope;
    if (type.startsWith(RESERVED)) return this.drop("ENV-10");
    if (envelope.re) return this.answer(envelope);
    const actor = this.actors.get(target);
    if (!actor || actor.isLocal) return this.reject(envelope, "unknown_target", `there is no actor '${short(target)}' here`);
    if (actor.hasStopped) return this.reject(envelope, "stopped", "the actor has stopped");
    if (BUILT_IN.has(type)) return this.reject(envelope, "not_allowed", `'${type}' does not come from the wire`);
    const entry = actor.handlers.get(type);
    if (!entry) return this.reject(envelope, "unknown_type", `the actor has no handler for '${short(type)}'`);
    return this.deliver(envelope, actor, ...entry);
  }

  deliver(envelope, actor, shape, handler) {
    let payload;
    try {
      payload = shape(envelope.payload);
    } catch (error) {
      if (!(error instanceof BadPayload)) throw error;
      return this.reject(envelope, "bad_payload", short(error.message));
    }
    const context = new Context(this, actor, envelope);
    if (!actor.put({ handler, payload, context })) this.reject(envelope, "mailbox_full", "the mailbox is full");
  }

  // REJ-1, REJ-2, DIA-3.
  reject(cause, code, reason) {
    this.drop(code);
    if (!cause.sender || cause.type === "Reject" || cause.re) return;
    const { dialect, id, trace } = cause;
    const payload = dialect === envelopes.FLAT
      ? { message_type: cause.type, reason, rejected_by: cause.target }
      : { code, reason, message_type: cause.type, target: cause.target, rejected_by: this.endpoint };
    try {
      this.emit({ ...cause.sender, isLearnt: true }, { type: "Reject", target: cause.sender.name, sender: null, payload, re: id, trace, dialect });
    } catch (error) {
      if (!(error instanceof SendFault)) throw error;
    }
  }

  // ASK-1: to whoever asked, or to nobody.
  answer(envelope) {
    const ask = this.asks.get(envelope.re);
    if (!ask || ask.as !== envelope.target) return this.drop("late");
    this.asks.delete(envelope.re);
    clearTimeout(ask.timer);
    return ask.resolve(envelope);
  }

  // `to`: {name, endpoint, dialect?}; `as`: an actor's name, or null for nobody.
  send({ to, type, payload, as = null, trace = null, id = null }) {
    if (type.startsWith(RESERVED)) throw new SendFault("RESERVED", type);
    if (!this.types.has(type)) throw new SendFault("UNKNOWN", `${type} was not declared`);
    const dialect = to.dialect ?? envelopes.V1;
    if (dialect === envelopes.FLAT && id) throw new SendFault("UNSUPPORTED", "flat has no questions (DIA-4)");
    const sender = as === null ? null : { name: as, endpoint: this.endpoint };
    this.emit(to, { type, target: to.name, sender, payload: written(this.types.get(type), payload), id, re: to.re, trace, dialect });
  }

  ask(message, timeoutMs) {
    const id = `${this.askEpoch}-${this.asked = (this.asked ?? 0) + 1}`;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.asks.delete(id) && reject(new SendFault("TIMEDOUT", `no answer in ${timeoutMs} ms`)), timeoutMs);
      this.asks.set(id, { as: message.as, timer, resolve: (envelope) => {
        if (envelope.type === "Reject") reject(new SendFault("REJECTED", String(envelope.payload.get("reason"))));
        else resolve(envelope);
      } });
      try {
        this.send({ ...message, id });
      } catch (error) {
        clearTimeout(timer);
        this.asks.delete(id);
        reject(error);
      }
    });
  }

  emit(to, envelope) {
    const where = endpoints.parse(to.endpoint);
    if (!where || (to.isLearnt && !this.mayAnswer(where))) {
      this.drop("RTE-4");
      throw new SendFault("REFUSED", `nothing is sent to ${JSON.stringify(short(to.endpoint))}; SABIR_PEERS can allow it`);
    }
    if (!to.isLearnt) this.know(where.text);
    const peer = this.peerAt(where.text);
    const frame = frameOf(envelope.dialect === envelopes.FLAT ? envelope : { ...envelope, seq: peer.nextSeq() });
    if (!peer.send(frame)) throw new SendFault("FULL", `${where.text} does not read`);
  }

  peerAt(text) {
    try {
      return this.peers.at(text);
    } catch (error) {
      throw new SendFault("REFUSED", `${text}: ${error.message}`);
    }
  }

  know(text) {
    const found = endpoints.parse(text);
    if (found) this.peers.know(found.text);
  }

  // RTE-4 without the address of a connection, which the library does not tell: (a) known, or (c) allowed.
  mayAnswer(where) {
    return this.peers.known.has(where.text) || (where.host !== undefined &&
      (this.allow.has(where.host) || this.allow.has(`${where.host}:${where.port}`)));
  }
}

function frameOf(envelope) {
  let frame;
  try {
    frame = envelopes.write(envelope);
  } catch (error) {
    throw error instanceof RangeError ? new SendFault("INVALID", error.message) : error;
  }
  if (frame.length > envelopes.LIMIT_BYTES) throw new SendFault("TOO_BIG", `${frame.length} bytes`);
  return frame;
}

// The text, cut between two characters.
function short(text) {
  const bytes = Buffer.from(text);
  if (bytes.length <= SHORT_BYTES) return text;
  let end = SHORT_BYTES;
  while ((bytes[end] & 0xc0) === 0x80) end -= 1;
  return `${bytes.toString("utf8", 0, end)}…`;
}

module.exports = { Node, SendFault };
