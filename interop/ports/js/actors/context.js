// What a handler has beside its message: who sent it, and the ways to answer, to send and to ask in the actor's own name.
"use strict";

class Context {
  constructor(node, actor, envelope) {
    this.node = node;
    this.actor = actor;
    this.envelope = envelope;
    this.isAnswered = false;
    this.isGivenUp = false;
  }

  get type() {
    return this.envelope.type;
  }

  // {name, endpoint} or null.
  get sender() {
    return this.envelope.sender;
  }

  // Whoever sent the message, as somebody to send to later; null if it said nobody.
  get replyTo() {
    return this.sender && { ...this.sender, dialect: this.envelope.dialect, isLearnt: true, re: this.envelope.id };
  }

  reply(type, payload) {
    if (!this.sender) return;
    this.isAnswered = true;
    this.send(this.replyTo, type, payload);
  }

  // SendFault if it cannot be sent.
  send(to, type, payload) {
    this.node.send({ to, type, payload, as: this.actor.name, trace: this.envelope.trace });
  }

  // The reply to a message, or a fault: TIMEDOUT, REJECTED.
  ask(to, type, payload, timeoutMs) {
    return this.node.ask({ to, type, payload, as: this.actor.name, trace: this.envelope.trace }, timeoutMs);
  }

  // Whoever asked is told that there will be no answer.
  giveUp() {
    this.isGivenUp = true;
  }

  finished() {
    if (this.isGivenUp) this.noAnswer("failed", "the handler gave up its right to reply");
  }

  failed(error) {
    process.stderr.write(`${this.actor.name}: the handler of ${this.type} failed: ${String(error && error.stack)}\n`);
    this.noAnswer("failed", "the handler failed");
  }

  stopped() {
    this.node.reject(this.envelope, "stopped", "the actor has stopped");
  }

  // REJ-5: only whoever waits for an answer is told.
  noAnswer(code, reason) {
    if (this.envelope.id && !this.isAnswered) this.node.reject(this.envelope, code, reason);
  }
}

module.exports = { Context };
