// Work that is done again when something comes.
//
// Rule 1: at most once a second, and never twice at the same time; what comes while it is under way is looked
//         at next.
// Rule 2: a refusal that passes is waited for; any other is told.

import { again } from "./advice.js";

const EVERY = 1000; // milliseconds

export class Pace {
  // `work()` gives a promise; `refused(error)`: what stands in the way of going on.
  constructor(work, refused, signal) {
    Object.assign(this, { work, refused, signal, later: null, behind: false });
    signal.addEventListener("abort", () => clearTimeout(this.later));
  }

  ask() {
    this.behind = true;
    this.later ??= setTimeout(
      () => this.run(),
      Math.max(0, EVERY - (performance.now() - (this.ran ?? -EVERY))),
    );
  }

  async run() {
    this.ran = performance.now();
    this.behind = false;
    try {
      await this.work();
      this.later = null;
      if (this.behind && !this.signal.aborted) this.ask();
    } catch (error) {
      this.later = null;
      const seconds = again(error);
      if (this.signal.aborted) return;
      if (seconds === null) this.refused(error);
      else this.later = setTimeout(() => this.run(), seconds * 1000);
    }
  }
}
