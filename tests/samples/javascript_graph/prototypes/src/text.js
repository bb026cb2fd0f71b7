"use strict";

// A module that is one object with methods.
const text = {
  separator: ", ",

  join(words) {
    return words.map((word) => this.clean(word)).join(this.separator);
  },

  clean(word) {
    return word.trim();
  },

  upper: function (word) {
    return text.clean(word).toUpperCase();
  },

  size: (word) => text.clean(word).length,

  get length() {
    return this.separator.length;
  },
};

module.exports = text;
