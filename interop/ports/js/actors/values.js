// What a handler sees of a payload, and which payloads it takes (docs/protocol.md: NUM-1 to NUM-5, TYP-1, TYP-2).
//
//   whole number within ±(2^53-1) ─▶ number      any other integer of 64 bits ─▶ bigint      a double ─▶ number
//
// A shape is a function from what was read to what the handler gets; BadPayload if it does not fit. Its `written` is the way back: what a
// field of that shape looks like on the wire. Only there is a whole number known to be a double, which goes out as 1.0 (NUM-5).
"use strict";

const { NumberToken, INT64_MIN, UINT64_MAX } = require("./json.js");

const INT64_MAX = 2n ** 63n - 1n;
const MOST_DIGITS = 400; // what is longer is no double any more
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

class BadPayload extends Error {}

function integer(token, least, most) {
  if (token.text.length > 21) throw new BadPayload(`${token.text.slice(0, 24)} has more than 64 bits`);
  const found = BigInt(token.text);
  if (found < least || found > most) throw new BadPayload(`${found} is beyond ${least} to ${most}`);
  return Number.isSafeInteger(Number(found)) ? Number(found) : found;
}

function double(token) {
  const found = Number(token.text);
  if (!Number.isFinite(found)) throw new BadPayload(`${token.text.slice(0, 24)} is no double`);
  return found;
}

// Any JSON value.
function any(value) {
  if (value instanceof NumberToken) return value.isInteger ? integer(value, INT64_MIN, UINT64_MAX) : double(value);
  if (Array.isArray(value)) return value.map(any);
  if (value instanceof Map) return new Map(Array.from(value, ([key, item]) => [key, any(item)]));
  return value;
}

function need(condition, what, value) {
  if (!condition) throw new BadPayload(`expected ${what}, got ${kindOf(value)}`);
}

function kindOf(value) {
  if (value === undefined) return "nothing";
  if (value === null) return "null";
  if (value instanceof NumberToken) return value.isInteger ? "an integer" : "a double";
  if (value instanceof Map) return "an object";
  return Array.isArray(value) ? "a list" : `a ${typeof value}`;
}

function int64(value) {
  need(value instanceof NumberToken && value.isInteger, "an integer", value);
  return integer(value, INT64_MIN, INT64_MAX);
}

// An integer that it holds exactly fits too.
function float(value) {
  need(value instanceof NumberToken, "a number", value);
  const found = double(value);
  if (value.isInteger && (value.text.length > MOST_DIGITS || BigInt(value.text) !== BigInt(found))) {
    throw new BadPayload(`${value.text.slice(0, 24)} cannot be held exactly by a double`);
  }
  return found;
}

float.written = (value) => (Number.isInteger(value) ? new NumberToken(writtenDouble(value)) : value);

function writtenDouble(value) {
  const text = Object.is(value, -0) ? "-0" : String(value);
  return text.includes("e") ? text : `${text}.0`;
}

function string(value) {
  need(typeof value === "string", "a string", value);
  return value;
}

function bool(value) {
  need(typeof value === "boolean", "true or false", value);
  return value;
}

function bytes(value) {
  need(typeof value === "string" && BASE64.test(value), "base64", value);
  const found = Buffer.from(value, "base64");
  need(found.toString("base64") === value, "base64 with nothing in the bits that are left over", value);
  return found;
}

function object(value) {
  need(value instanceof Map, "an object", value);
  return any(value);
}

// The value as that shape writes it; most write it as it is.
function written(shape, value) {
  return shape.written ? shape.written(value) : value;
}

function list(shape) {
  const read = (value) => {
    need(Array.isArray(value), "a list", value);
    return value.map(shape);
  };
  read.written = (value) => (Array.isArray(value) ? value.map((item) => written(shape, item)) : value);
  return read;
}

// Absent or null: both are none.
function optional(shape) {
  const read = (value) => (value === undefined || value === null ? undefined : shape(value));
  read.written = (value) => written(shape, value);
  return read;
}

// An object with these fields; others are ignored when it is read, and written as they are.
function record(fields) {
  const read = (value) => {
    need(value instanceof Map, "an object", value);
    const found = {};
    for (const [name, shape] of Object.entries(fields)) {
      try {
        found[name] = shape(value.get(name));
      } catch (error) {
        throw error instanceof BadPayload ? new BadPayload(`${name}: ${error.message}`) : error;
      }
    }
    return found;
  };
  read.written = (value) => {
    const members = value instanceof Map ? value : Object.entries(value);
    return new Map(Array.from(members, ([name, item]) => [name, Object.hasOwn(fields, name) ? written(fields[name], item) : item]));
  };
  return read;
}

module.exports = { BadPayload, any, int64, float, string, bool, bytes, object, list, optional, record, written };
