// The sessions, newest first, with a search as one types. Filters are in the address; new sessions appear by themselves.

import { format, remember } from "../lib/address.js";
import { listPath } from "../lib/api.js";
import { make, nothing } from "../lib/dom.js";
import { EndlessList, filterForm } from "../lib/endless.js";
import { follow } from "../lib/live.js";
import { day, length, moment } from "../lib/time.js";

const STATES = [["", "any state"], ["live", "live"], ["open", "open"], ["ended", "ended"]];

class SessionList extends EndlessList {
  arrive() {
    this.wanted = this.query;
    const fields = {
      text: make("input", { type: "search", "aria-label": "Search", placeholder: "Search: session, device, user or client" }),
      state: make("select", { "aria-label": "State" }, ...STATES.map(([value, name]) => make("option", { value }, name))),
      log: make("input", { type: "search", "aria-label": "Log", placeholder: "log", size: 10 }),
      device: make("input", { type: "search", "aria-label": "Device", placeholder: "device", size: 12 }),
      user: make("input", { type: "search", "aria-label": "User", placeholder: "user", size: 10 }),
      since: make("input", { type: "date", "aria-label": "Since", title: "with any part since this day (UTC)" }),
      until: make("input", { type: "date", "aria-label": "Until", title: "with any part up to this day (UTC)" }),
    };
    this.prepare(make("ul", { class: "cards" }));
    this.replaceChildren(make("div", { class: "top" }, make("h1", {}, "Sessions"), filterForm(fields, this.query, (values) => this.filter(values))), this.list, this.foot);
    this.load();
  }

  async load() {
    await this.begin();
    if (!this.leaving.signal.aborted && this.position !== undefined) follow({ after: this.position }, (records) => this.came(records), this.leaving.signal);
  }

  filter(values) {
    this.wanted = values;
    remember("sessions", {}, values);
    this.begin();
  }

  path() {
    const { since, until, ...rest } = this.wanted;
    return listPath("sessions", { ...rest, since: since && `${since}T00:00:00Z`, until: until && `${until}T23:59:59.999999Z` });
  }

  rows(page) {
    this.position ??= page.position;
    return page.sessions.map((session) => card(session));
  }

  emptiness() {
    if (Object.values(this.wanted).some(Boolean)) return nothing("No session matches. The search looks in the ids of sessions, devices and users, and in the client.");
    return nothing("No session yet. Send one: ", make("code", {}, "POST /api/v1/events"), ", or ", make("code", {}, "playhead ingest"), ".");
  }

  // The first page again when a session of it changed or a new one came, unless somebody has paged on.
  came(records) {
    if (records.some((record) => record.session || record.erased) && scrollY < innerHeight) this.begin();
  }
}

function card(session) {
  const { log } = session;
  const href = format("session", { log, session: session.session });
  return make("li", { class: "card" },
    make("div", { class: "title" }, make("a", { href }, session.session), make("span", { class: `state ${session.state}` }, session.state)),
    make("div", { class: "facts-line" },
      make("time", { datetime: session.zero, title: moment(session.zero) }, `${day(session.zero)}, ${new Date(session.zero).toLocaleTimeString()}`),
      make("span", {}, length(session.duration)),
      make("span", {}, `${session.listens} ${session.listens === 1 ? "listen" : "listens"}`),
      make("span", {}, `${session.events} events`),
      session.client ? make("span", {}, session.client) : null,
      ...session.devices.slice(0, 2).map((device) => make("a", { href: format("device", { log, device }) }, device)),
      make("a", { href: format("log", { log }) }, `log ${log}`)));
}

customElements.define("session-list", SessionList);
