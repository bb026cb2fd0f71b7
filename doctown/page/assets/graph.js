/* The graph around a symbol as a small picture of its own: what leads to it stands above, what it leads to below, one step
   or two, each a button to walk on with; lines between them, and in words the evidence for the one that is pointed at. */

const MOST_IN_TIER = 8;

const TIERS = [
  { title: "leads to those above", hop: 2, of: ({ link }) => !link.out && link.kind !== "related" },
  { title: "Leads here", hop: 1, of: ({ link }) => !link.out && link.kind !== "related" },
  { own: true },
  { title: "Led to from here", hop: 1, of: ({ link }) => link.out && link.kind !== "related" },
  { title: "led to by those", hop: 2, of: ({ link }) => link.out && link.kind !== "related" },
  { title: "Alike in meaning", hop: 1, of: ({ link }) => link.kind === "related" },
];

class Graph {
  /* `walk(symbol)` opens another symbol, `took(steps)` asks for one step or two. */
  constructor(data, picture, { walk, took }) {
    Object.assign(this, { data, picture, walk, took });
    this.watch = new ResizeObserver(() => this.drawLines());
  }

  /* The section for a symbol, or null where nothing is around it. */
  section(symbol, hops) {
    const steps = stepsAround(this.data, symbol, hops).filter(({ to }) => this.data.symbols.chunk[to] >= 0);
    this.watch.disconnect();
    if (steps.length === 0) return null;
    this.nodes = new Map();
    this.names = this.namesOf([...new Set(steps.map(({ to }) => to))]);
    this.shown = [];
    this.told = element("p", { class: "told" });
    this.canvas = element("canvas", { "aria-hidden": "true" });
    this.box = element("div", { class: "graph" }, this.canvas, ...TIERS.map((tier) => this.tier(tier, symbol, steps)));
    this.tell(null);
    this.watch.observe(this.box);
    const choice = (n, name) => element("button", { class: "action", type: "button", "aria-pressed": String(n === hops), onclick: () => this.took(n) }, name);
    return element("section", { class: "around" },
      element("div", { class: "line" }, element("h3", {}, "Around it"), element("div", { class: "choice", role: "group", "aria-label": "How far" }, choice(1, "One step"), choice(2, "Two"))),
      this.box, this.told);
  }

  tier({ own, title, hop, of }, symbol, steps) {
    if (own) return element("div", { class: "tier" }, this.node(symbol, element("strong", { class: "node own foreign" }, oneLine(this.data.symbols.name[symbol]))));
    const among = [];
    for (const step of steps) {
      if (step.hop !== hop || !of(step)) continue;
      if (hop > 1 && !this.isShown(step.from, steps)) continue;
      if (!this.nodes.has(step.to) && !among.includes(step.to)) among.push(step.to);
    }
    if (among.length === 0) return null;
    const here = among.slice(0, MOST_IN_TIER);
    this.shown.push(...steps.filter((step) => step.hop === hop && of(step) && here.includes(step.to)));
    return element("div", { class: "tier", role: "group", "aria-label": title },
      ...here.map((to) => this.node(to, this.button(to, steps.filter((step) => step.to === to && step.hop === hop && of(step))))),
      among.length > here.length && element("span", { class: "rest" }, `+ ${counted.format(among.length - here.length)}`));
  }

  /* What symbols are called here: of those of one name also what they are in. */
  namesOf(among) {
    const { name, qualified } = this.data.symbols;
    const times = new Map();
    for (const at of among) times.set(name[at], (times.get(name[at]) ?? 0) + 1);
    return new Map(among.map((at) => [at, oneLine(times.get(name[at]) > 1 ? qualified[at].split(".").slice(-2).join(".") : name[at])]));
  }

  /* Whether the first step to a symbol is among those that are drawn: the second step must hang on something. */
  isShown(symbol, steps) {
    const { link } = steps.find((step) => step.to === symbol && step.hop === 1);
    const side = steps.filter((step) => step.hop === 1 && step.link.out === link.out && step.link.kind !== "related").map((step) => step.to);
    return [...new Set(side)].indexOf(symbol) < MOST_IN_TIER;
  }

  button(symbol, steps) {
    const words = steps.map(({ from, to, link }) => {
      const [source, target] = link.out ? [from, to] : [to, from];
      return `${oneLine(this.data.symbols.name[source])} → ${oneLine(this.data.symbols.name[target])}: ${evidence(link)}`;
    }).join("; ");
    const point = () => this.tell(words, symbol);
    return element("button", { class: "node foreign", type: "button", onclick: () => this.walk(symbol), onpointerenter: point, onfocus: point, onpointerleave: () => this.tell(null) },
      this.names.get(symbol), element("span", { class: "unseen" }, `, ${words}`));
  }

  node(symbol, made) {
    this.nodes.set(symbol, made);
    return made;
  }

  tell(words, symbol = -1) {
    this.told.textContent = words ?? "Lines: whole for calls, dashed for inheritance, dotted for imports; point at a name for the evidence.";
    this.pointed = symbol;
    this.drawLines();
  }

  drawLines() {
    if (!this.box?.isConnected) return;
    const { left, top, width, height } = this.box.getBoundingClientRect();
    const density = Math.min(devicePixelRatio || 1, 2);
    Object.assign(this.canvas, { width: Math.round(width * density), height: Math.round(height * density) });
    const context = this.canvas.getContext("2d");
    context.scale(density, density);
    for (const { from, to, link } of this.shown) {
      const [one, other] = [from, to].map((symbol) => this.nodes.get(symbol)?.getBoundingClientRect());
      if (!one || !other) continue;
      const [upper, lower] = one.top < other.top ? [one, other] : [other, one];
      const start = [upper.left + upper.width / 2 - left, upper.bottom - top];
      const end = [lower.left + lower.width / 2 - left, lower.top - top];
      const strength = this.pointed < 0 ? 0.7 : this.pointed === to ? 1 : 0.2;
      context.beginPath();
      context.moveTo(...start);
      context.bezierCurveTo(start[0], start[1] + 14, end[0], end[1] - 14, ...end);
      Object.assign(context, { strokeStyle: this.picture.linkColour(link), globalAlpha: strength * (0.4 + 0.6 * (link.kind === "related" ? 1 : link.sure)), lineWidth: this.pointed === to ? 2 : 1.3 });
      context.setLineDash(DASHES[link.kind]);
      context.stroke();
    }
  }
}
