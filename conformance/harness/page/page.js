// Puts the page together, and follows the address: #PORT/CASE opens that case.
const DATA = JSON.parse(byId("data").textContent);

const isMatrixBad = () => DATA.matrix && (DATA.matrix.passed < DATA.matrix.pairs || (DATA.matrix.ring && DATA.matrix.ring.foul));

function drawHead() {
  const bad = DATA.runs.filter((run) => run.exit_code !== 0);
  const words = DATA.runs.map((run) => `${run.port}${run.version ? " " + run.version : ""}: ${run.judged} of ${run.planned} judged`);
  if (DATA.matrix) words.push(`matrix: ${DATA.matrix.passed} of ${DATA.matrix.pairs} pairs passed`);
  byId("sentence").textContent = words.join(" · ");
  document.title = `${bad.length || isMatrixBad() ? "✗" : "✓"} Sabir conformance`;
  for (const run of DATA.runs) {
    for (const trouble of [run.refusal, ...run.faults, ...run.gaps].filter(Boolean)) {
      byId("troubles").append(el("p", { class: "fail" }, `${run.port}: ${trouble}`));
    }
  }
}

// What did not pass comes first: nobody has to look for it.
function drawFailures() {
  for (const run of DATA.runs) {
    const failed = run.results.filter((result) => ["fail", "xpass", "error"].includes(result.verdict));
    if (!failed.length) continue;
    const links = failed.slice(0, 12).map((result) => [el("a", { href: addressOf(run, result) }, result.case), " "]);
    byId("troubles").append(el("p", { class: "fail" }, `${run.port}: ${failed.length} did not pass: `, links, failed.length > 12 ? "…" : null));
  }
}

function bar(level) {
  const filled = el("b");
  filled.style.width = `${(100 * level.passed) / level.cases}%`;
  return el("div", { class: "bar" }, el("span", {}, level.level), el("i", { class: level.bad ? "missed" : "" }, filled),
    el("span", { class: "faint" }, `${level.passed} of ${level.cases}`));
}

function drawLevels() {
  if (!DATA.runs.length) return;
  byId("levels").append(el("h2", {}, "Levels"), el("div", { class: "ports" }, DATA.runs.map((run) => el("div", { class: "card" },
    el("span", { class: `reached ${run.level ? "pass" : "not-run"}` }, run.level || "no level"), el("strong", {}, run.port),
    run.levels.filter((level) => level.cases).map(bar),
    el("p", { class: "faint" }, `exit code ${run.exit_code}, ${(run.ms / 1000).toFixed(1)} s, seed ${run.seed}`)))));
}

function drawPairs() {
  if (!DATA.matrix) return;
  const cells = DATA.matrix.cells, names = [...new Set(cells.flatMap((cell) => [cell.ping, cell.pong]))];
  const button = (cell) => cell && el("button", { type: "button", class: cell.passed ? "pass" : "fail", "aria-label": `${cell.ping} to ${cell.pong}`,
    "data-pair": `${cell.ping}/${cell.pong}`, click: () => openPair(cell) }, cell.passed ? `✓ ${cell.ms} ms` : `✗ ${cell.foul.blamed}`);
  byId("pairs").append(el("h2", {}, "Every pair"), el("div", { class: "scroll" }, el("table", {},
    el("thead", {}, el("tr", {}, el("th", {}, "from \\ to"), names.map((name) => el("th", { scope: "col" }, name)))),
    el("tbody", {}, names.map((ping) => el("tr", {}, el("th", { scope: "row" }, ping),
      names.map((pong) => el("td", {}, button(cells.find((cell) => cell.ping === ping && cell.pong === pong))))))))));
  const ring = DATA.matrix.ring;
  if (ring) {
    const words = ring.foul ? `✗ ring: ${ring.foul.about}: ${ring.foul.blamed} ${ring.foul.why}` : "✓ one message went round";
    byId("pairs").append(el("p", {}, el("span", { class: `verdict ${ring.foul ? "fail" : "pass"}` }, words), " ", ring.ports.join(" → ")));
  }
}

function options(select, first, values) {
  select.replaceChildren(el("option", { value: "" }, first), ...values.map((value) => el("option", { value }, value)));
}

function drawFilter(rows, redraw) {
  const verdicts = VERDICTS.filter((verdict) => rows.some((row) => [...row.cells.values()].some((cell) => cell.verdict === verdict)));
  options(byId("category"), "every category", [...new Set(rows.map((row) => row.result.category))]);
  options(byId("stage"), "every level", [...new Set(rows.map((row) => row.result.stage))].sort());
  byId("verdicts").replaceChildren(...verdicts.map((verdict) => el("button", { type: "button", class: verdict, "aria-pressed": String(!FILTER.hidden.has(verdict)),
    "data-verdict": verdict, click: (event) => {
      if (!FILTER.hidden.delete(verdict)) FILTER.hidden.add(verdict);
      event.currentTarget.setAttribute("aria-pressed", String(!FILTER.hidden.has(verdict)));
      redraw();
    } }, `${GLYPHS[verdict]} ${verdict}`)));
  for (const [id, key] of [["search", "text"], ["category", "category"], ["stage", "stage"]]) {
    byId(id).value = FILTER[key];
    byId(id).oninput = () => { FILTER[key] = byId(id).value.trim(); redraw(); };
  }
  byId("reset").onclick = () => { Object.assign(FILTER, { text: "", category: "", stage: "", hidden: new Set() }); drawFilter(rows, redraw); redraw(); };
}

function follow() {
  const [port, name] = location.hash.slice(1).split("/").map(decodeURIComponent);
  const run = DATA.runs.find((each) => each.port === port);
  const result = run && run.results.find((each) => each.case === name);
  if (result) openCase(run, result);
  else if (byId("detail").open) byId("detail").close();
}

function begin() {
  const rows = rowsOfCases(DATA.runs), redraw = () => drawGrid(DATA.runs, rows);
  drawHead();
  drawFailures();
  drawLevels();
  drawPairs();
  byId("cases").hidden = !rows.length;
  drawFilter(rows, redraw);
  redraw();
  byId("detail").addEventListener("close", () => history.replaceState(null, "", location.pathname + location.search));
  byId("detail").addEventListener("click", (event) => { if (event.target === byId("detail")) byId("detail").close(); });
  addEventListener("hashchange", follow);
  addEventListener("keydown", (event) => {
    if (event.key === "/" && !byId("detail").open && event.target.tagName !== "INPUT") { event.preventDefault(); byId("search").focus(); }
  });
  follow();
}

begin();
