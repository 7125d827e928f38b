// The life of a node as a program: what the environment tells it, READY, and the end (docs/conformance.md, "The contract").
"use strict";

const fs = require("node:fs");
const endpoints = require("./endpoint.js");
const { DEPTH, LIMIT_BYTES } = require("./envelope.js");
const { Node } = require("./node.js");

const CANNOT_START = 10;
const WILDCARD = /^tcp:\/\/(?:\*|0\.0\.0\.0|\[::\]):/;

class StartFault extends Error {}

// {peers, allow} of the file that SABIR_PEERS names.
function peersFile(path) {
  if (!path) return {};
  const found = JSON.parse(fs.readFileSync(path, "utf8"));
  return { peers: Object.values(found.nodes ?? {}).map((node) => node.endpoint), allow: (found.allow ?? []).map(rebuiltHost) };
}

// "host" and "host:port" as endpoints have them.
function rebuiltHost(text) {
  const whole = endpoints.parse(`tcp://${text}`), host = endpoints.parse(`tcp://${text}:1`);
  if (whole) return `${whole.host}:${whole.port}`;
  return host ? host.host : text;
}

function checkBind(bind, advertised, env) {
  if (advertised && !endpoints.parse(advertised)) throw new StartFault(`SABIR_ADVERTISE=${advertised} cannot be connected to (END-1)`);
  const isWildcard = WILDCARD.test(bind);
  if (isWildcard && !advertised) throw new StartFault(`SABIR_BIND=${bind} needs SABIR_ADVERTISE: a wildcard cannot be connected to (RTE-3)`);
  const where = endpoints.parse(bind.replace(/:\*$/, ":1"));
  if (!isWildcard && !where) throw new StartFault(`SABIR_BIND=${bind} is no endpoint (END-1)`);
  if ((isWildcard || (where.host && !endpoints.isLoopback(where.host))) && env.SABIR_INSECURE !== "1") {
    throw new StartFault(`SABIR_BIND=${bind} can be reached from outside; SABIR_INSECURE=1 permits that`);
  }
}

async function begin(setUp, port, version, features, env) {
  const bind = env.SABIR_BIND || "tcp://127.0.0.1:*", advertised = env.SABIR_ADVERTISE || "";
  checkBind(bind, advertised, env);
  const node = new Node(peersFile(env.SABIR_PEERS));
  setUp(node);
  // libzmq would take a name for that of a network device.
  const bound = await node.bind(bind.replace("//localhost:", "//127.0.0.1:"), advertised && endpoints.parse(advertised).text);
  const ready = { endpoint: node.endpoint, bound, port, version, suite: 1, limits: { bytes: LIMIT_BYTES, depth: DEPTH }, features };
  process.stdout.write(`READY ${JSON.stringify(ready)}\n`);
  return node;
}

// Run a node until it is told to stop; `setUp(node)` registers its actors.
async function run(setUp, { port, version = "1.0.0", features = [] }) {
  // Nothing is waited for: handlers end with the process, unsent mail is lost (LIFE-2).
  process.on("SIGTERM", () => process.exit(0));
  process.stdin.on("end", () => process.exit(0)).on("error", () => process.exit(0)).resume();
  let node;
  try {
    node = await begin(setUp, port, version, features, process.env);
  } catch (error) {
    process.stderr.write(`${error.message}\n`);
    process.exit(CANNOT_START);
  }
  await node.serve();
}

module.exports = { run };
