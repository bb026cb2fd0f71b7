/* The header's facts and the dialog with all of them, and the keys. */

function showFacts({ about, topics, groupWord }) {
  byId("name").textContent = oneLine(about.name);
  const { counts, repository, engine } = about;
  const commit = repository.commit ?? repository.tree;
  const facts = [
    count(counts.files, "file"),
    count(counts.symbols, "symbol"),
    count(topics.length, groupWord),
    commit && element("code", {}, oneLine(String(commit)).slice(0, 10)),
    engine && oneLine(engine),
  ].filter(Boolean);
  byId("facts").replaceChildren(...facts.map((fact, i) => element("span", { class: i > 1 ? "more-facts foreign" : "foreign" }, fact)));
}

function pairs(...rows) {
  const filled = rows.filter(([, value]) => value !== null && value !== undefined && value !== "" && value !== false);
  return element("dl", {}, ...filled.flatMap(([name, value]) => [element("dt", { class: "foreign" }, name), element("dd", { class: "foreign" }, oneLine(String(value)))]));
}

function dialogHead(dialog, id, title) {
  return element("div", { class: "head" },
    element("h2", { id, class: "foreign", tabindex: -1, autofocus: true }, title),
    element("button", { class: "action", type: "button", "aria-label": "Close", onclick: () => dialog.close() }, "×"));
}

function showAbout({ about, length, topics }) {
  const { repository, counts, calls } = about;
  const unresolved = Object.entries(calls.unresolved ?? {}).map(([cause, n]) => `${counted.format(n)} ${cause}`);
  const languages = Object.entries(about.languages).sort((a, b) => b[1].lines - a[1].lines).slice(0, 12);
  const dialog = byId("about-dialog");
  dialog.replaceChildren(
    dialogHead(dialog, "about-title", oneLine(about.name)),
    pairs(
      ["Repository", repository.url], ["Ref", repository.ref], ["Commit", repository.commit], ["Tree", repository.tree],
      ["Model", about.model ?? "none: laid out by folder"], ["Engine", about.engine], ["Docpack", about.docpack_id], ["Made by", about.generator]),
    element("h3", {}, "What is in it"),
    pairs(["Files", counted.format(counts.files)], ["Lines", counts.lines && counted.format(counts.lines)], ["Symbols", counted.format(counts.symbols)],
      ["Edges", counted.format(counts.edges)], ["Pieces on the map", counted.format(length)], [about.embedded ? "Topics" : "Folders", counted.format(topics.length)],
      ["Calls resolved", calls.resolved && counted.format(calls.resolved)], ["Calls unresolved", unresolved.join(", ")]),
    languages.length > 0 && element("h3", {}, "Languages"),
    languages.length > 0 && pairs(...languages.map(([name, of]) => [oneLine(name), `${count(of.lines ?? 0, "line")} in ${count(of.files ?? 0, "file")}`])),
    about.skipped_total > 0 && element("h3", {}, `Left out: ${count(about.skipped_total, "file")}`),
    about.skipped_total > 0 && pairs(...about.skipped.map(([reason, n]) => [oneLine(reason), counted.format(n)])),
    (about.without_code > 0 || about.without_context > 0) && element("h3", {}, "Left out of this page, to keep it small"),
    pairs(["Code of", about.without_code > 0 && count(about.without_code, "piece")], ["Context of", about.without_context > 0 && count(about.without_context, "symbol")]),
    element("h3", {}, "Keys"),
    pairs(["/", "find"], ["Arrows, + − 0", "move, zoom, show everything (with the map in focus)"], [". and ,", "step through the nearest points"],
      ["Enter", "open what is in the middle"], ["Escape", "close"], ["Alt ←, Alt →", "back and forward along what was open"], ["?", "this"]));
  dialog.showModal();
}
