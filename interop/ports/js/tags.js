// What the application saw, each scalar as a string, so that nothing is lost on the way back (docs/conformance.md).
"use strict";

function tagged(value) {
  if (value === null) return { t: "null" };
  if (typeof value === "boolean") return { t: "bool", v: String(value) };
  if (typeof value === "bigint") return { t: "int", v: String(value) };
  if (typeof value === "number") return taggedNumber(value);
  if (typeof value === "string") return { t: "str", v: value, bytes: Buffer.from(value).toString("hex") };
  if (Array.isArray(value)) return { t: "list", v: value.map(tagged) };
  return { t: "map", v: new Map(Array.from(value, ([key, item]) => [key, tagged(item)])) };
}

// One number type: a double that is whole looks as an integer does.
function taggedNumber(number) {
  if (Object.is(number, -0)) return { t: "float", v: "-0.0" };
  return Number.isSafeInteger(number) ? { t: "int", v: String(number) } : { t: "float", v: String(number) };
}

module.exports = { tagged };
