// What is stored from now on, as it is stored: one event stream for a view.
//
// Rule 1: it goes on after the last record that came, however often it is cut off.
// Rule 2: while it is cut off the window hears of it ("connection"), so that nobody takes what is shown for
//         what is.
// Rule 3: a browser gives up on a stream that is refused. Then the server is asked why: what passes is waited
//         for, anything else, such as a login that has ended, is told to the view.
// Rule 4: a browser has few connections to a server, for all its tabs together. A page that nobody sees lets go
//         of its stream, unless it plays, and goes on when it is seen again.

import { again } from "./advice.js";
import { get, withQuery } from "./api.js";

const EVENTS = "/api/v1/events";
const PAUSE = 400; // milliseconds
const SOON = 1; // seconds

// Call `told(records)` with what came in, gathered for a moment so that a flood is told a few times a second;
// `refused(error)` when no more will come. Of one session, where one is named: the server then tells of nothing
// else. `playing()`: whether it is heard, also where it is not seen.
export function follow({ log = null, session = null, after }, told, refused, signal, playing = () => false) {
  return new Following({ log, session }, after, { told, refused, playing }, signal);
}

class Following {
  constructor(of, after, hooks, signal) {
    Object.assign(this, { of, after, signal, gathered: [], ...hooks });
    signal.addEventListener("abort", () => this.close());
    document.addEventListener("visibilitychange", () => this.look(), { signal });
    this.look();
  }

  // Whether anybody looks.
  look() {
    if (document.hidden && !this.playing()) this.rest();
    else if (!this.stream) this.open();
  }

  path(query = {}) {
    return withQuery(EVENTS, { ...this.of, after: this.after, ...query });
  }

  open() {
    this.stream = new EventSource(this.path());
    this.stream.addEventListener("open", () => connection(true));
    this.stream.addEventListener("message", ({ data }) => this.take(JSON.parse(data)));
    this.stream.addEventListener("error", () => this.lost());
  }

  take(record) {
    this.after = Math.max(this.after, record.position);
    this.gathered.push(record);
    this.telling ??= setTimeout(() => this.tell(), PAUSE);
  }

  tell() {
    const records = this.gathered;
    this.telling = null;
    this.gathered = [];
    this.told(records);
  }

  lost() {
    connection(false);
    if (this.stream.readyState !== EventSource.CLOSED) return;
    this.stream = null;
    this.askWhy();
  }

  async askWhy() {
    let wait = SOON;
    try {
      await get(this.path({ limit: 1 }), this.signal);
    } catch (error) {
      wait = again(error);
      if (wait === null && !this.signal.aborted) this.refused(error);
    }
    if (wait !== null && !this.signal.aborted) this.later = setTimeout(() => this.look(), wait * 1000);
  }

  rest() {
    clearTimeout(this.later);
    this.stream?.close();
    this.stream = null;
    connection(true);
  }

  close() {
    clearTimeout(this.telling);
    this.rest();
  }
}

function connection(there) {
  dispatchEvent(new CustomEvent("connection", { detail: there }));
}

// Whether something was erased: what is shown may be gone then, whoever it was of.
export function erasing(records) {
  return records.some(({ type, erased }) => erased || type === "event-erased");
}
