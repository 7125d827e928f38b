// As much of ZMTP 3.0 (mechanism NULL) as a PULL that listens and a PUSH per peer need.
//
//   greeting (64 bytes) | READY command | frames: flags, length (1 or 8 bytes), body
"use strict";

const net = require("node:net");

const LIMIT_BYTES = 4 << 20;
const MORE = 1, LONG = 2, COMMAND = 4;
const GREETING = Buffer.alloc(64);
GREETING[0] = 0xff;
GREETING[9] = 0x7f;
GREETING[10] = 3;
GREETING.write("NULL", 12);

function framed(flags, body) {
  if (body.length < 256) return Buffer.concat([Buffer.from([flags, body.length]), body]);
  const head = Buffer.alloc(9);
  head[0] = flags | LONG;
  head.writeBigUInt64BE(BigInt(body.length), 1);
  return Buffer.concat([head, body]);
}

// One connection: cuts what comes into frames. `onFrame(flags, body)` is called for each one behind the handshake.
class Link {
  constructor(socket, kind, onReady, onFrame) {
    this.socket = socket;
    this.wanted = kind === "PULL" ? "PUSH" : "PULL";
    this.onReady = onReady;
    this.onFrame = onFrame;
    this.waiting = Buffer.alloc(0);
    this.step = this.greeting;
    socket.setNoDelay(true);
    socket.on("error", () => socket.destroy());
    socket.on("data", (data) => this.take(data));
    const type = Buffer.concat([Buffer.from("\x05READY\x0bSocket-Type\0\0\0\x04", "latin1"), Buffer.from(kind)]);
    socket.write(Buffer.concat([GREETING, framed(COMMAND, type)]));
  }

  take(data) {
    this.waiting = Buffer.concat([this.waiting, data]);
    while (!this.socket.destroyed && this.step());
  }

  // Each step uses up what it can and says whether it did.
  greeting() {
    if (this.waiting.length < 64) return false;
    const theirs = this.cut(64);
    const isGood = theirs[0] === 0xff && theirs[9] === 0x7f && theirs[10] >= 3 && theirs.toString("latin1", 12, 17) === "NULL\0";
    this.step = this.frame;
    return isGood || this.end();
  }

  frame() {
    if (this.waiting.length < 2) return false;
    const flags = this.waiting[0];
    const head = flags & LONG ? 9 : 2;
    if (this.waiting.length < head) return false;
    const size = flags & LONG ? Number(this.waiting.readBigUInt64BE(1)) : this.waiting[1];
    if (size > LIMIT_BYTES) return this.end();
    if (this.waiting.length < head + size) return false;
    this.cut(head);
    return this.handle(flags, this.cut(size));
  }

  handle(flags, body) {
    if (this.onReady) {
      const text = body.toString("latin1");
      if (!(flags & COMMAND) || !text.startsWith("\x05READY") || !text.includes(this.wanted)) return this.end();
      this.onReady();
      this.onReady = null;
    } else if (flags & COMMAND) {
      if (body.toString("latin1", 0, 5) === "\x04PING") {
        this.socket.write(framed(COMMAND, Buffer.concat([Buffer.from("\x04PONG"), body.subarray(7)])));
      }
    } else {
      this.onFrame(flags, body);
    }
    return true;
  }

  cut(count) {
    const found = this.waiting.subarray(0, count);
    this.waiting = this.waiting.subarray(count);
    return found;
  }

  end() {
    this.socket.destroy();
    return false;
  }
}

// A server for PUSH sockets; every message of one frame goes to `take`.
function listen(port, take) {
  const server = net.createServer((socket) => {
    let isPart = false;
    new Link(socket, "PULL", () => {}, (flags, body) => {
      if (!isPart && !(flags & MORE)) take(body);
      isPart = Boolean(flags & MORE);
    });
  });
  return server.listen(port, "127.0.0.1");
}

// One connection per peer, made when it is first needed; what is sent to a peer that is not there is lost, which LIFE-1 forbids
// beyond level 0.
class Ways {
  constructor() {
    this.ways = new Map();
  }

  send(port, body) {
    if (!this.ways.has(port)) this.ways.set(port, this.connect(port));
    const way = this.ways.get(port);
    if (way.isReady) way.socket.write(framed(0, body));
    else way.waiting.push(framed(0, body));
  }

  connect(port) {
    const way = { socket: net.connect(port, "127.0.0.1"), isReady: false, waiting: [] };
    way.socket.on("close", () => this.ways.delete(port));
    new Link(way.socket, "PUSH", () => {
      way.isReady = true;
      way.waiting.forEach((frame) => way.socket.write(frame));
    }, () => {});
    return way;
  }
}

module.exports = { LIMIT_BYTES, Ways, listen };
