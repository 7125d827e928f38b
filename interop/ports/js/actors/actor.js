// One actor: what it handles, its mailbox, and one message at a time.
"use strict";

const CAPACITY = 262144;

class Actor {
  // `handlers`: {type: [shape of the payload, function (message, context)]}; the function may be async.
  constructor(name, handlers, { capacity = CAPACITY, isLocal = false } = {}) {
    this.name = name;
    this.handlers = new Map(Object.entries(handlers));
    this.capacity = capacity;
    this.isLocal = isLocal;
    this.hasStopped = false;
    this.mailbox = [];
    this.taken = 0; // so many of them, from the first on
    this.isRunning = false;
  }

  // False when the mailbox is full.
  put(message) {
    if (this.mailbox.length - this.taken >= this.capacity) return false;
    this.mailbox.push(message);
    if (!this.isRunning) this.run();
    return true;
  }

  async run() {
    this.isRunning = true;
    await null; // whoever has sent the message goes on first
    while (this.taken < this.mailbox.length) {
      const message = this.take();
      if (this.hasStopped) message.context.stopped();
      else await this.handle(message);
    }
    this.isRunning = false;
  }

  // The first one. What was taken is thrown away by many at once: to shift a long list costs its length.
  take() {
    const message = this.mailbox[this.taken];
    this.mailbox[this.taken] = null;
    this.taken += 1;
    if (this.taken === this.mailbox.length || this.taken === 4096) {
      this.mailbox.splice(0, this.taken);
      this.taken = 0;
    }
    return message;
  }

  async handle({ handler, payload, context }) {
    try {
      const done = handler.call(this, payload, context);
      if (done instanceof Promise) await done;
      context.finished();
    } catch (error) {
      context.failed(error);
    }
  }
}

module.exports = { Actor };
