/* The panel beside the map: a topic with its best examples, or a chunk with its code and what its symbol hangs on. */

const FIRST_ROWS = 8;
const MORE_ROWS = 400;

class Details {
  /* `go`: {chunk(chunk), symbol(symbol), topic(topic), close(), steps(steps), link()}. */
  constructor(data, picture, go) {
    Object.assign(this, { data, picture, go });
    this.panel = byId("details");
    this.graph = new Graph(data, picture, { walk: go.symbol, took: go.steps });
    this.shown = 0;
  }

  close() {
    this.shown += 1;
    this.panel.hidden = true;
  }

  open(...children) {
    this.panel.replaceChildren(...children.filter(Boolean));
    this.panel.hidden = false;
    this.panel.scrollTop = 0;
  }

  head(badge, title, where, topic = -1) {
    return element("div", { class: "head" },
      element("div", { class: "line" },
        element("span", { class: "badge" }, badge),
        topic >= 0 && this.chip(topic),
        element("button", { class: "action tall", type: "button", "aria-label": "Taller", "aria-pressed": String(this.panel.classList.contains("tall")), onclick: (event) => this.stretch(event.currentTarget) }, "↕"),
        element("button", { class: "action", type: "button", "aria-label": "Close the details", onclick: () => this.go.close() }, "×")),
      element("h2", { class: "foreign" }, oneLine(title)),
      where && element("p", { class: "path foreign" }, oneLine(where)));
  }

  /* On a phone the panel is a sheet, low or tall. */
  stretch(button) {
    button.setAttribute("aria-pressed", String(this.panel.classList.toggle("tall")));
  }

  chip(topic) {
    return element("button", { class: "chip", type: "button", onclick: () => this.go.topic(topic) },
      dot(topicColour(this.data, topic)), element("span", { class: "foreign" }, oneLine(this.data.topics[topic].label)));
  }

  showTopic(at) {
    this.shown += 1;
    const { data } = this;
    const topic = data.topics[at];
    this.open(
      this.head(data.groupWord, topic.label, count(topic.size, "piece of code or text", "pieces of code and text")),
      element("div", { class: "actions" }, copying("Copy link", this.go.link())),
      topic.keywords.length > 0 && section(data.about.embedded ? "What sets it apart" : "Written in", element("p", { class: "keys" }, ...topic.keywords.map((word) => element("span", { class: "badge foreign" }, oneLine(word))))),
      topic.parent >= 0 && section("Part of", this.chip(topic.parent)),
      data.below[at].length > 0 && section("Within it", element("p", { class: "keys" }, ...data.below[at].map((other) => this.chip(other)))),
      this.symbolJumps("Most typical symbols", topic.symbols),
      this.chunkJumps("Best examples first", data.chunksOf(at)));
    tell(`${data.groupWord} ${oneLine(topic.label)}`);
  }

  /* What can be seen, as a list: the nearest to the middle first. */
  showList(chunks) {
    this.shown += 1;
    this.open(
      this.head("list", "In view", "From the middle of the view outwards"),
      this.chunkJumps("Pieces of code and text", chunks) ?? section("", element("p", {}, "Nothing is in view.")));
    tell(count(chunks.length, "piece in view", "pieces in view"));
  }

  /* Shows a chunk, as the home of `symbol` (-1: of none), with the graph `steps` around it. */
  async showChunk(chunk, symbol, steps) {
    this.shown += 1;
    const own = this.shown;
    const { data } = this;
    const { symbols, chunks } = data;
    const [details, words] = await Promise.all([data.details(chunk), symbol < 0 ? undefined : data.words(symbol)]);
    if (own !== this.shown) return;
    const title = symbol < 0 ? data.title(chunk) : symbols.name[symbol];
    const badge = symbol < 0 ? chunks.languages[chunks.language[chunk]] : symbols.kinds[symbols.kind[symbol]];
    const others = chunks.symbols[chunk].filter((other) => other !== symbol);
    const place = symbol < 0 ? data.place(chunk) : `${data.files[symbols.file[symbol]]}:${symbols.line[symbol]}`;
    this.open(
      this.head(badge, title, place, data.topic[chunk]),
      this.actions(chunk, words?.context),
      words?.signature && section("Signature", element("p", { class: "signature foreign" }, visible(words.signature))),
      words?.doc && section("Documentation", element("p", { class: "doc foreign", tabindex: 0 }, visible(words.doc))),
      symbol >= 0 && this.graph.section(symbol, steps),
      this.code(chunk, details.text),
      words && this.context(words.context),
      this.symbolJumps("Also in this piece", others),
      ...(symbol < 0 ? [] : this.relations(symbol)));
    tell(`${badge} ${oneLine(title)}, ${oneLine(place)}`);
  }

  context(text) {
    if (text === null) return section("Context", element("p", { class: "quiet" }, "Left out, to keep this page small; the docpack has it."));
    if (!text) return null;
    return element("section", {}, element("details", { class: "context" },
      element("summary", {}, "Context, ready for a prompt"),
      element("p", { class: "signature foreign", tabindex: 0 }, visible(text))));
  }

