// What a session's page asks of the server: the session, its replay now or as of a position, its records.

import { get, getWhole, links, sessionPath } from "./api.js";

const PAGE = 1000;
const KEPT = 60;

export class SessionSource {
  constructor({ log, session }, signal) {
    this.of = { log, session };
    this.signal = signal;
    this.past = new Map();
    this.formats = [];
  }

  path(part, query) {
    return sessionPath(this.of.log, this.of.session, part, query);
  }

  summary(query) {
    return get(this.path("", query), this.signal);
  }

  // All that is known: {replay, position}, the position that the server's views stood at.
  async now(query = {}) {
    const { document, headers } = await getWhole(this.path("/replay", query), this.signal);
    this.formats = links(headers.get("Link"), "alternate").map(({ href, type }) => ({
      ending: href.split("?")[0].replace(/^.*replay\./, ""),
      type,
    }));
    return { replay: document, position: Number(headers.get("Playhead-Position")) };
  }

  // What was known at a position. That does not change, so the last few are kept; not what is on its way when all
  // is forgotten.
  async then(position, query, signal) {
    const path = this.path("/replay", { ...query, as_of: position });
    const { past } = this;
    const kept = past.get(path) ?? (await get(path, signal));
    past.delete(path);
    past.set(path, kept);
    if (past.size > KEPT) past.delete(past.keys().next().value);
    return kept;
  }

  // What was playing at a moment, or why nothing was.
  explain(at, query) {
    return get(this.path("/explain", { ...query, at: at.toFixed(6).replace(/\.?0+$/, "") }), this.signal);
  }

  // What differs between this session and another; or, with itself, between a position and now.
  compare(other, query, signal = this.signal) {
    return get(this.path(`/compare/${encodeURIComponent(other)}`, query), signal);
  }

  // Keep nothing of what was asked before.
  forget() {
    this.past = new Map();
  }

  // All records, a page at a time.
  async *records(query = {}) {
    let path = this.path("/events", { ...query, limit: PAGE });
    while (path) {
      const page = await get(path, this.signal);
      yield page.events;
      path = page.next;
    }
  }
}
