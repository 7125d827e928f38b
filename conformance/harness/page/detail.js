// What happened in one case with one port, or in one game of two ports.
const dialog = () => byId("detail");

function open(title, verdict, parts) {
  dialog().replaceChildren(
    el("div", { class: "top" }, el("h2", { id: "detail-title" }, title), el("span", { class: `verdict ${verdict}` }, `${GLYPHS[verdict]} ${verdict}`),
      el("button", { type: "button", id: "close", "aria-label": "Close", click: () => dialog().close() }, "✕")),
    ...parts.flat(Infinity).filter(Boolean));
  if (!dialog().open) dialog().showModal();
  dialog().scrollTop = 0;
}

function terms(pairs) {
  return el("dl", {}, pairs.filter(([, value]) => value !== undefined && value !== null && value !== "")
    .map(([term, value, kind]) => [el("dt", {}, term), el("dd", { class: kind }, value)]));
}

function openCase(run, result) {
  const failure = result.failure;
  const named = failure && failure.clause && !result.clauses.includes(failure.clause) ? [failure.clause] : [];
  open(`${run.port} · ${result.case}`, result.verdict, [
    el("p", {}, result.title),
    el("p", { class: "faint" }, result.about),
    terms([
      ...result.clauses.map((clause) => [clause, DATA.clauses[clause]]),
      ...named.map((clause) => [`breaks ${clause}`, DATA.clauses[clause]]),
      ["list", result.listed && `${result.listed.list}: ${result.listed.reason} ${result.listed.issue}`],
      ...outcome(result),
      ["at step", failure && failure.step && el("code", {}, failure.step)],
      ["took", `${result.ms} ms, ${result.checks ?? 0} checks, ${result.level} ${result.stage}`],
    ]),
    failure && failure.bytes && [el("h3", {}, "Bytes"), bytes(failure)],
    result.stderr && result.stderr.length && [el("h3", {}, "Last words of the testee"), el("pre", {}, result.stderr.join("\n"))],
    [el("h3", {}, "Repeat it"), copyable(result.replay)],
    conversation(result.transcript),
  ]);
}

function outcome(result) {
  const failure = result.failure;
  if (!failure || failure.expected === null || failure.expected === undefined) return [["seen", result.why, result.failure ? "seen" : ""]];
  return [["where", el("code", {}, failure.why.split(": ")[0])], ["expected", el("code", {}, failure.expected), "expected"],
    ["seen", el("code", {}, failure.seen), "seen"], ["but", result.why !== failure.why ? result.why : ""]];
}

function copyable(text) {
  const button = el("button", { type: "button", click: async () => {
    try {
      await navigator.clipboard.writeText(text);
      button.textContent = "Copied";
    } catch {
      getSelection().selectAllChildren(button.previousSibling);
    }
  } }, "Copy");
  return el("div", { class: "copy" }, el("pre", {}, text), button);
}

const WAYS = { ">": ["sent", (peer) => `${peer} →`], "<": ["seen", (peer) => `${peer} ←`], "!": ["breach", () => "breach"], "*": ["process", () => "process"] };

function conversation(transcript) {
  if (!transcript.length) return [];
  return [
    el("h3", {}, "Conversation"), el("div", { class: "scroll" }, sequence(transcript)),
    el("h3", {}, "Transcript"),
    el("ol", { class: "transcript" }, transcript.map((event) => {
      const [kind, who] = WAYS[event.way] || ["note", () => event.peer];
      return el("li", { class: kind }, el("span", { class: "faint" }, `${event.s.toFixed(3)} s`), el("span", {}, who(event.peer)), el("span", {}, event.text));
    })),
  ];
}

function openPair(cell) {
  const foul = cell.foul;
  open(`${cell.ping} → ${cell.pong}`, cell.passed ? "pass" : "fail", [
    terms([["to blame", foul && foul.blamed, "seen"], ["about", foul && foul.about], ["seen", foul && foul.why, "seen"],
      ["took", `${cell.ms} ms`], ["messages", String(cell.messages ?? "")],
      ["played", cell.cases && cell.cases.length ? ["ping-pong", ...cell.cases].join(", ") : ""]]),
    cell.replay ? [el("h3", {}, "Repeat it"), copyable(cell.replay)] : null,
  ]);
}
