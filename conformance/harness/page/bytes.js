// The bytes around a fault, sixteen a row, or eight on a narrow screen; the one that matters is marked, and has a caret for whoever copies it.
function bytes(failure) {
  const data = failure.bytes.match(/../g).map((pair) => parseInt(pair, 16));
  const row = matchMedia("(max-width: 640px)").matches ? 8 : 16, rows = 12;
  const begin = Math.max(failure.first, Math.floor(failure.offset / row) * row - 4 * row);
  const end = Math.min(failure.first + data.length, begin + rows * row);
  const lines = el("pre", { class: "bytes" });
  if (begin) lines.append(`        … ${begin} bytes before\n`);
  for (let start = begin; start < end; start += row) {
    const found = data.slice(start - failure.first, Math.min(start + row, end) - failure.first);
    const at = failure.offset && start <= failure.offset && failure.offset < start + row ? failure.offset - start : -1;
    const hex = found.map((byte) => byte.toString(16).padStart(2, "0"));
    const text = found.map((byte) => (byte >= 32 && byte < 127 ? String.fromCharCode(byte) : "."));
    lines.append(start.toString(16).padStart(6) + "  ", ...marked(hex, at, " "), " ".repeat(3 * (row - found.length) + 2),
      ...marked(text, at, ""), "\n");
    if (at >= 0) lines.append(" ".repeat(8 + 3 * at) + "^^\n");
  }
  if (end < failure.total) lines.append(`        … ${failure.total} bytes in all`);
  return lines;
}

function marked(words, at, gap) {
  if (at < 0) return [words.join(gap)];
  return [words.slice(0, at).map((word) => word + gap).join(""), el("mark", {}, words[at]), words.slice(at + 1).map((word) => gap + word).join("")];
}
