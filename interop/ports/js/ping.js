// The one who serves, in the matrix: on PlayPing it plays `rounds` rounds with a pong, checks each answer, and says Played.
"use strict";

const { run } = require("./actors/life.js");
const v = require("./actors/values.js");

const START = v.record({ name: v.string, endpoint: v.string, dialect: v.optional(v.string), rounds: v.int64 });

// One game at a time.
function pinger() {
  let game = null;

  function serve(context) {
    context.send(game.pong, "Ping", { count: game.count });
  }

  return {
    PlayPing: [START, ({ name, endpoint, dialect, rounds }, context) => {
      game = { pong: { name, endpoint, dialect }, rounds, count: 0, errors: 0, asker: context.replyTo };
      serve(context);
    }],
    Pong: [v.record({ count: v.int64 }), ({ count }, context) => {
      if (game === null) return;
      if (count !== game.count) game.errors += 1;
      game.count += 1;
      if (game.count < game.rounds) return serve(context);
      context.send(game.asker, "Played", { rounds: game.rounds, errors: game.errors });
      game = null;
    }],
  };
}

run((node) => {
  node.register("ping", pinger());
  ["Ping", "Played"].forEach((type) => node.declare(type));
}, { port: "js" });
