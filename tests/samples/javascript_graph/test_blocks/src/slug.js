export function slug(text, options = {}) {
  const clean = strip(text);
  return options.lower === false ? clean : lower(clean);
}

export function strip(text) {
  return text.replace(/\W+/g, "-");
}

const lower = (text) => text.toLowerCase();

export class Slugger {
  seen = new Map();

  make(text) {
    const made = slug(text);
    return this.unique(made);
  }

  unique(text) {
    const count = this.seen.get(text) ?? 0;
    this.seen.set(text, count + 1);
    return count ? `${text}-${count}` : text;
  }

  reset() {
    this.seen.clear();
  }
}
