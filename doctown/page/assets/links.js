/* Deep links: what is open stands behind the # of the address, and what stands there is opened.
   #symbol=pkg.module.Class.method (&n=2 for the second of that name), #at=docs/guide.md:12, #topic=3 */

function linkTo(data, { chunk, symbol, topic }) {
  if (symbol >= 0) {
    const name = wellFormed(data.symbols.qualified[symbol]);
    const n = symbolsCalled(data, name).indexOf(symbol) + 1;
    return `#symbol=${encodeURIComponent(name)}${n > 1 ? `&n=${n}` : ""}`;
  }
  if (chunk >= 0) return `#at=${encodeURIComponent(wellFormed(data.place(chunk)))}`;
  return topic >= 0 ? `#topic=${data.topics[topic].id}` : "";
}

/* {chunk, symbol, topic} of a link; all -1 where it leads nowhere. */
function linked(data, hash) {
  const fields = new URLSearchParams(hash.slice(1).replaceAll("+", "%2B"));
  const none = { chunk: -1, symbol: -1, topic: -1 };
  if (fields.has("symbol")) {
    const among = symbolsCalled(data, fields.get("symbol"));
    const symbol = among[Number(fields.get("n") ?? 1) - 1] ?? among[0] ?? -1;
    return { ...none, symbol, chunk: symbol < 0 ? -1 : data.symbols.chunk[symbol] };
  }
  if (fields.has("at")) return { ...none, chunk: chunkAt(data, fields.get("at")) };
  if (fields.has("topic")) return { ...none, topic: data.topics.findIndex((topic) => String(topic.id) === fields.get("topic")) };
  return none;
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
