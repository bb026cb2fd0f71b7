/* Lettering: text of a few short lines with a halo, measured once, drawn where there is room. A label never jumps: it
   stands at its place or not at all. */

const FAMILY = 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", "DejaVu Sans", sans-serif';
const LINE = 1.16;

const meets = (one, other) => one.left < other.right && one.right > other.left && one.top < other.bottom && one.bottom > other.top;

class Labels {
  constructor(context) {
    this.context = context;
    this.measured = new Map();
    this.boxes = [];
  }

  /* Forgets what the frame before has placed. */
  begin() {
    this.boxes = [];
  }

  /* The box that a label takes around (x, y), or above it where it has an `offset`. */
  boxAt(text, x, y, { size, weight = 600, offset = 0, wrap = 16 }) {
    const { lines, width } = this.layout(text, `${weight} ${size}px ${FAMILY}`, wrap);
    const height = lines.length * size * LINE;
    const middle = offset ? y - offset - height / 2 : y;
    const room = size * 0.2;
    return { left: x - width / 2 - room, right: x + width / 2 + room, top: middle - height / 2 - room / 2, bottom: middle + height / 2 + room / 2 };
  }

  isFree(box) {
    return !this.boxes.some((other) => meets(box, other));
  }

  /* Draws `text` if there is room, and keeps the room: true if it did. */
  put(text, x, y, style) {
    const box = this.boxAt(text, x, y, style);
    if (!this.isFree(box)) return false;
    this.boxes.push(box);
    this.draw(text, x, (box.top + box.bottom) / 2, style);
    return true;
  }

  /* Draws `text` with its middle at (x, middle), whatever lies there. */
  draw(text, x, middle, { size, weight = 600, colour, halo, wrap = 16 }) {
    const font = `${weight} ${size}px ${FAMILY}`;
    const { lines } = this.layout(text, font, wrap);
    const { context } = this;
    context.font = font;
    context.textAlign = "center";
    context.textBaseline = "middle";
    context.lineJoin = "round";
    context.lineWidth = Math.max(3, size / 4);
    context.strokeStyle = halo;
    context.fillStyle = colour;
    lines.forEach((line, row) => {
      const at = middle + (row - (lines.length - 1) / 2) * size * LINE;
      context.strokeText(line, x, at);
      context.fillText(line, x, at);
    });
  }

  /* At most three lines of about `wrap` characters; longer words are cut. */
  layout(text, font, wrap) {
    const key = `${font}|${wrap}|${text}`;
    let found = this.measured.get(key);
    if (!found) {
      const lines = [];
      for (const word of oneLine(text).split(" ")) {
        const short = word.length > 28 ? `${word.slice(0, 27)}…` : word;
        const last = lines.length - 1;
        if (last >= 0 && (lines[last].length + short.length < wrap || lines.length === 3)) lines[last] += ` ${short}`;
        else lines.push(short);
      }
      const kept = lines.map((line) => (line.length > 36 ? `${line.slice(0, 35)}…` : line));
      this.context.font = font;
      found = { lines: kept, width: Math.max(...kept.map((line) => this.context.measureText(line).width)) };
      if (this.measured.size > 5000) this.measured.clear();
      this.measured.set(key, found);
    }
    return found;
  }
}
