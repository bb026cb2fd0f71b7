/* The start, and the one place that knows what is open: everything else is told. */

const NONE = { chunk: -1, symbol: -1, topic: -1 };
const media = (query) => matchMedia(query).matches;
const narrow = () => media("(max-width: 900px)");

class Page {
  constructor(data) {
    this.data = data;
    this.open = NONE;
    const camera = new Camera(boxOf(data, [...data.x.keys()], 0), () => this.redraw());
    this.camera = camera;
    this.picture = new Picture(data, camera, { glow: byId("glow"), points: byId("points"), over: byId("map") });
    this.picture.covered = () => this.coveredBoxes();
    const go = {
      chunk: (chunk) => this.go({ ...NONE, chunk, symbol: data.titles[chunk] }),
      symbol: (symbol) => this.go({ ...NONE, symbol, chunk: data.symbols.chunk[symbol] }),
      topic: (topic) => this.go({ ...NONE, topic }),
      close: () => this.close(),
      link: () => location.href.split("#")[0] + linkTo(data, this.open),
    };
    this.topics = new Topics(data, this.picture, (topic) => (this.open.topic === topic ? this.close() : go.topic(topic)));
    this.details = new Details(data, this.picture, go);
    this.find = new Find(data, go);
    this.hands = new MapHands(byId("map"), this.picture, {
      chosen: (chunk, byKey) => {
        if (chunk < 0) return this.close();
        this.show({ ...NONE, chunk, symbol: data.titles[chunk] }, false);
        if (byKey) this.details.panel.focus({ preventScroll: true });
      },
      hovered: (chunk) => this.hover(chunk),
    });
    this.wire();
    new ResizeObserver(() => this.resize()).observe(byId("stage"));
  }

  wire() {
    const click = (id, act) => byId(id).addEventListener("click", act);
    click("zoom-in", () => this.camera.zoomBy(1.6));
    click("zoom-out", () => this.camera.zoomBy(1 / 1.6));
    click("zoom-fit", () => this.camera.flyHome());
    click("theme", () => this.theme(isDark() ? "light" : "dark"));
    click("show-topics", () => this.showTopics(byId("topics").hidden));
    click("show-about", () => showAbout(this.data, () => saveCanvas(this.picture.copy(), `${this.data.about.name}-map`)));
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
    this.resize();
    this.camera.put(...this.camera.homeMiddle, this.camera.least);
    byId("notice").hidden = this.data.length > 0;
    byId("notice").textContent = "There is nothing on this map.";
    this.follow();
  }

