/* The start, and the one place that knows what is open: everything else is told. */

const SETTLED_MS = 140;
const media = (query) => matchMedia(query).matches;
const narrow = () => media("(max-width: 900px)");

class Page {
  constructor(data) {
    this.data = data;
    this.open = NONE;
    this.camera = new Camera(boxOf(data, [...data.x.keys()], 0), () => this.moved());
    this.picture = new Picture(data, this.camera, { glow: byId("glow"), points: byId("points"), over: byId("map") });
    this.stage = new Stage(this);
    const go = {
      chunk: (chunk) => this.go({ ...NONE, chunk, symbol: data.titles[chunk] }),
      symbol: (symbol) => this.go({ ...NONE, symbol, chunk: data.symbols.chunk[symbol], steps: this.open.steps }),
      topic: (topic) => this.go({ ...NONE, topic }),
      steps: (steps) => this.show({ ...this.open, steps }, false),
      close: () => this.close(),
      link: () => location.href.split("#")[0] + linkTo(data, this.open),
    };
    this.topics = new Topics(data, this.picture, (topic) => (this.open.topic === topic ? this.close() : go.topic(topic)), () => this.list());
    this.details = new Details(data, this.picture, go);
    this.find = new Find(data, go);
    this.hands = new MapHands(byId("map"), this.picture, {
      chosen: (chunk, byKey) => {
        if (chunk < 0) return this.close();
        this.show({ ...NONE, chunk, symbol: data.titles[chunk] }, false);
        if (byKey) this.details.panel.focus({ preventScroll: true });
      },
      hovered: (chunk) => this.stage.hover(chunk),
    });
    this.wire();
  }

  wire() {
    const click = (id, act) => byId(id).addEventListener("click", act);
    click("zoom-in", () => this.camera.zoomBy(1.6));
    click("zoom-out", () => this.camera.zoomBy(1 / 1.6));
    click("zoom-fit", () => this.camera.flyHome());
    click("theme", () => this.theme(isDark() ? "light" : "dark", true));
    click("show-topics", () => this.showTopics(byId("topics").hidden));
    click("show-share", () => showShare(this));
    click("show-about", () => showAbout(this.data));
    byId("colour").addEventListener("change", (event) => this.recolour(event.target.value));
    window.addEventListener("hashchange", () => this.follow());
    document.addEventListener("keydown", (event) => this.key(event));
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", (event) => this.theme(event.matches ? "dark" : "light"));
    matchMedia("(max-width: 900px)").addEventListener("change", () => this.showTopics(!narrow()));
  }

  start() {
    showFacts(this.data);
    if (!this.data.about.embedded) {
      byId("colour").querySelector("[value=folder]").remove();
      byId("colour").querySelector("[value=topic]").textContent = "Folder";
    }
    const laid = this.data.about.embedded ? "those close together are alike" : "those of one folder lie together";
    byId("hint").textContent = `Each point is a piece of code or text; ${laid}. Choose one to read it.`;
    byId("hint").hidden = this.data.length === 0;
    this.showTopics(!narrow());
    this.theme(document.documentElement.dataset.theme);
    this.stage.resize();
    this.camera.put(...this.camera.homeMiddle, this.camera.least);
    byId("notice").hidden = this.data.length > 0;
    byId("notice").textContent = "There is nothing on this map.";
    this.follow();
    // After a reload everything is where it was.
    if (Array.isArray(history.state?.seen)) this.camera.see(history.state.seen);
    this.started = true;
    // Where the browser does not tell when it is idle, the first letter typed waits for it.
    window.requestIdleCallback?.(() => this.find.prepare());
  }

