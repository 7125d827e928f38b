// A port of the Sabir protocol in JavaScript that reaches level 0: one actor, `echo`, and the Rejects of whatever is not for it.
//
// It needs nothing but Node.js: what it knows of ZeroMQ (ZMTP 3.0, mechanism NULL) stands in wire.js; the package `zeromq` can take
// its place. JSON is enough to begin with and wrong for level 1: it takes equal keys and makes every number a double
// (docs/protocol.md). Replies go to 127.0.0.1 only, until RTE-4 is there.
"use strict";

const wire = require("./wire.js");

const CANNOT_START = 10;
const LOOPBACK = /^tcp:\/\/127\.0\.0\.1:(\*|[0-9]{1,5})$/;

class Node {
  constructor(endpoint) {
    this.endpoint = endpoint;
    this.ways = new wire.Ways();
  }

  take(frame) {
    const envelope = parsed(frame);
    if (!envelope || envelope.type === "Reject") return; // malformed: dropped, never answered
    if (envelope.target !== "echo") {
      this.reject(envelope, "unknown_target", "there is no such actor");
    } else if (envelope.type !== "conf.Echo") {
      this.reject(envelope, "unknown_type", "echo has no handler for it");
    } else {
      this.answer(envelope, "conf.EchoReply", { name: "echo", endpoint: this.endpoint }, envelope.payload);
    }
  }

  reject(cause, code, reason) {
    const payload = { code, reason, message_type: cause.type, target: cause.target, rejected_by: this.endpoint };
    this.answer(cause, "Reject", null, payload);
  }

  answer(cause, type, sender, payload) {
    const to = cause.sender;
    if (!isObject(to) || typeof to.name !== "string" || !LOOPBACK.test(to.endpoint)) return;
    const envelope = { type, target: to.name, sender, payload };
    if (typeof cause.id === "string") envelope.re = cause.id;
    this.ways.send(Number(to.endpoint.split(":").pop()), Buffer.from(JSON.stringify(envelope)));
  }
}

function parsed(frame) {
  try {
    const found = JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(frame));
    const isGood = isObject(found) && typeof found.type === "string" && typeof found.target === "string" && isObject(found.payload);
    return isGood ? found : null;
  } catch {
    return null;
  }
}

function isObject(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function cannotStart(why) {
  console.error(`SABIR_BIND=${process.env.SABIR_BIND} cannot be bound: ${why}`);
  process.exit(CANNOT_START);
}

function main() {
  const told = LOOPBACK.exec(process.env.SABIR_BIND || "tcp://127.0.0.1:*");
  if (!told || (told[1] !== "*" && Number(told[1]) > 65535)) cannotStart("it is like tcp://127.0.0.1:* here");
  let node;
  const server = wire.listen(told[1] === "*" ? 0 : Number(told[1]), (frame) => node.take(frame));
  server.on("error", (error) => cannotStart(error.message));
  server.on("listening", () => {
    const endpoint = `tcp://127.0.0.1:${server.address().port}`;
    node = new Node(endpoint);
    const ready = { endpoint, bound: endpoint, port: "@NAME@", version: "0.1", suite: 1,
      limits: { bytes: wire.LIMIT_BYTES, depth: 64 }, features: [] };
    process.stdout.write(`READY ${JSON.stringify(ready)}\n`);
  });
  process.on("SIGTERM", () => process.exit(0));
  process.stdin.on("end", () => process.exit(0)).resume();
}

main();
