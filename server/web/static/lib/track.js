// Things in time on one line, found by time. A thing has `offset` and `duration` in seconds (0 where it has
// none).
// Rule: what is drawn costs the pixels it covers, never the number of things (see `columns`).

export class Track {
  constructor(items) {
    this.items = [...items].sort((a, b) => a.offset - b.offset);
    this.starts = Float64Array.from(this.items, (item) => item.offset);
    this.reaches = new Float64Array(this.items.length);
    let reach = -Infinity;
    this.items.forEach((item, index) => {
      reach = Math.max(reach, item.offset + (item.duration ?? 0));
      this.reaches[index] = reach;
    });
  }

  get size() {
    return this.items.length;
  }

  // The index of the first thing that may still go on at a moment.
  from(at) {
    return search(this.reaches, 0, at);
  }

  // The index of the first thing, from `index` on, that begins at a moment or later.
  next(at, index = 0) {
    return search(this.starts, index, at);
  }

  // The index of the last thing that began at a moment or before it; -1 when none had.
  last(at) {
    const index = this.next(at);
    return this.starts[index] === at ? index : index - 1;
  }

  // The things that sound at a moment.
  at(moment) {
    const found = [];
    for (let index = this.from(moment); index < this.size && this.starts[index] <= moment; index++) {
      const item = this.items[index];
      if (item.offset + (item.duration ?? 0) > moment) found.push(item);
    }
    return found;
  }

  // Call `paint(item, x, width, hidden)` for what is seen, two at most for each column of pixels: the first
  // that begins in it, and the last, which alone can be longer. `hidden` is how many between them were passed
  // over.
  columns(view, width, paint) {
    const scale = width / (view.stop - view.start);
    let index = this.from(view.start);
    while (index < this.size && this.starts[index] < view.stop) {
      const item = this.items[index];
      const x = (item.offset - view.start) * scale;
      const edge = view.start + (Math.floor(x) + 1) / scale;
      const last = Math.max(index, this.next(edge, index + 1) - 1);
      paint(item, x, (item.duration ?? 0) * scale, Math.max(0, last - index - 1));
      index = last > index ? last : index + 1;
    }
  }
}

// The least index, from `low` on, whose value is at least `wanted`; the values rise.
function search(values, low, wanted) {
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (values[middle] < wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}
