/* The hands on the map: mouse, touch and keyboard move it; pointing shows what is there, clicking opens it. */

const REACH = 14;
const KEY_STEP = 70;
const STEPPING = new Set([".", ",", "Enter"]);

class MapHands {
  /* `events`: {chosen(chunk, byKey), hovered(chunk)}. */
  constructor(canvas, picture, events) {
    Object.assign(this, { canvas, picture, events });
    this.camera = picture.camera;
    this.pointers = new Map();
    this.travelled = 0;
    this.steps = [];
    const listen = (name, hear, options) => canvas.addEventListener(name, hear, options);
    listen("pointerdown", (event) => this.down(event));
    listen("pointermove", (event) => this.move(event));
    listen("pointerup", (event) => this.up(event));
    listen("pointercancel", (event) => this.drop(event));
    listen("pointerleave", () => this.hover(-1));
    listen("wheel", (event) => this.wheel(event), { passive: false });
    listen("dblclick", (event) => this.camera.zoomBy(2, event.offsetX, event.offsetY));
    listen("keydown", (event) => this.key(event));
  }

  chunkAt(x, y) {
    const [mapX, mapY] = this.camera.toMap(x, y);
    return this.picture.grid.nearest(mapX, mapY, Math.max(REACH, this.picture.radius + 3) / this.camera.scale, this.camera.stretch);
  }

  down(event) {
    if (event.button !== 0) return;
    this.canvas.setPointerCapture(event.pointerId);
    this.pointers.set(event.pointerId, [event.offsetX, event.offsetY]);
    if (this.pointers.size === 1) this.travelled = 0;
  }

  move(event) {
    const before = this.pointers.get(event.pointerId);
    if (!before) {
      if (event.pointerType === "mouse") this.hover(this.chunkAt(event.offsetX, event.offsetY));
      return;
    }
    const now = [event.offsetX, event.offsetY];
    const other = [...this.pointers].find(([id]) => id !== event.pointerId)?.[1];
    this.pointers.set(event.pointerId, now);
    this.travelled += Math.hypot(now[0] - before[0], now[1] - before[1]);
    if (this.travelled < 4) return;
    this.canvas.classList.add("busy");
    this.restart();
    this.hover(-1);
    const share = other ? 0.5 : 1;
    this.camera.moveBy((now[0] - before[0]) * share, (now[1] - before[1]) * share);
    if (other) {
      const apart = (at) => Math.max(Math.hypot(at[0] - other[0], at[1] - other[1]), 1);
      this.camera.zoomBy(apart(now) / apart(before), (now[0] + other[0]) / 2, (now[1] + other[1]) / 2);
    }
  }

  up(event) {
    const alone = this.pointers.size === 1 && this.pointers.has(event.pointerId);
    this.drop(event);
    if (alone && this.travelled < 4) this.events.chosen(this.chunkAt(event.offsetX, event.offsetY));
  }

  drop(event) {
    this.pointers.delete(event.pointerId);
    this.canvas.classList.remove("busy");
  }

  hover(chunk) {
    if (chunk === this.picture.hovered) return;
    this.canvas.classList.toggle("over", chunk >= 0);
    this.events.hovered(chunk);
  }

  wheel(event) {
    event.preventDefault();
    this.restart();
    const lines = event.deltaMode === 1 ? 16 : event.deltaMode === 2 ? 400 : 1;
    const speed = event.ctrlKey ? 0.012 : 0.0016;
    const amount = Math.min(Math.max(event.deltaY * lines, -240), 240);
    this.camera.zoomBy(Math.exp(-amount * speed), event.offsetX, event.offsetY);
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const acts = {
      ArrowLeft: () => this.camera.moveBy(KEY_STEP, 0),
      ArrowRight: () => this.camera.moveBy(-KEY_STEP, 0),
      ArrowUp: () => this.camera.moveBy(0, KEY_STEP),
      ArrowDown: () => this.camera.moveBy(0, -KEY_STEP),
      "+": () => this.camera.zoomBy(1.4),
      "=": () => this.camera.zoomBy(1.4),
      "-": () => this.camera.zoomBy(1 / 1.4),
      0: () => this.camera.flyHome(),
      ".": () => this.step(1),
      ",": () => this.step(-1),
      Enter: () => this.events.chosen(this.picture.hovered >= 0 ? this.picture.hovered : this.chunkInMiddle(), true),
    };
    const act = acts[event.key];
    if (!act) return;
    event.preventDefault();
    if (!STEPPING.has(event.key)) this.restart();
    act();
  }

  chunkInMiddle() {
    return this.picture.grid.nearest(this.camera.x, this.camera.y, 80 / this.camera.scale, this.camera.stretch);
  }

  /* The next step begins in the middle again: that is another place now. */
  restart() {
    this.steps = [];
  }

  /* The chunks in the uncovered part of the view, the nearest to its middle first, at most `most`. */
  inView(most, reachX = this.camera.freeWidth / 2, reachY = this.camera.freeHeight / 2) {
    const { x, y, scale, scaleDown, stretch } = this.camera;
    const { xs, ys } = this.picture.grid;
    const [across, down] = [reachX / scale, reachY / scaleDown];
    const apart = (i) => (xs[i] - x) ** 2 + ((ys[i] - y) * stretch) ** 2;
    const found = [];
    this.picture.grid.within(x - across, y - down, x + across, y + down, (among) => {
      for (const i of among) if (Math.abs(xs[i] - x) <= across && Math.abs(ys[i] - y) <= down) found.push(i);
    });
    return found.sort((a, b) => apart(a) - apart(b) || a - b).slice(0, most);
  }

  /* Hovers over the points around the middle one after the other, from near to far. */
  step(by) {
    if (this.steps.length === 0) {
      this.steps = this.inView(200, 200, 200);
      this.at = by > 0 ? -1 : 0;
    }
    if (this.steps.length === 0) return tell("No points here.");
    this.at = (this.at + by + this.steps.length) % this.steps.length;
    this.hover(this.steps[this.at]);
    tell(`${oneLine(this.picture.data.title(this.steps[this.at]))}, ${oneLine(this.picture.data.place(this.steps[this.at]))}`);
  }
}
