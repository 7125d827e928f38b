// The testee of the conformance suite: the actors of docs/conformance.md over the package in actors/.
"use strict";

const { run } = require("./actors/life.js");
const { SendFault } = require("./actors/node.js");
const v = require("./actors/values.js");
const { Sink } = require("./sink.js");
const { tagged } = require("./tags.js");

const FEATURES = ["ask", "bytes", "flat", "local", "seq", "special.bigint", "special.lone-surrogate", "special.nan", "special.unregistered"];
const ADDRESS = v.record({ name: v.string, endpoint: v.string, dialect: v.optional(v.string) });
const SPECIAL = { nan: NaN, inf: Infinity, "-inf": -Infinity, bigint: 2n ** 64n, nul: "a\0b", "lone-surrogate": "\ud800" };

const echo = { "conf.Echo": [v.object, (payload, context) => context.reply("conf.EchoReply", payload)] };

const probe = {
  "conf.Describe": [v.object, (payload, context) => context.reply("conf.Description", {
    seen: tagged(payload), sender: context.sender, type: context.type })],
};

const typed = {
  "conf.Typed": [v.record({ i: v.int64, f: v.float, s: v.string, b: v.bool, l: v.list(v.int64), o: v.optional(v.string) }),
    (payload, context) => {
      const fields = Object.entries(payload).filter(([, value]) => value !== undefined);
      context.reply("conf.TypedReply", new Map(fields.map(([name, value]) => [name, tagged(value)])));
    }],
  "conf.Binary": [v.record({ data: v.bytes }), ({ data }, context) => context.reply("conf.BinaryReply", {
    hex: data.toString("hex"), data: data.toString("base64") })],
};

// What a driver sends goes through the same interface as everything else.
function driver(node) {
  function send({ to, type, payload, as, special }) {
    if (special === "unregistered") type = "conf.NobodyKnows";
    else if (special !== undefined) payload = new Map([...payload, ["special", SPECIAL[special]]]);
    node.send({ to, type, payload, as: as ?? null });
  }
  const shape = v.record({ to: ADDRESS, type: v.string, payload: v.object, as: v.optional(v.string),
    repeat: v.optional(v.int64), special: v.optional(v.string) });
  return { "conf.Send": [shape, (order, context) => {
    const errors = [];
    let ok = 0;
    for (let count = order.repeat ?? 1; count > 0; count -= 1) {
      try {
        send(order);
        ok += 1;
      } catch (error) {
        if (!(error instanceof SendFault)) throw error;
        errors.push(error.code);
      }
    }
    context.reply("conf.Sent", { ok, errors });
  }] };
}

const slow = {
  "conf.Sleep": [v.record({ ms: v.int64 }), async ({ ms }, context) => {
    await new Promise((done) => setTimeout(done, ms));
    context.reply("conf.Slept", {});
  }],
};

// Sends what it is told in its own name, and passes the answer back to whoever told it last.
function relay() {
  let back = null;
  return {
    "conf.Forward": [v.record({ to: ADDRESS, type: v.string, payload: v.object }), ({ to, type, payload }, context) => {
      back = context.replyTo;
      context.send(to, type, payload);
    }],
    "conf.EchoReply": [v.object, (payload, context) => back && context.send(back, "conf.EchoReply", payload)],
  };
}

const mortal = {
  "conf.Fail": [v.object, () => {
    throw new Error("told to fail");
  }],
  "conf.GiveUp": [v.object, (_payload, context) => context.giveUp()],
  "conf.Leave": [v.object, (_payload, context) => {
    context.reply("conf.Left", {});
    context.actor.hasStopped = true;
  }],
};

const asker = {
  "conf.Ask": [v.record({ to: ADDRESS, payload: v.object, timeout_ms: v.int64 }), async ({ to, payload, timeout_ms: ms }, context) => {
    try {
      const answer = await context.ask(to, "conf.Echo", payload, ms);
      context.reply("conf.Asked", { outcome: "OK", payload: v.object(answer.payload) });
    } catch (error) {
      if (!(error instanceof SendFault)) throw error;
      context.reply("conf.Asked", { outcome: error.code });
    }
  }],
};

function setUp(node) {
  node.register("echo", echo);
  node.register("probe", probe);
  node.register("typed", typed);
  node.register("sink", new Sink().handlers());
  node.register("driver", driver(node));
  node.register("slow", slow, { capacity: 4 });
  node.register("relay", relay());
  node.register("mortal", mortal);
  node.register("asker", asker);
  node.register("hidden", echo, { isLocal: true });
  for (const type of ["conf.Description", "conf.TypedReply", "conf.BinaryReply", "conf.Reported", "conf.Collected", "conf.Sent", "conf.Slept",
    "conf.Left", "conf.Asked"]) node.declare(type);
}

run(setUp, { port: "js", features: FEATURES });