  relations(symbol) {
    const of = (title, kind, direction, lines) => this.linkJumps(title, this.data.links(symbol, kind, direction), lines);
    return [
      of("Called by", "calls", "into", "into"),
      of("Calls", "calls", "out", "out"),
      this.symbolJumps("Holds", [...this.data.children.of(symbol)]),
      of("Inherits from", "inherits", "out", "out"),
      of("Inherited by", "inherits", "into", "into"),
      of("Overrides", "overrides", "out"),
      of("Overridden by", "overrides", "into"),
      of("Imports", "imports", "out", "out"),
      of("Imported by", "imports", "into", "into"),
      of("Refers to", "references", "out"),
      of("Referred to by", "references", "into"),
      of("Alike in meaning", "related", "out"),
    ];
  }

  actions(chunk, context) {
    const near = (other) => other >= 0 && other < this.data.length && this.data.chunks.file[other] === this.data.chunks.file[chunk];
    const step = (name, other) => element("button", { class: "action", type: "button", disabled: !near(other), onclick: () => this.go.chunk(other) }, name);
    return element("div", { class: "actions" },
      context && copying("Copy context", context),
      copying("Copy link", this.go.link()),
      step("Piece above", chunk - 1),
      step("Piece below", chunk + 1));
  }

  code(chunk, text) {
    const first = this.data.chunks.line[chunk];
    const title = `Lines ${first} to ${this.data.chunks.end[chunk]}`;
    if (text === null) return section(title, element("p", { class: "quiet" }, "Left out, to keep this page small; the docpack has it."));
    const shown = visible(text).replace(/\n$/, "");
    const numbers = shown.split("\n").map((_, row) => first + row).join("\n");
    const language = this.data.chunks.languages[this.data.chunks.language[chunk]];
    return section(title,
      element("div", { class: "code", tabindex: 0, role: "group", "aria-label": "Code" },
        element("pre", { class: "numbers", "aria-hidden": "true" }, numbers),
        element("pre", { class: "text" }, element("code", {}, ...painted(shown, language)))));
  }

  symbolRow(at, words) {
    const { symbols, files } = this.data;
    return [symbols.name[at], files[symbols.file[at]], symbols.chunk[at] < 0 ? null : () => this.go.symbol(at), words];
  }

  symbolJumps(title, among) {
    return this.jumps(title, among, (at) => this.symbolRow(at), FIRST_ROWS);
  }

  linkJumps(title, links, lines) {
    return this.jumps(title, links, (link) => this.symbolRow(link.symbol, link.kind === "related" ? undefined : evidence(link)), FIRST_ROWS, lines);
  }

  chunkJumps(title, among) {
    return this.jumps(title, among, (chunk) => [this.data.title(chunk), this.data.place(chunk), () => this.go.chunk(chunk)], 24);
  }

  /* A list of places to jump to; `row` gives [name, where, go, words], `go` null where there is none. `lines`: how they are drawn on the map (out, into). */
  jumps(title, among, row, first, lines) {
    if (among.length === 0) return null;
    const line = (item) => {
      const [name, where, go, words] = row(item);
      return element("li", {}, element("button", { type: "button", disabled: !go, onclick: go ?? (() => {}) },
        element("span", { class: "name foreign" }, oneLine(name)), element("span", { class: "where foreign" }, oneLine(where)),
        words && element("span", { class: "words foreign" }, oneLine(words))));
    };
    const list = element("ul", { class: "jumps" });
    const extend = (from, to) => {
      list.append(...among.slice(from, to).map(line));
      const left = among.length - to;
      if (left <= 0) return;
      const next = Math.min(left, MORE_ROWS);
      const more = element("li", {}, element("button", { class: "more", type: "button", onclick: () => {
        more.remove();
        extend(to, to + next);
        list.children[to].firstChild.focus();
      } }, `Show ${counted.format(next)} more${next < left ? ` of ${counted.format(left)}` : ""}`));
      list.append(more);
    };
    extend(0, first);
    return section(title, list, among.length, lines);
  }
}

function section(title, body, size, lines) {
  return element("section", {}, element("h3", {}, lines && element("span", { class: `stroke ${lines}`, "aria-hidden": "true" }), title, size > 1 && element("span", {}, ` · ${counted.format(size)}`)), body);
}

/* A button that puts `text` on the clipboard, also where the page was opened from disk. */
function copying(name, text) {
  const button = element("button", { class: "action", type: "button", onclick: async () => {
    const done = await copied(wellFormed(text));
    button.textContent = done ? "Copied" : "Copying is not allowed here";
    tell(button.textContent);
    setTimeout(() => { button.textContent = name; }, 1400);
  } }, name);
  return button;
}

async function copied(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const field = element("textarea", { class: "unseen", "aria-hidden": "true" });
    field.value = text;
    document.body.append(field);
    field.select();
    const done = document.execCommand("copy");
    field.remove();
    return done;
  }
}
