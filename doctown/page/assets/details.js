/* The panel beside the map: a topic with its best examples, or a chunk with its code and what its symbol hangs on. */

const FIRST_ROWS = 8;
const MOST_ROWS = 400;

class Details {
  /* `go`: {chunk(chunk), symbol(symbol), topic(topic), close(), link()}. */
  constructor(data, picture, go) {
    Object.assign(this, { data, picture, go });
    this.panel = byId("details");
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
        element("button", { class: "action", type: "button", "aria-label": "Close the details", onclick: () => this.go.close() }, "×")),
      element("h2", { class: "foreign" }, oneLine(title)),
      where && element("p", { class: "path foreign" }, oneLine(where)));
  }

  chip(topic) {
    return element("button", { class: "chip", type: "button", onclick: () => this.go.topic(topic) },
      dot(groupColour(topic)), element("span", { class: "foreign" }, oneLine(this.data.topics[topic].label)));
  }

  showTopic(at) {
    this.shown += 1;
    const topic = this.data.topics[at];
    const members = this.data.chunksOf(at);
    const below = this.data.topics.map((_, other) => other).filter((other) => this.data.topics[other].parent === at);
    this.open(
      this.head(this.data.groupWord, topic.label, count(topic.size, "piece of code or text", "pieces of code and text")),
      topic.keywords.length > 0 && section(this.data.about.embedded ? "What sets it apart" : "Written in", element("p", { class: "keys" }, ...topic.keywords.map((word) => element("span", { class: "badge foreign" }, oneLine(word))))),
      topic.parent >= 0 && section("Part of", this.chip(topic.parent)),
      below.length > 0 && section("Within it", element("p", { class: "keys" }, ...below.map((other) => this.chip(other)))),
      this.jumps("Best examples first", members, (chunk) => [this.data.title(chunk), this.data.place(chunk), () => this.go.chunk(chunk)], 24));
    tell(`${this.data.groupWord} ${oneLine(topic.label)}`);
  }

  /* Shows a chunk, as the home of `symbol` (-1: of none). */
  async showChunk(chunk, symbol) {
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
      this.code(chunk, details.text),
      this.symbolJumps("Also in this piece", others),
      ...(symbol < 0 ? [] : this.relations(symbol)));
    tell(`${badge} ${oneLine(title)}, ${oneLine(place)}`);
  }

  relations(symbol) {
    const linked = (kind, direction) => this.data.linked(symbol, kind, direction);
    return [
      this.symbolJumps("Called by", linked("calls", "into"), "into"),
      this.symbolJumps("Calls", linked("calls", "out"), "out"),
      this.symbolJumps("Holds", [...this.data.children.of(symbol)]),
      this.symbolJumps("Inherits from", linked("inherits", "out"), "out"),
      this.symbolJumps("Inherited by", linked("inherits", "into"), "into"),
      this.symbolJumps("Overrides", linked("overrides", "out")),
      this.symbolJumps("Imports", linked("imports", "out")),
      this.symbolJumps("Imported by", linked("imports", "into")),
      this.symbolJumps("Refers to", linked("references", "out")),
      this.symbolJumps("Alike in meaning", linked("related", "out")),
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
    const shown = visible(text).replace(/\n$/, "");
    const numbers = shown.split("\n").map((_, row) => first + row).join("\n");
    const language = this.data.chunks.languages[this.data.chunks.language[chunk]];
    return section(`Lines ${first} to ${this.data.chunks.end[chunk]}`,
      element("div", { class: "code", tabindex: 0, role: "group", "aria-label": "Code" },
        element("pre", { class: "numbers", "aria-hidden": "true" }, numbers),
        element("pre", { class: "text" }, element("code", {}, ...painted(shown, language)))));
  }

  symbolJumps(title, among, lines) {
    const { symbols, files } = this.data;
    const row = (at) => [symbols.name[at], files[symbols.file[at]], symbols.chunk[at] < 0 ? null : () => this.go.symbol(at)];
    return this.jumps(title, among, row, FIRST_ROWS, lines);
  }

  /* A list of places to jump to; `row` gives [name, where, go]. Null where there is none. `lines`: how they are drawn on the map (out, into). */
  jumps(title, among, row, first, lines) {
    if (among.length === 0) return null;
    const line = (item) => {
      const [name, where, go] = row(item);
      return element("li", {}, element("button", { type: "button", disabled: !go, onclick: go ?? (() => {}) },
        element("span", { class: "name foreign" }, oneLine(name)), element("span", { class: "where foreign" }, oneLine(where))));
    };
    const list = element("ul", { class: "jumps" }, ...among.slice(0, first).map(line));
    if (among.length > first) {
      const more = element("li", {}, element("button", { class: "more", type: "button", onclick: () => {
        more.replaceWith(...among.slice(first, MOST_ROWS).map(line));
        list.children[first].firstChild.focus();
      } }, `Show ${count(Math.min(among.length, MOST_ROWS) - first, "more", "more")}`));
      list.append(more);
    }
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
