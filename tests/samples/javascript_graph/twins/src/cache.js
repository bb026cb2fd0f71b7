export class Cache {
  rows = new Map();

  get(key, make) {
    if (!this.rows.has(key)) {
      this.rows.set(key, make());
    }
    return this.rows.get(key);
  }

  set(key, value) {
    this.rows.set(key, value);
    return this;
  }

  has(key) {
    return this.rows.has(key);
  }

  run() {
    return this.rows.size;
  }
}
