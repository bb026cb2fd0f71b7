/* Deep links: what is open stands behind the # of the address, and what stands there is opened.
   #symbol=pkg.module.Class.method (&n=2 for the second of that name, &steps=2 for the graph two steps around it),
   #at=docs/guide.md:12, #topic=3; and of all of them &view=0.41,0.52,3.5 (x, y, zoom) and &colour=folder. */

const NONE = { chunk: -1, symbol: -1, topic: -1, steps: 1 };
const MODES = ["topic", "folder", "language", "centrality"];

function linkTo(data, { chunk, symbol, topic, steps }) {
  if (symbol >= 0) {
    const name = wellFormed(data.symbols.qualified[symbol]);
    const n = symbolsCalled(data, name).indexOf(symbol) + 1;
    return `#symbol=${encodeURIComponent(name)}${n > 1 ? `&n=${n}` : ""}${steps > 1 ? `&steps=${steps}` : ""}`;
  }
  if (chunk >= 0) return `#at=${encodeURIComponent(wellFormed(data.place(chunk)))}`;
  return topic >= 0 ? `#topic=${data.topics[topic].id}` : "";
}

/* The link to what is open, just as it is seen. */
function linkToView(data, what, [x, y, zoom], mode) {
  const view = `view=${[x, y, zoom].map((part) => Number(part.toFixed(4))).join(",")}`;
  return `${linkTo(data, what) || "#"}&${view}${mode === "topic" ? "" : `&colour=${mode}`}`.replace("#&", "#");
}

/* What a link names: {what: {chunk, symbol, topic, steps}, view: [x, y, zoom] or null, mode or null}. */
function linked(data, hash) {
  const fields = new URLSearchParams(hash.slice(1).replaceAll("+", "%2B"));
  const view = (fields.get("view") ?? "").split(",").map(Number);
  return {
    what: { ...NONE, ...named(data, fields) },
    view: view.length === 3 && view.every(Number.isFinite) && view[2] > 0 ? view : null,
    mode: MODES.includes(fields.get("colour")) ? fields.get("colour") : null,
  };
}

function named(data, fields) {
  if (fields.has("symbol")) {
    const among = symbolsCalled(data, fields.get("symbol"));
    const symbol = among[Number(fields.get("n") ?? 1) - 1] ?? among[0] ?? -1;
    return { symbol, chunk: symbol < 0 ? -1 : data.symbols.chunk[symbol], steps: fields.get("steps") === "2" ? 2 : 1 };
  }
  if (fields.has("at")) return { chunk: chunkAt(data, fields.get("at")) };
  return fields.has("topic") ? { topic: data.topics.findIndex((topic) => String(topic.id) === fields.get("topic")) } : {};
}

function symbolsCalled(data, name) {
  data.called ??= Map.groupBy
    ? Map.groupBy(data.symbols.qualified.keys(), (at) => wellFormed(data.symbols.qualified[at]))
    : data.symbols.qualified.reduce((all, each, at) => all.set(wellFormed(each), [...(all.get(wellFormed(each)) ?? []), at]), new Map());
  return (data.called.get(name) ?? []).filter((at) => data.symbols.chunk[at] >= 0);
}

function chunkAt(data, place) {
  const [, path, line] = /^([^]*):(\d+)$/.exec(place) ?? [null, place, "1"];
  const of = [...data.x.keys()].filter((chunk) => wellFormed(data.path(chunk)) === path);
  return of.find((chunk) => data.chunks.line[chunk] <= Number(line) && Number(line) <= data.chunks.end[chunk]) ?? of[0] ?? -1;
}
