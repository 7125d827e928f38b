// The one who returns, in the matrix: a Pong with the same count for each Ping.
"use strict";

const { run } = require("./actors/life.js");
const v = require("./actors/values.js");

run((node) => {
  node.register("pong", { Ping: [v.record({ count: v.int64 }), ({ count }, context) => context.reply("Pong", { count })] });
  node.declare("Pong");
}, { port: "js" });