  key(event) {
    const typing = /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName);
    if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      byId("query").select();
      byId("query").focus();
    } else if (event.key === "Escape" && !typing && !byId("about-dialog").open) this.close();
  }

  /* Opens something and flies there. */
  go(what) {
    this.show(what, true);
    if (!this.details.panel.hidden) this.details.panel.focus({ preventScroll: true });
  }

  show(what, fly) {
    const hash = linkTo(this.data, what);
    this.apply(what, fly);
    if (hash && hash !== location.hash) location.hash = hash;
  }

  /* Opens what the address names, unless it is open already. */
  follow() {
    const what = linked(this.data, location.hash);
    const link = linkTo(this.data, what);
    if (link !== linkTo(this.data, this.open)) this.apply(link ? what : NONE, true);
  }

  apply(what, fly) {
    const { picture, data } = this;
    this.open = what;
    if (what !== NONE) byId("hint").hidden = true;
    if (fly) this.hands.restart();
    picture.selected = { chunk: what.chunk, symbol: what.symbol };
    picture.litTopic = what.topic;
    picture.lit = null;
    this.hover(-1);
    this.topics.press(what.topic);
    if (narrow() && what !== NONE) this.showTopics(false);
    if (what.topic >= 0) {
      const members = data.chunksOf(what.topic);
      picture.lit = new Uint8Array(data.length);
      for (const chunk of members) picture.lit[chunk] = 1;
      this.details.showTopic(what.topic);
      this.inset();
      if (fly) this.camera.flyToBox(boxOf(data, members));
    } else if (what.chunk >= 0) {
      // The panel comes when the code is unpacked; room is made for it now, so that nothing moves twice.
      this.details.panel.hidden = false;
      this.details.showChunk(what.chunk, what.symbol);
      this.inset();
      const { camera } = this;
      if (fly || this.isCovered(what.chunk)) camera.flyTo(data.x[what.chunk], data.y[what.chunk], fly ? Math.max(camera.scale, camera.least * this.nearZoom()) : camera.scale);
    } else {
      this.details.close();
      this.inset();
    }
    this.redraw();
  }

  isCovered(chunk) {
    const [x, y] = this.camera.toScreen(this.data.x[chunk], this.data.y[chunk]);
    return this.coveredBoxes().some(({ left, right, top, bottom }) => x > left - 12 && x < right + 12 && y > top - 12 && y < bottom + 12);
  }

  /* So near that some tens of points are in view. */
  nearZoom() {
    return Math.min(Math.max(Math.sqrt(this.data.length / 250), 1), 14);
  }

  close() {
    if (this.open === NONE) return;
    this.apply(NONE, false);
    if (location.hash) location.hash = "";
    byId("map").focus({ preventScroll: true });
  }

  hover(chunk) {
    this.picture.hovered = chunk;
    const tip = byId("tip");
    tip.hidden = chunk < 0;
    if (chunk >= 0) {
      tip.children[0].textContent = oneLine(this.data.title(chunk));
      tip.children[1].textContent = oneLine(this.data.place(chunk));
    }
    this.redraw();
  }

  placeTip(chunk) {
    const tip = byId("tip");
    const [x, y] = this.camera.toScreen(this.data.x[chunk], this.data.y[chunk]);
    const left = Math.min(Math.max(x - tip.offsetWidth / 2, 8), this.camera.width - tip.offsetWidth - 8);
    const away = this.picture.radius + 10;
    const above = y - tip.offsetHeight - away;
    tip.style.transform = `translate(${Math.round(left)}px, ${Math.round(above < 6 ? y + away : above)}px)`;
  }

  theme(name) {
    document.documentElement.dataset.theme = name;
    byId("theme").textContent = name === "dark" ? "Light" : "Dark";
    this.recolour(this.picture.mode);
  }

  recolour(mode) {
    this.picture.colourBy(mode);
    this.topics.recolour();
    this.redraw();
  }

  showTopics(shown) {
    byId("topics").hidden = !shown || this.data.topics.length === 0;
    byId("show-topics").setAttribute("aria-expanded", String(!byId("topics").hidden));
    this.inset();
    this.redraw();
  }

  resize() {
    const { clientWidth, clientHeight } = byId("stage");
    if (clientWidth === 0 || clientHeight === 0) return;
    const zoom = this.camera.zoom;
    this.picture.resize(clientWidth, clientHeight, Math.min(devicePixelRatio || 1, 2));
    this.inset(true);
    this.camera.scale = this.camera.least * zoom;
    this.draw();
  }

  /* Tells the camera what the panels leave free; what is on the screen stays where it is, unless it is `resized`. */
  inset(resized = false) {
    const { clientWidth, clientHeight } = byId("stage");
    const [topics, details] = [byId("topics"), this.details.panel].map((panel) => (panel.hidden ? null : panel.getBoundingClientRect()));
    const inset = { left: 0, right: 0, top: 0, bottom: 0 };
    if (narrow()) inset.bottom = Math.max(topics?.height ?? 0, details?.height ?? 0);
    else {
      inset.left = topics ? topics.width + 14 : 0;
      inset.right = details ? details.width + 14 : 0;
    }
    const before = this.camera.inset && this.camera.middle;
    this.camera.resize(clientWidth, clientHeight, inset);
    const [x, y] = this.camera.middle;
    if (before && !resized && (before[0] !== x || before[1] !== y)) {
      this.camera.moveBy(before[0] - x, before[1] - y);
    }
  }

  coveredBoxes() {
    const stage = byId("stage").getBoundingClientRect();
    return ["topics", "details"].map(byId).filter((panel) => !panel.hidden).map((panel) => {
      const { left, right, top, bottom } = panel.getBoundingClientRect();
      return { left: left - stage.left, right: right - stage.left, top: top - stage.top, bottom: bottom - stage.top };
    });
  }

  redraw() {
    if (this.waiting) return;
    this.waiting = requestAnimationFrame(() => {
      this.waiting = 0;
      this.draw();
    });
  }

  draw() {
    if (!this.picture.density || !this.camera.inset) return;
    this.picture.draw();
    const [x, y] = this.camera.middle;
    byId("cross").style.transform = `translate(${Math.round(x)}px, ${Math.round(y)}px)`;
    if (this.picture.hovered >= 0) this.placeTip(this.picture.hovered);
  }
}

/* The box in which chunks lie. Without the outermost `trim` of them at each side: one stray must not decide what is seen. */
function boxOf(data, among, trim = 0.05) {
  const cut = among.length < 20 ? 0 : Math.floor(among.length * trim);
  const [left, right, top, bottom] = [data.x, data.y].flatMap((axis) => {
    const sorted = Float32Array.from(among, (chunk) => axis[chunk]).sort();
    return [sorted[cut] ?? 0, sorted.at(-1 - cut) ?? 1];
  });
  const wide = (from, to) => (to - from < 0.02 ? [from - 0.01, to + 0.01] : [from, to]);
  const [[near, far], [above, below]] = [wide(left, right), wide(top, bottom)];
  return { left: near, right: far, top: above, bottom: below };
}

async function start() {
  document.documentElement.dataset.theme = media("(prefers-color-scheme: dark)") ? "dark" : "light";
  try {
    const about = JSON.parse(byId("about").textContent);
    const page = new Page(new Data(about, await unpacked("tables")));
    page.start();
    document.documentElement.dataset.ready = "yes";
  } catch (error) {
    byId("notice").textContent = "This page needs a browser of 2023 or newer.";
    console.error(error);
  }
}

start();
