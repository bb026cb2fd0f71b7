/* Where one looks: a point of the map and how many pixels one unit of it takes. The map's own units run from 0 to 1; they
   may be a little longer downwards than across, or shorter, so that the square fills a screen that is none. */

const MOST_STRETCH = 2.1;

/* Pixels that are left free when all is shown, up to a third of a narrow stage: names reach further out than points. */
const marginOf = (pixels) => Math.min(150, Math.max(pixels * 0.2, Math.min(110, pixels / 3)));

class Camera {
  /* `home`: the box {left, right, top, bottom} in which everything lies. */
  constructor(home, changed) {
    Object.assign(this, { home, changed });
    this.x = this.y = 0.5;
    this.scale = this.base = 600;
    this.stretch = 1;
    this.width = this.height = 0;
    this.flight = 0;
  }

  /* `inset`: pixels at each side {left, right, top, bottom} that are covered by panels. How the square is stretched, and
     what zooming is measured against, follows from the size of the stage and what is always covered alone. */
  resize(width, height, inset) {
    const resized = width !== this.width || height !== this.height;
    Object.assign(this, { width, height, inset });
    if (!resized) return;
    const across = this.acrossOf(width - inset.left);
    const down = this.downOf(height);
    this.stretch = Math.min(Math.max(down / across, 1 / MOST_STRETCH), MOST_STRETCH);
    this.base = Math.max(40, Math.min(across, down / this.stretch));
  }

  acrossOf(pixels) {
    return (pixels - marginOf(pixels)) / (this.home.right - this.home.left);
  }

  downOf(pixels) {
    return (pixels - marginOf(pixels) * 0.75) / (this.home.bottom - this.home.top);
  }

  /* The scale at which everything can be seen between the panels. */
  get least() {
    return Math.max(40, Math.min(this.acrossOf(this.freeWidth), this.downOf(this.freeHeight) / this.stretch));
  }

  get freeWidth() {
    return this.width - this.inset.left - this.inset.right;
  }

  get freeHeight() {
    return this.height - this.inset.top - this.inset.bottom;
  }

  get homeMiddle() {
    return [(this.home.left + this.home.right) / 2, (this.home.top + this.home.bottom) / 2];
  }

  /* The middle of what is not covered. */
  get middle() {
    return [this.inset.left + this.freeWidth / 2, this.inset.top + this.freeHeight / 2];
  }

  get zoom() {
    return this.scale / this.base;
  }

  /* What one sees, whatever the size of the screen: [x, y, zoom]. */
  get seen() {
    return [this.x, this.y, this.zoom];
  }

  see([x, y, zoom]) {
    this.settle(x, y, this.bounded(zoom * this.base));
  }

  get scaleDown() {
    return this.scale * this.stretch;
  }

  toScreen(x, y) {
    const [middleX, middleY] = this.middle;
    return [(x - this.x) * this.scale + middleX, (y - this.y) * this.scaleDown + middleY];
  }

  toMap(screenX, screenY) {
    const [middleX, middleY] = this.middle;
    return [(screenX - middleX) / this.scale + this.x, (screenY - middleY) / this.scaleDown + this.y];
  }

  moveBy(pixelsX, pixelsY) {
    this.settle(this.x - pixelsX / this.scale, this.y - pixelsY / this.scaleDown, this.scale);
  }

  zoomBy(factor, screenX = this.middle[0], screenY = this.middle[1]) {
    const [x, y] = this.toMap(screenX, screenY);
    const scale = this.bounded(this.scale * factor);
    const kept = this.scale / scale;
    this.settle(x + (this.x - x) * kept, y + (this.y - y) * kept, scale);
  }

  bounded(scale) {
    return Math.min(Math.max(scale, Math.min(this.least, this.base) * 0.5), this.base * 400);
  }

  settle(x, y, scale) {
    cancelAnimationFrame(this.flight);
    this.flight = 0;
    this.put(x, y, scale);
  }

  put(x, y, scale) {
    this.x = Math.min(Math.max(x, -0.2), 1.2);
    this.y = Math.min(Math.max(y, -0.2), 1.2);
    this.scale = scale;
    this.changed();
  }

  /* Moves there smoothly, or at once for those who want less motion. */
  flyTo(x, y, scale) {
    cancelAnimationFrame(this.flight);
    const from = { x: this.x, y: this.y, scale: this.scale };
    const to = this.bounded(scale);
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) return this.settle(x, y, to);
    const began = performance.now();
    const step = (now) => {
      const t = Math.min(Math.max((now - began) / 420, 0), 1);
      const eased = t < 0.5 ? 4 * t ** 3 : 1 - (2 - 2 * t) ** 3 / 2;
      this.put(from.x + (x - from.x) * eased, from.y + (y - from.y) * eased, from.scale * (to / from.scale) ** eased);
      this.flight = t < 1 ? requestAnimationFrame(step) : 0;
    };
    this.flight = requestAnimationFrame(step);
  }

  /* Shows a box of the map {left, right, top, bottom} whole. */
  flyToBox(box) {
    const across = (this.freeWidth * 0.8) / Math.max(box.right - box.left, 0.02);
    const down = (this.freeHeight * 0.8) / Math.max(box.bottom - box.top, 0.02) / this.stretch;
    this.flyTo((box.left + box.right) / 2, (box.top + box.bottom) / 2, Math.min(across, down, this.base * 40));
  }

  flyHome() {
    this.flyTo(...this.homeMiddle, this.least);
  }
}
