// Cases down, ports across; a filter decides which rows are there.
const FILTER = { text: "", category: "", stage: "", hidden: new Set() };

function rowsOfCases(runs) {
  const rows = new Map();
  for (const run of runs) {
    for (const result of run.results) {
      if (!rows.has(result.case)) rows.set(result.case, { result, cells: new Map() });
      rows.get(result.case).cells.set(run.port, result);
    }
  }
  return [...rows.values()];
}

function fits(row) {
  const { result } = row, found = [...row.cells.values()];
  const text = [result.case, result.title, result.about, ...result.clauses, ...found.map((cell) => cell.why || "")].join(" ").toLowerCase();
  return FILTER.text.toLowerCase().split(/\s+/).every((word) => text.includes(word))
    && (!FILTER.category || result.category === FILTER.category) && (!FILTER.stage || result.stage === FILTER.stage)
    && found.some((cell) => !FILTER.hidden.has(cell.verdict));
}

const addressOf = (run, result) => `#${encodeURIComponent(run.port)}/${encodeURIComponent(result.case)}`;

function cellButton(run, result) {
  if (!result) return el("td", {}, "");
  const label = `${run.port} ${result.case}: ${result.verdict}`;
  return el("td", {}, el("button", { type: "button", class: result.verdict, "aria-label": label, "data-case": result.case, "data-port": run.port,
    click: () => { location.hash = addressOf(run, result); } },
  GLYPHS[result.verdict], el("span", { class: "word" }, result.verdict === "pass" ? " " : ` ${result.verdict} `), el("small", {}, `${result.ms} ms`)));
}

function group(runs, category, rows) {
  const passed = (run) => rows.filter((row) => row.cells.get(run.port)?.verdict === "pass").length;
  const run = (run) => rows.filter((row) => row.cells.has(run.port)).length;
  return el("tbody", {},
    el("tr", { class: "group" }, el("th", { scope: "rowgroup" }, category), runs.map((each) => el("td", {}, `${passed(each)}/${run(each)}`))),
    rows.map((row) => el("tr", {},
      el("th", { scope: "row" }, el("span", { class: "mono" }, row.result.case), el("span", { class: "title" }, row.result.title)),
      runs.map((each) => cellButton(each, row.cells.get(each.port))))));
}

function drawGrid(runs, rows) {
  const found = rows.filter(fits);
  const categories = [...new Set(found.map((row) => row.result.category))];
  byId("grid").replaceChildren(
    el("thead", {}, el("tr", {}, el("th", { scope: "col" }, "case"), runs.map((run) => el("th", { scope: "col" }, run.port)))),
    ...categories.map((category) => group(runs, category, found.filter((row) => row.result.category === category))));
  byId("count").textContent = `${found.length} of ${rows.length} cases`;
  byId("nothing").hidden = found.length > 0;
}
