// Where a node can be reached, rebuilt from its parts (docs/protocol.md: END-1, END-3, RTE-3).
"use strict";

const net = require("node:net");

const TCP = /^tcp:\/\/(?:\[([0-9a-fA-F:.]+)\]|([^[\]:/@;]+)):([1-9][0-9]{0,4})$/;
const LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
const MAPPED = /^::ffff:([0-9.]+)$/;
const IPC_BYTES = 107;

// {host, port, text} of an endpoint, {path, text} of a local one; null if it is none.
function parse(text) {
  if (text.startsWith("ipc:///") && Buffer.byteLength(text) - 6 <= IPC_BYTES && !text.includes("\0")) return { path: text.slice(6), text };
  const found = TCP.exec(text);
  if (!found || Number(found[3]) > 65535) return null;
  const host = found[1] === undefined ? rebuiltName(found[2].toLowerCase()) : rebuiltV6(found[1]);
  if (host === null) return null;
  return { host, port: Number(found[3]), text: `tcp://${host.includes(":") ? `[${host}]` : host}:${found[3]}` };
}

function rebuiltName(name) {
  if (name === "localhost") return "127.0.0.1";
  if (net.isIPv4(name)) return name === "0.0.0.0" ? null : name;
  const labels = name.split(".");
  const isName = name.length <= 253 && labels.every((label) => LABEL.test(label)) && !/^(?:[0-9]+|0x[0-9a-f]*)$/.test(labels.at(-1));
  return isName ? name : null;
}

function rebuiltV6(text) {
  if (!net.isIPv6(text)) return null;
  const host = new URL(`http://[${text}]/`).hostname.slice(1, -1); // in its one short form
  const words = MAPPED.exec(host) || /^::ffff:([0-9a-f]+):([0-9a-f]+)$/.exec(host);
  if (words && words.length === 3) {
    const [high, low] = [parseInt(words[1], 16), parseInt(words[2], 16)];
    return rebuiltName([high >> 8, high & 255, low >> 8, low & 255].join("."));
  }
  return host === "::" ? null : host;
}

const isLoopback = (host) => host === "::1" || /^127\./.test(host);

module.exports = { parse, isLoopback };
