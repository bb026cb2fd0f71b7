/* The header's facts and the dialog with all of them. */

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
  const filled = rows.filter(([, value]) => value !== null && value !== undefined && value !== "");
  return element("dl", {}, ...filled.flatMap(([name, value]) => [element("dt", { class: "foreign" }, name), element("dd", { class: "foreign" }, oneLine(String(value)))]));
}

function showAbout({ about, length, topics }, savePicture) {
  const { repository, counts, calls } = about;
  const unresolved = Object.entries(calls.unresolved ?? {}).map(([cause, n]) => `${counted.format(n)} ${cause}`);
  const languages = Object.entries(about.languages).sort((a, b) => b[1].lines - a[1].lines).slice(0, 12);
  const dialog = byId("about-dialog");
  dialog.replaceChildren(
    element("div", { class: "head" },
      element("h2", { id: "about-title", class: "foreign", tabindex: -1, autofocus: true }, oneLine(about.name)),
      element("button", { class: "action", type: "button", "aria-label": "Close", onclick: () => dialog.close() }, "×")),
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
    element("h3", {}, "Keys"),
    pairs(["/", "find"], ["Arrows, + − 0", "move, zoom, show everything (with the map in focus)"], [". and ,", "step through the nearest points"],
      ["Enter, Escape", "open what is in the middle, close"]),
    element("div", { class: "actions" },
      element("button", { class: "action", type: "button", onclick: savePicture }, "Save the map as a picture")));
  dialog.showModal();
}

/* Offers the canvas as a PNG file. */
function saveCanvas(canvas, name) {
  canvas.toBlob((blob) => {
    const href = URL.createObjectURL(blob);
    element("a", { href, download: `${name.replace(/[^\w.-]+/g, "-").slice(0, 80) || "map"}.png` }).click();
    setTimeout(() => URL.revokeObjectURL(href), 10000);
  });
}
