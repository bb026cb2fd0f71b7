/* Find as you type: over symbols, files, headings and topics, in a list beside the field (a combobox). */

const MOST_FOUND = 40;

/* Everything that can be found: [{kind, name, where, low, far, rank, go}], made when there is time for it. */
function findables(data, go) {
  const { symbols } = data;
  const all = data.topics.map((topic, at) => ({
    kind: data.groupWord, name: topic.label, where: topic.keywords.join(", "), rank: 3000 + topic.size, go: () => go.topic(at),
  }));
  symbols.name.forEach((name, at) => {
    if (symbols.chunk[at] < 0) return;
    const qualified = symbols.qualified[at];
    const where = qualified.endsWith(`.${name}`) ? qualified.slice(0, -name.length - 1) : data.files[symbols.file[at]];
    all.push({ kind: symbols.kinds[symbols.kind[at]], name, where, far: qualified, rank: symbols.centrality[at], go: () => go.symbol(at) });
  });
  const seen = new Set();
  for (let chunk = 0; chunk < data.length; chunk += 1) {
    const path = data.path(chunk);
    if (!seen.has(path)) all.push({ kind: "file", name: path.split("/").pop(), where: path, rank: 0, go: () => go.chunk(chunk) });
    seen.add(path);
    if (data.titles[chunk] < 0 && data.chunks.heading[chunk]) {
      all.push({ kind: "text", name: data.chunks.heading[chunk], where: data.place(chunk), rank: 0, go: () => go.chunk(chunk) });
    }
  }
  for (const one of all) Object.assign(one, { low: one.name.toLowerCase(), far: (one.far ?? one.where).toLowerCase() });
  return all;
}

/* How well `one` fits the words: 0 is not at all. Names before places, whole before beginning before middle; the end of
   a qualified name, as in `Class.method`, is nearly a whole name. */
function fitOf(one, words) {
  let fit = 0;
  for (const word of words) {
    const at = one.low.indexOf(word);
    if (at < 0 && !one.far.includes(word)) return 0;
    if (at < 0) fit += /[./]/.test(word) && /[./]/.test(one.far.at(-word.length - 1) ?? ".") && one.far.endsWith(word) ? 8 : 1;
    else fit += one.low.length === word.length ? 9 : at === 0 ? 6 : /[\W_]/.test(one.low[at - 1]) ? 4 : 3;
  }
  return fit / words.length - (one.kind === "file" || one.kind === "text" ? 0.5 : 0);
}

const isBetter = (a, b) => a[0] - b[0] || a[1].rank - b[1].rank || b[1].low.length - a[1].low.length;

/* {best: the MOST_FOUND of `among` that fit best, fitting: all that fit}. */
function bestOf(among, words) {
  const best = [];
  const fitting = [];
  for (const one of words.length ? among : []) {
    const fit = fitOf(one, words);
    if (fit <= 0) continue;
    fitting.push(one);
    const found = [fit, one];
    if (best.length === MOST_FOUND && isBetter(found, best.at(-1)) <= 0) continue;
    let at = best.length;
    while (at > 0 && isBetter(found, best[at - 1]) > 0) at -= 1;
    best.splice(at, 0, found);
    best.length = Math.min(best.length, MOST_FOUND);
  }
  return { best: best.map(([, one]) => one), fitting };
}

/* `text` with `words` marked wherever they stand in it. */
function marked(text, words) {
  const shown = oneLine(text);
  const low = shown.toLowerCase();
  const nodes = [];
  for (let from = 0; ; ) {
    const [at, length] = words.map((word) => [low.indexOf(word, from), word.length]).filter(([at]) => at >= 0).sort((a, b) => a[0] - b[0] || b[1] - a[1])[0] ?? [-1, 0];
    if (at < 0) return [...nodes, shown.slice(from)];
    nodes.push(shown.slice(from, at), element("mark", {}, shown.slice(at, at + length)));
    from = at + length;
  }
}

class Find {
  constructor(data, go) {
    Object.assign(this, { data, go });
    this.field = byId("query");
    this.list = byId("found");
    this.found = [];
    this.at = -1;
    this.field.addEventListener("input", () => this.search());
    this.field.addEventListener("focus", () => this.field.value && this.search());
    this.field.addEventListener("blur", () => this.close());
    this.field.addEventListener("keydown", (event) => this.key(event));
    this.list.addEventListener("pointerdown", (event) => event.preventDefault());
    this.list.addEventListener("click", (event) => {
      const row = event.target.closest("li[id]");
      if (row) this.choose([...this.list.children].indexOf(row));
    });
  }

  /* Makes ready what can be found; to be called when there is time for it. */
  prepare() {
    this.all ??= findables(this.data, this.go);
  }

  search() {
    this.prepare();
    const query = this.field.value.toLowerCase();
    const words = query.split(/\s+/).filter(Boolean);
    // What more letters fit, fewer did: only that has to be looked through.
    const among = this.query && query.startsWith(this.query) ? this.fitting : this.all;
    const { best, fitting } = bestOf(among, words);
    this.found = best;
    Object.assign(this, { query, fitting });
    const rows = this.found.map((one, i) =>
      element("li", { role: "option", id: `found${i}`, "aria-selected": "false" },
        element("span", { class: "kind" }, one.kind),
        element("span", { class: "name foreign" }, ...marked(one.name, words)),
        element("span", { class: "where foreign" }, ...marked(one.where, words))));
    if (words.length && rows.length === 0) rows.push(element("li", { class: "none" }, "Nothing is called that."));
    this.list.replaceChildren(...rows);
    this.list.hidden = words.length === 0;
    this.field.setAttribute("aria-expanded", String(!this.list.hidden));
    tell(words.length ? count(this.found.length, "result") : "");
    this.mark(this.found.length ? 0 : -1);
  }

  mark(at) {
    this.list.children[this.at]?.setAttribute("aria-selected", "false");
    this.at = at;
    const row = at < 0 ? null : this.list.children[at];
    row?.setAttribute("aria-selected", "true");
    row?.scrollIntoView({ block: "nearest" });
    if (row) this.field.setAttribute("aria-activedescendant", row.id);
    else this.field.removeAttribute("aria-activedescendant");
  }

  key(event) {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      const by = event.key === "ArrowDown" ? 1 : -1;
      if (this.found.length) this.mark((this.at + by + this.found.length) % this.found.length);
    } else if (event.key === "Enter") this.choose(this.at);
    else if (event.key === "Escape") {
      event.stopPropagation();
      if (this.list.hidden) this.field.blur();
      this.close();
    }
  }

  choose(at) {
    const one = this.found[at];
    if (!one) return;
    this.close();
    this.field.blur();
    one.go();
  }

  close() {
    this.list.hidden = true;
    this.field.setAttribute("aria-expanded", "false");
    this.field.removeAttribute("aria-activedescendant");
  }
}
