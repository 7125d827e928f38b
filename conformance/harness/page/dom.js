// Elements without markup in strings: what a testee has said is text here, and stays text.
const GLYPHS = { pass: "✓", warn: "!", fail: "✗", xpass: "✗", error: "‼", xfail: "~", flaky: "≈", unsupported: "–", "not-run": "?" };
const VERDICTS = Object.keys(GLYPHS);

function grown(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name, value);
    else if (value !== undefined && value !== null && value !== false) element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined));
  return element;
}

const el = (tag, attributes = {}, ...children) => grown(document.createElement(tag), attributes, children);
const svg = (tag, attributes = {}, ...children) => grown(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);
const byId = (id) => document.getElementById(id);
const cut = (text, length) => (text.length > length ? text.slice(0, length - 1) + "…" : text);
