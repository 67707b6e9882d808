// What a session's page asks of the server, and when: the replay, the records, what is new.

import { get, sessionPath } from "./api.js";

const PAGE = 1000;

export class SessionSource {
  constructor({ log, session }, signal) {
    this.of = { log, session };
    this.signal = signal;
    this.replays = new Map();
  }

  path(part, query) {
    return sessionPath(this.of.log, this.of.session, part, query);
  }

  summary() {
    return get(this.path(""), this.signal);
  }

  // What is known, or what was at a position. An older one does not change, and the newest few are kept.
  async replay(position = null, signal = this.signal) {
    if (position === null) return get(this.path("/replay"), signal);
    const kept = this.replays.get(position);
    if (kept) return kept;
    const found = await get(this.path("/replay", { as_of: position }), signal);
    this.replays.set(position, found);
    if (this.replays.size > 50) this.replays.delete(this.replays.keys().next().value);
    return found;
  }

  // All records, a page at a time.
  async *records() {
    let path = this.path("/events", { limit: PAGE });
    while (path) {
      const page = await get(path, this.signal);
      yield page.events;
      path = page.next;
    }
  }
}
