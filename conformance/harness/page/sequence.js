// A conversation as a picture: a line down for each peer and for the testee, an arrow for each message.
const SEQUENCE = { column: 220, row: 34, head: 34, margin: 80, most: 60, label: 30 };

// What is said several times in a row is one arrow with a count.
function folded(transcript) {
  const found = [];
  for (const event of transcript) {
    const last = found[found.length - 1];
    if (last && event.label && last.peer === event.peer && last.way === event.way && last.label === event.label) last.times += 1;
    else found.push({ ...event, times: 1 });
  }
  return found;
}

// The beginning and the end of a long one; a note stands where the middle is missing.
function shortened(events) {
  if (events.length <= SEQUENCE.most) return events;
  const half = SEQUENCE.most / 2, left = events.length - SEQUENCE.most;
  return [...events.slice(0, half), { way: "-", peer: "", text: `… ${left} more, see the transcript`, label: "", times: 1 }, ...events.slice(-half)];
}

function sequence(transcript) {
  const shown = shortened(folded(transcript));
  const peers = [...new Set(shown.map((event) => event.peer).filter(Boolean))];
  const names = [...peers, "testee"];
  const x = (index) => SEQUENCE.margin + index * SEQUENCE.column;
  const width = x(names.length - 1) + SEQUENCE.margin;
  const height = SEQUENCE.head + (shown.length + 1) * SEQUENCE.row;
  const picture = svg("svg", { class: "sequence", viewBox: `0 0 ${width} ${height}`, width, height, role: "img",
    "aria-label": `${shown.length} events between ${names.join(", ")}` });
  names.forEach((name, index) => picture.append(
    svg("line", { class: "life", x1: x(index), x2: x(index), y1: SEQUENCE.head, y2: height }),
    svg("rect", { class: "box", x: x(index) - 40, y: 4, width: 80, height: 24, rx: 5 }),
    svg("text", { x: x(index), y: 20, "text-anchor": "middle" }, name)));
  shown.forEach((event, index) => {
    const y = SEQUENCE.head + (index + 1) * SEQUENCE.row;
    const from = x(peers.indexOf(event.peer)), to = x(names.length - 1);
    picture.append(...(event.peer ? arrow(event, from, to, y) : note(event, to, y)));
  });
  return picture;
}

function arrow(event, left, right, y) {
  const isSent = event.way === ">";
  const tip = isSent ? right : left, back = isSent ? -8 : 8;
  const kind = isSent ? "sent" : "received";
  return [
    svg("line", { class: kind, x1: left, x2: right, y1: y, y2: y }),
    svg("polygon", { class: kind, points: `${tip},${y} ${tip + back},${y - 4} ${tip + back},${y + 4}` }),
    svg("text", { class: isSent ? "" : "received-text", x: left + 12, y: y - 6 },
      cut((event.label || event.text) + (event.times > 1 ? ` × ${event.times}` : ""), SEQUENCE.label + Math.round((right - left - SEQUENCE.column) / 7)), svg("title", {}, event.text)),
  ];
}

function note(event, x, y) {
  const isBreach = event.way === "!";
  return [
    svg("circle", { class: isBreach ? "breach" : "note", cx: x, cy: y - 4, r: 4 }),
    svg("text", { class: isBreach ? "breach" : "note", x: x - 10, y, "text-anchor": "end" }, cut(event.text, 60), svg("title", {}, event.text)),
  ];
}
