/* The stage: how large it is, what covers it, when it is drawn, and the words beside the point that is hovered over. */

class Stage {
  constructor({ data, camera, picture }) {
    Object.assign(this, { data, camera, picture });
    new ResizeObserver(() => this.resize()).observe(byId("stage"));
  }

  resize() {
    const { clientWidth, clientHeight } = byId("stage");
    if (clientWidth === 0 || clientHeight === 0) return;
    const { zoom } = this.camera;
    this.inset(true);
    this.picture.resize(clientWidth, clientHeight, Math.min(devicePixelRatio || 1, 2));
    this.camera.scale = this.camera.base * zoom;
    this.draw();
  }

  /* Tells the camera what the panels leave free; what is on the screen stays where it is, unless it is `resized`. */
  inset(resized = false) {
    const { clientWidth, clientHeight } = byId("stage");
    const [topics, details] = [byId("topics"), byId("details")].map((panel) => (panel.hidden ? null : panel.getBoundingClientRect()));
    const inset = { left: 0, right: 0, top: 0, bottom: 0 };
    if (narrow()) inset.bottom = Math.min(Math.max(topics?.height ?? 0, details?.height ?? 0), clientHeight * 0.7);
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

  isCovered(chunk) {
    const [x, y] = this.camera.toScreen(this.data.x[chunk], this.data.y[chunk]);
    const stage = byId("stage").getBoundingClientRect();
    return ["topics", "details"].map(byId).filter((panel) => !panel.hidden).some((panel) => {
      const { left, right, top, bottom } = panel.getBoundingClientRect();
      return x > left - stage.left - 12 && x < right - stage.left + 12 && y > top - stage.top - 12 && y < bottom - stage.top + 12;
    });
  }

  hover(chunk) {
    this.picture.hovered = chunk;
    const tip = byId("tip");
    tip.hidden = chunk < 0;
    if (chunk >= 0) {
      const topic = this.data.topics[this.data.topic[chunk]];
      const [name, place, group] = tip.children;
      name.textContent = oneLine(this.data.title(chunk));
      place.textContent = oneLine(this.data.place(chunk));
      group.textContent = topic ? oneLine(topic.label) : "";
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

  redraw() {
    this.waiting ||= requestAnimationFrame(() => {
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
