// The actor `sink`: counts, order and digest of notes per sender; whatever else comes is kept.
"use strict";

const v = require("./actors/values.js");
const { tagged } = require("./tags.js");

const FNV_START = 0xcbf29ce484222325n, FNV_PRIME = 0x100000001b3n, MASK = 2n ** 64n - 1n;
const KEPT = ["conf.EchoReply", "conf.TypedReply", "conf.Description", "Reject"];

class Tally {
  constructor() {
    this.count = 0;
    this.isInOrder = true;
    this.last = new Map();
    this.digest = FNV_START;
  }

  add(from, seq, data) {
    const last = this.last.get(from);
    this.count += 1;
    this.isInOrder &&= last === undefined || BigInt(seq) > BigInt(last);
    this.last.set(from, seq);
    for (const byte of Buffer.from(data ?? "")) this.digest = ((this.digest ^ BigInt(byte)) * FNV_PRIME) & MASK;
  }

  report() {
    const last = Array.from(this.last, ([from, seq]) => [from, String(seq)]);
    return { count: String(this.count), in_order: this.isInOrder, last: new Map(last), digest: this.digest.toString(16).padStart(16, "0") };
  }
}

class Sink {
  constructor() {
    this.reset();
  }

  reset() {
    this.all = new Tally();
    this.bySender = new Map();
    this.items = [];
  }

  note({ from, seq, data }) {
    if (!this.bySender.has(from)) this.bySender.set(from, new Tally());
    for (const tally of [this.all, this.bySender.get(from)]) tally.add(from, seq, data);
  }

  handlers() {
    const who = v.record({ from: v.optional(v.string) });
    const keep = (payload, context) => this.items.push({ type: context.type, seen: tagged(payload) });
    return {
      "conf.Note": [v.record({ from: v.string, seq: v.int64, data: v.optional(v.string) }), (note) => this.note(note)],
      "conf.Report": [who, ({ from }, context) => context.reply("conf.Reported",
        (from === undefined ? this.all : this.bySender.get(from) ?? new Tally()).report())],
      "conf.Collect": [who, (_who, context) => context.reply("conf.Collected", { items: this.items })],
      "conf.Reset": [v.object, () => this.reset()],
      ...Object.fromEntries(KEPT.map((type) => [type, [v.object, keep]])),
    };
  }
}

module.exports = { Sink };
