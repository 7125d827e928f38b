// What was received already: the greatest number of each epoch (docs/protocol.md: ORD-2).
"use strict";

const MOST_EPOCHS = 4096;

class Sequences {
  constructor() {
    this.greatest = new Map();
  }

  // Is it greater than all before of its epoch? Then it is remembered.
  isNew({ epoch, count }) {
    if (count <= (this.greatest.get(epoch) ?? 0n)) return false;
    this.greatest.delete(epoch); // to the end: the last one heard of
    this.greatest.set(epoch, count);
    if (this.greatest.size > MOST_EPOCHS) this.greatest.delete(this.greatest.keys().next().value);
    return true;
  }
}

module.exports = { Sequences };