  key(event) {
    const typing = /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName);
    const shows = document.querySelector("dialog[open]");
    if (typing || shows || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "/") {
      event.preventDefault();
      byId("query").select();
      byId("query").focus();
    } else if (event.key === "?") showAbout(this.data);
    else if (event.key === "Escape") this.close();
  }

  /* Opens something and flies there. */
  go(what) {
    this.show(what, true);
    if (!this.details.panel.hidden) this.details.panel.focus({ preventScroll: true });
  }

  show(what, fly) {
    const hash = linkTo(this.data, what);
    this.remember();
    this.apply(what, fly);
    if (hash && hash !== location.hash) location.hash = hash;
  }

  /* Opens what the address names, unless it is open already. */
  follow() {
    const { what, view, mode } = linked(this.data, location.hash);
    if (mode && byId("colour").querySelector(`[value=${mode}]`)) {
      byId("colour").value = mode;
      this.recolour(mode);
    }
    const link = linkTo(this.data, what);
    if (link !== linkTo(this.data, this.open)) this.apply(link ? what : NONE, !view);
    if (view) this.camera.see(view);
  }

  apply(what, fly) {
    const { picture, data, details } = this;
    this.open = what;
    if (what !== NONE) byId("hint").hidden = true;
    if (fly) this.hands.restart();
    picture.select(what);
    this.stage.hover(-1);
    this.topics.press(what.topic);
    if (narrow() && what !== NONE) this.showTopics(false);
    if (what.topic >= 0) {
      details.showTopic(what.topic);
      this.stage.inset();
      if (fly) this.camera.flyToBox(boxOf(data, data.chunksOf(what.topic), 0.05));
    } else if (what.chunk >= 0) {
      // The panel comes when the code is unpacked; room is made for it now, so that nothing moves twice.
      details.panel.hidden = false;
      details.showChunk(what.chunk, what.symbol, what.steps);
      this.stage.inset();
      this.approach(what.chunk, fly);
    } else {
      details.close();
      this.stage.inset();
    }
    this.stage.redraw();
  }

  /* Goes to a chunk: near enough to tell it from the others, or, without `fly`, only where a panel covers it. */
  approach(chunk, fly) {
    const { camera, data } = this;
    const near = Math.min(Math.max(Math.sqrt(data.length / 250), 1), 14);
    if (fly) camera.flyTo(data.x[chunk], data.y[chunk], Math.max(camera.scale, camera.base * near));
    else if (this.stage.isCovered(chunk)) camera.flyTo(data.x[chunk], data.y[chunk], camera.scale);
  }

  /* What is in view, as a list: the map for those who do not see it. */
  list() {
    if (narrow()) this.showTopics(false);
    this.details.showList(this.hands.inView(this.data.length));
    this.stage.inset();
    this.details.panel.focus({ preventScroll: true });
  }

  close() {
    if (this.open === NONE && this.details.panel.hidden) return;
    this.remember();
    this.apply(NONE, false);
    if (location.hash) location.hash = "";
    byId("map").focus({ preventScroll: true });
  }

  /* Keeps in the browser's history what is seen, for a reload. */
  remember() {
    history.replaceState({ seen: this.camera.seen }, "");
  }

  /* The camera has moved: draw, and once it rests, draw sharply. */
  moved() {
    if (this.started) byId("hint").hidden = true;
    this.picture.moving = true;
    clearTimeout(this.settling);
    this.settling = setTimeout(() => {
      this.picture.moving = false;
      if (this.picture.isRough) this.stage.redraw();
      this.remember();
    }, SETTLED_MS);
    this.stage.redraw();
  }

  /* `chosen` by hand: kept for the next visit, where the browser keeps anything for such a page. */
  theme(name, chosen = false) {
    if (chosen) kept("theme", name);
    document.documentElement.dataset.theme = name;
    byId("theme").textContent = name === "dark" ? "Light" : "Dark";
    this.recolour(this.picture.mode);
  }

  recolour(mode) {
    this.picture.colourBy(mode);
    this.topics.recolour();
    this.stage.redraw();
  }

  showTopics(shown) {
    byId("topics").hidden = !shown || this.data.topics.length === 0;
    byId("show-topics").setAttribute("aria-expanded", String(!byId("topics").hidden));
    this.stage.inset();
    this.stage.redraw();
  }
}

/* The box in which chunks lie. Without the outermost `trim` of them at each side: one stray must not decide what is seen. */
function boxOf(data, among, trim) {
  const cut = among.length < 20 ? 0 : Math.floor(among.length * trim);
  const [left, right, top, bottom] = [data.x, data.y].flatMap((axis) => {
    const sorted = Float32Array.from(among, (chunk) => axis[chunk]).sort();
    return [sorted[cut] ?? 0, sorted.at(-1 - cut) ?? 1];
  });
  const wide = (from, to) => (to - from < 0.02 ? [from - 0.01, to + 0.01] : [from, to]);
  const [[near, far], [above, below]] = [wide(left, right), wide(top, bottom)];
  return { left: near, right: far, top: above, bottom: below };
}

/* What the browser keeps under a name; with a value, keeps that. Some browsers keep nothing for a page opened from disk. */
function kept(name, value) {
  try {
    if (value) localStorage.setItem(`doctown-${name}`, value);
    return localStorage.getItem(`doctown-${name}`);
  } catch {
    return null;
  }
}

async function start() {
  const before = kept("theme");
  document.documentElement.dataset.theme = before === "dark" || before === "light" ? before : media("(prefers-color-scheme: dark)") ? "dark" : "light";
  try {
    const page = new Page(new Data(await source.about(), await unpacked("tables")));
    page.start();
    document.documentElement.dataset.ready = "yes";
  } catch (error) {
    byId("notice").textContent = "This page needs a browser of 2023 or newer.";
    console.error(error);
  }
}

start();
