// The ways out of this node: a PUSH socket for each peer, with a queue of its own, so that one that is not there delays nobody
// (docs/protocol.md: END-3, LIFE-1, ORD-2).
"use strict";

const { randomBytes } = require("node:crypto");
const zmq = require("zeromq");

const MOST_LEARNT = 64;
const MOST_QUEUED = 20000;
const MOST_QUEUED_BYTES = 64 << 20;

class Peer {
  constructor(text) {
    this.epoch = randomBytes(8).toString("hex");
    this.count = 0n;
    this.queue = [];
    this.queuedBytes = 0;
    this.isBusy = false;
    // A peer that is not there yet is tried again; no heartbeats, so that a flat peer is never pinged (NET-2).
    this.socket = new zmq.Push({ linger: 0, sendHighWaterMark: 1000, reconnectInterval: 100, reconnectMaxInterval: 1000 });
    this.socket.connect(text);
  }

  nextSeq() {
    this.count += 1n;
    return `${this.epoch}:${this.count}`;
  }

  // False if it has to be lost: nobody waits for a peer that does not read.
  send(frame) {
    if (this.queue.length >= MOST_QUEUED || this.queuedBytes + frame.length > MOST_QUEUED_BYTES) return false;
    this.queue.push(frame);
    this.queuedBytes += frame.length;
    if (!this.isBusy) this.drain();
    return true;
  }

  async drain() {
    this.isBusy = true;
    try {
      while (this.queue.length > 0) {
        const batch = this.queue;
        this.queue = [];
        for (const frame of batch) {
          await this.socket.send(frame);
          this.queuedBytes -= frame.length;
        }
      }
    } catch {
      this.queue = []; // the socket was closed
    }
    this.isBusy = false;
  }

  close() {
    this.socket.close();
  }
}

// Peers by their rebuilt endpoint. Of those that were learnt from envelopes only so many are kept, the last ones used.
class Peers {
  constructor() {
    this.byText = new Map();
    this.known = new Set();
  }

  // The peer is one that this program itself speaks of.
  know(text) {
    this.known.add(text);
  }

  // May throw what libzmq has against the endpoint.
  at(text) {
    const known = this.byText.get(text), found = known ?? new Peer(text);
    this.byText.delete(text); // to the end: the last one used
    this.byText.set(text, found);
    if (!known) this.forget();
    return found;
  }

  forget() {
    const learnt = [...this.byText.keys()].filter((text) => !this.known.has(text));
    for (const text of learnt.slice(0, -MOST_LEARNT)) {
      this.byText.get(text).close();
      this.byText.delete(text);
    }
  }
}

module.exports = { Peers };
