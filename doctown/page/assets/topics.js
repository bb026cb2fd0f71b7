/* The list of topics, as a tree where there are broad and fine ones, and the legend of the other colourings. */

const FEW_TOPICS = 14;

const dot = (colour) => {
  const made = element("span", { class: "dot", "aria-hidden": "true" });
  made.style.background = css(colour);
  return made;
};

class Topics {
  /* `chosen(topic)`; `listed()` asks for a list of what is in view. */
  constructor(data, picture, chosen, listed) {
    Object.assign(this, { data, picture, chosen });
    this.rows = data.topics.map(() => null);
    this.list = byId("topic-list");
    this.list.replaceChildren(...data.roots.map((at) => this.row(at, 0)));
    this.list.addEventListener("keydown", (event) => this.key(event));
    const word = data.about.embedded ? "Topics" : "Folders";
    byId("topics").querySelector("h2").textContent = data.roots.length < data.topics.length ? `${word} · ${data.roots.length} broad, ${data.topics.length - data.roots.length} fine` : `${word} · ${data.roots.length}`;
    byId("topics").setAttribute("aria-label", word);
    byId("show-topics").textContent = word;
    byId("list-view").addEventListener("click", listed);
    this.recolour();
  }

  row(at, depth) {
    const { data } = this;
    const topic = data.topics[at];
    const below = depth < 6 ? data.below[at] : [];
    const told = topic.label.split(/[,\s]+/);
    const keywords = topic.keywords.filter((word) => !told.includes(word)).join(", ");
    const dotted = dot(grey());
    const button = element("button", { class: "topic", type: "button", "aria-pressed": "false", onclick: () => this.chosen(at) },
      dotted,
      element("span", { class: "label foreign" }, oneLine(topic.label)),
      element("span", { class: "size" }, counted.format(topic.size)),
      depth === 0 && keywords && element("span", { class: "keywords foreign" }, oneLine(keywords)));
    this.rows[at] = { button, dot: dotted };
    if (below.length === 0) return element("li", {}, button);
    const inner = element("ol", { class: "below", hidden: data.topics.length > FEW_TOPICS }, ...below.map((other) => this.row(other, depth + 1)));
    const fold = element("button", { class: "fold", type: "button", "aria-expanded": String(!inner.hidden), onclick: () => this.unfold(at, inner.hidden) },
      element("span", { class: "unseen foreign" }, `Topics within ${oneLine(topic.label)}`));
    Object.assign(this.rows[at], { inner, fold });
    return element("li", { class: "broad" }, element("div", { class: "line" }, fold, button), inner);
  }

  unfold(at, shown) {
    const { inner, fold } = this.rows[at];
    inner.hidden = !shown;
    fold.setAttribute("aria-expanded", String(shown));
  }

  /* Up and down go from row to row, right and left unfold and fold. */
  key(event) {
    const at = this.rows.findIndex((row) => row?.button === event.target || row?.fold === event.target);
    if (at < 0) return;
    const shown = this.rows.map((row) => row.button).filter((button) => !button.closest("[hidden]"));
    shown.sort((a, b) => (a.compareDocumentPosition(b) & Node.DOCUMENT_POSITION_FOLLOWING ? -1 : 1));
    const own = shown.indexOf(this.rows[at].button);
    const acts = {
      ArrowDown: () => shown[own + 1]?.focus(),
      ArrowUp: () => shown[own - 1]?.focus(),
      Home: () => shown[0].focus(),
      End: () => shown.at(-1).focus(),
      ArrowRight: () => this.rows[at].inner && this.unfold(at, true),
      ArrowLeft: () => (this.rows[at].inner && !this.rows[at].inner.hidden ? this.unfold(at, false) : this.rows[this.data.topics[at].parent]?.button.focus()),
    };
    if (!acts[event.key]) return;
    event.preventDefault();
    acts[event.key]();
  }

  recolour() {
    const { picture } = this;
    const byTopic = picture.mode === "topic";
    this.rows.forEach((row, at) => {
      if (row) row.dot.style.background = css(byTopic ? picture.colours[at + 1] : grey());
    });
    const legend = byId("legend");
    legend.hidden = byTopic;
    legend.classList.toggle("ramp", picture.mode === "centrality");
    if (byTopic) return;
    legend.replaceChildren(...picture.groups.names.map((name, group) =>
      element("li", { class: "foreign" }, dot(picture.colours[group + 1]), oneLine(name))));
  }

  press(topic) {
    this.rows.forEach((row, at) => row?.button.setAttribute("aria-pressed", String(at === topic)));
    for (let at = this.data.topics[topic]?.parent ?? -1, steps = 0; at >= 0 && steps < 9; at = this.data.topics[at].parent, steps += 1) {
      if (this.rows[at]?.inner) this.unfold(at, true);
    }
    this.rows[topic]?.button.scrollIntoView({ block: "nearest" });
  }
}
