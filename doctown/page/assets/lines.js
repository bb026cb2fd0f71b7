/* The edges around a symbol, as lines on the map and as rows of tiers in the panel: one look for each kind of edge. */

const DRAWN_KINDS = ["calls", "inherits", "imports", "related"];
const MOST_LINKS = 120;

/* Dashes of each kind of edge; solid where there are none. */
const DASHES = { calls: [], inherits: [7, 3], imports: [2, 3], related: [1, 5] };

/* How many links of a kind and direction are drawn on the map: a symbol that everything imports would hide the map behind its lines. */
const MOST_DRAWN = { calls: 120, inherits: 60, imports: 24, related: 12 };

/* The links of a symbol of all drawn kinds and both directions; `related` only once. */
function linksAround(data, symbol) {
  return DRAWN_KINDS.flatMap((kind) =>
    (kind === "related" ? ["out"] : ["into", "out"]).flatMap((direction) => data.links(symbol, kind, direction)));
}

/* The steps to draw: [{from, to, link, hop}], `from` nearer to the symbol. The second step follows calls alone, away. */
function stepsAround(data, symbol, hops) {
  if (symbol < 0) return [];
  const near = linksAround(data, symbol).slice(0, MOST_LINKS);
  const steps = near.map((link) => ({ from: symbol, to: link.symbol, link, hop: 1 }));
  if (hops < 2) return steps;
  const seen = new Set([symbol, ...near.map((link) => link.symbol)]);
  for (const { symbol: from, kind, out } of near) {
    if (kind !== "calls") continue;
    for (const link of data.links(from, "calls", out ? "out" : "into")) {
      if (steps.length >= 2 * MOST_LINKS) return steps;
      if (!seen.has(link.symbol)) steps.push({ from, to: link.symbol, link, hop: 2 });
    }
  }
  return steps;
}

/* Those of the steps that are drawn on the map: of each kind and direction the first few, and what hangs on them. */
function drawnOf(steps) {
  const drawn = new Map();
  const near = new Set();
  return steps.filter(({ from, to, link, hop }) => {
    if (hop > 1) return near.has(from);
    const key = `${link.kind} ${link.out}`;
    drawn.set(key, (drawn.get(key) ?? 0) + 1);
    if (drawn.get(key) > MOST_DRAWN[link.kind]) return false;
    near.add(to);
    return true;
  });
}

/* The evidence for a link in words. */
function evidence({ kind, line, rule, sure, sites }) {
  if (kind === "related") return "alike in meaning";
  const where = line > 0 ? ` in line ${line}${sites > 1 ? ` and ${count(sites - 1, "more place", "more places")}` : ""}` : "";
  return `${kind}${where} · found by ${rule} · confidence ${sure.toFixed(2)}`;
}

/* Draws one bent line on a canvas. `colour` is its own, `strength` from 0 to 1. */
function drawLine(context, [x, y], [toX, toY], { kind, out, colour, strength, width = 1.4 }) {
  const bend = kind === "related" ? 0 : out ? 0.14 : -0.14;
  context.beginPath();
  context.moveTo(x, y);
  context.quadraticCurveTo((x + toX) / 2 + (toY - y) * bend, (y + toY) / 2 - (toX - x) * bend, toX, toY);
  context.setLineDash(DASHES[kind] ?? []);
  context.strokeStyle = colour;
  context.globalAlpha = strength;
  context.lineWidth = width;
  context.stroke();
  context.setLineDash([]);
  context.globalAlpha = 1;
}
