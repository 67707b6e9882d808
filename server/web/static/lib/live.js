// What is stored from now on, as it is stored: one event stream for a view.
//
// Rule 1: it goes on after the last record that came, however often it is cut off.
// Rule 2: while it is cut off the window hears of it ("connection"), so that nobody takes what is shown for
//         what is.
// Rule 3: a browser gives up on a stream that is refused. Then the server is asked why: what passes is waited
//         for, anything else, such as a login that has ended, is told to the view.

import { again } from "./advice.js";
import { get, withQuery } from "./api.js";

const EVENTS = "/api/v1/events";
const PAUSE = 400; // milliseconds
const SOON = 1; // seconds

// Call `told(records)` with what came in, gathered for a moment so that a flood is told a few times a second;
// `refused(error)` when no more will come. Of one session, where one is named: the server then tells of nothing
// else.
export function follow({ log = null, session = null, after }, told, refused, signal) {
  return new Following({ log, session }, after, told, refused, signal);
}

class Following {
  constructor(of, after, told, refused, signal) {
    Object.assign(this, { of, after, told, refused, signal, gathered: [] });
    signal.addEventListener("abort", () => this.close());
    this.open();
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
    if (this.stream.readyState === EventSource.CLOSED) this.askWhy();
  }

  async askWhy() {
    let wait = SOON;
    try {
      await get(this.path({ limit: 1 }), this.signal);
    } catch (error) {
      wait = again(error);
      if (wait === null && !this.signal.aborted) this.refused(error);
    }
    if (wait !== null && !this.signal.aborted) this.later = setTimeout(() => this.open(), wait * 1000);
  }

  close() {
    clearTimeout(this.telling);
    clearTimeout(this.later);
    this.stream.close();
    connection(true);
  }
}

function connection(there) {
  dispatchEvent(new CustomEvent("connection", { detail: there }));
}

// Whether something was erased: what is shown may be gone then, whoever it was of.
export function erasing(records) {
  return records.some(({ type, erased }) => erased || type === "event-erased");
}
