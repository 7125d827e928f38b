// Strict JSON: what a frame may hold, and what is written into one (docs/protocol.md: ENV-2, ENV-4, TXT-1, OUT-1).
//
//   bytes ──read──▶ Map, Array, string, true, false, null, NumberToken      values ──write──▶ text
//
// A number stays the token that it is; what it is worth is decided by whoever takes it (values.js).
"use strict";

class SyntaxFault extends Error {}

// A number as it was written, or is to be written.
class NumberToken {
  constructor(text) {
    this.text = text;
    this.isInteger = !/[.eE]/.test(text);
  }
}

const DECODER = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const SPACE = /[ \t\r\n]*/y;
const PLAIN = /[^"\\\u0000-\u001f]*/y;
const ESCAPES = { '"': '"', "\\": "\\", "/": "/", b: "\b", f: "\f", n: "\n", r: "\r", t: "\t" };
const WORDS = [["true", true], ["false", false], ["null", null]];

class Reader {
  constructor(text, depthLimit) {
    this.text = text;
    this.at = 0;
    this.depth = 0;
    this.depthLimit = depthLimit;
  }

  fail(why) {
    throw new SyntaxFault(`${why} at ${this.at}`);
  }

  match(pattern) {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text)[0];
    this.at += found.length;
    return found;
  }

  // Is it the next one? Then it is used up.
  take(char) {
    this.match(SPACE);
    if (this.text[this.at] !== char) return false;
    this.at += 1;
    return true;
  }

  whole() {
    const found = this.value();
    this.match(SPACE);
    if (this.at < this.text.length) this.fail("something behind the value");
    return found;
  }

  value() {
    if (this.take("{")) return this.nested(() => this.object());
    if (this.take("[")) return this.nested(() => this.array());
    if (this.take('"')) return this.string();
    for (const [word, value] of WORDS) {
      if (this.text.startsWith(word, this.at)) {
        this.at += word.length;
        return value;
      }
    }
    return this.number();
  }

  nested(rest) {
    this.depth += 1;
    if (this.depth > this.depthLimit) this.fail(`more than ${this.depthLimit} levels`);
    const found = rest();
    this.depth -= 1;
    return found;
  }

  object() {
    const found = new Map();
    if (this.take("}")) return found;
    do {
      if (!this.take('"')) this.fail("no key");
      const key = this.string();
      if (found.has(key)) this.fail("a key twice");
      if (!this.take(":")) this.fail("no colon");
      found.set(key, this.value());
    } while (this.take(","));
    if (!this.take("}")) this.fail("no end of an object");
    return found;
  }

  array() {
    const found = [];
    if (this.take("]")) return found;
    do {
      found.push(this.value());
    } while (this.take(","));
    if (!this.take("]")) this.fail("no end of an array");
    return found;
  }

  // Behind the first quote.
  string() {
    let found = this.match(PLAIN);
    while (!this.isQuote()) {
      found += this.escape() + this.match(PLAIN);
    }
    if (!found.isWellFormed()) this.fail("half a surrogate pair");
    return found;
  }

  isQuote() {
    if (this.text[this.at] !== '"') return false;
    this.at += 1;
    return true;
  }

  escape() {
    if (this.text[this.at] !== "\\") this.fail("a control character, or no end of a string");
    const letter = this.text[this.at + 1];
    if (letter !== "u") {
      if (!Object.hasOwn(ESCAPES, letter ?? "")) this.fail("no such escape");
      this.at += 2;
      return ESCAPES[letter];
    }
    const digits = this.text.slice(this.at + 2, this.at + 6);
    if (!/^[0-9a-fA-F]{4}$/.test(digits)) this.fail("no four hexadecimal digits");
    this.at += 6;
    return String.fromCharCode(parseInt(digits, 16));
  }

  number() {
    NUMBER.lastIndex = this.at;
    const found = NUMBER.exec(this.text);
    if (!found) this.fail("no value");
    this.at += found[0].length;
    return new NumberToken(found[0]);
  }
}

// The value in some bytes; SyntaxFault says what is wrong with them.
function read(bytes, depthLimit) {
  let text;
  try {
    text = DECODER.decode(bytes);
  } catch {
    throw new SyntaxFault("not UTF-8");
  }
  return new Reader(text, depthLimit).whole();
}

const SHORT = { '"': '\\"', "\\": "\\\\", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t" };

function writeString(text) {
  if (!text.isWellFormed()) throw new RangeError("a string has half a surrogate pair");
  const escaped = text.replace(/["\\\u0000-\u001f]/g, (char) => SHORT[char] ?? `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`);
  return `"${escaped}"`;
}

// An integer as digits. A number that is whole is written as one (NUM-5), unless it is beyond what is exact: then it is no count of anything.
function writeNumber(number) {
  if (!Number.isFinite(number)) throw new RangeError(`${number} is no number of JSON`);
  if (Object.is(number, -0)) return "-0.0";
  const text = String(number);
  return Number.isInteger(number) && !Number.isSafeInteger(number) && !text.includes("e") ? `${text}.0` : text;
}

const INT64_MIN = -(2n ** 63n), UINT64_MAX = 2n ** 64n - 1n;

function writeInteger(integer) {
  if (integer < INT64_MIN || integer > UINT64_MAX) throw new RangeError(`${integer} has more than 64 bits`);
  return String(integer);
}

// The text of a value; RangeError for one that cannot be written (NUM-2, TXT-1).
function write(value) {
  if (value === null) return "null";
  if (value === true || value === false) return String(value);
  if (typeof value === "string") return writeString(value);
  if (typeof value === "number") return writeNumber(value);
  if (typeof value === "bigint") return writeInteger(value);
  if (value instanceof NumberToken) return value.text;
  if (Array.isArray(value)) return `[${value.map(write).join(",")}]`;
  const members = value instanceof Map ? value : Object.entries(value);
  return `{${Array.from(members, ([key, item]) => `${writeString(key)}:${write(item)}`).join(",")}}`;
}

module.exports = { NumberToken, SyntaxFault, read, write, INT64_MIN, UINT64_MAX };
