// The sessions, newest first, with a search as one types. Filters are in the address; new sessions appear by
// themselves.

import { remember } from "../lib/address.js";
import { listPath } from "../lib/api.js";
import { make, nothing } from "../lib/dom.js";
import { EndlessList } from "../lib/endless.js";
import { firstSteps } from "../lib/first-steps.js";
import { erasing } from "../lib/live.js";
import { sessionCard } from "../lib/session-card.js";

const STATES = [
  ["", "any state"],
  ["live", "live"],
  ["open", "open"],
  ["ended", "ended"],
];
const SEVERITIES = [
  ["", "any finding"],
  ["error", "with errors"],
  ["warning", "with warnings"],
  ["info", "with notes"],
];
const SETTLES = 1500; // milliseconds after which an outline is made of what came in

class SessionList extends EndlessList {
  arrive() {
    this.wanted = this.query;
    const fields = {
      text: make("input", {
        type: "search",
        "aria-label": "Search",
        placeholder: "Search the sessions",
        title: "in the ids of sessions, devices and users, and in the client",
      }),
      state: choice("State", STATES),
      severity: choice("Findings", SEVERITIES),
      log: make("input", { type: "search", "aria-label": "Log", placeholder: "log", size: 10 }),
      device: make("input", { type: "search", "aria-label": "Device", placeholder: "device", size: 12 }),
      user: make("input", { type: "search", "aria-label": "User", placeholder: "user", size: 10 }),
      since: make("input", { type: "date", title: "with any part since this day, in your time" }),
      until: make("input", { type: "date", title: "with any part up to this day, in your time" }),
    };
    this.prepare(make("ul", { class: "cards" }));
    this.replaceChildren(
      make(
        "div",
        { class: "top" },
        make("h1", {}, "Sessions"),
        this.filterForm(fields, this.query, (values) => this.filter(values)),
      ),
      this.list,
      this.above,
      this.foot,
    );
    this.load();
  }

  async load() {
    await this.start();
    this.follow(null, (records) => this.came(records));
  }

  filter(values) {
    this.wanted = values;
    remember("sessions", {}, values);
    this.begin();
  }

  path() {
    const { since, until, ...rest } = this.wanted;
    return listPath("sessions", {
      ...rest,
      since: since && midnight(since),
      until: until && new Date(Date.parse(midnight(until, 1)) - 1).toISOString(),
    });
  }

  rows(page) {
    return page.sessions.map(sessionCard);
  }

  emptiness() {
    if (Object.values(this.wanted).some(Boolean))
      return nothing(
        "No session matches. The search looks in the ids of sessions, devices and users, and in the client.",
      );
    return firstSteps();
  }

  leave() {
    clearTimeout(this.settling);
  }

  // The first page again when a session of it changed or a new one came.
  came(records) {
    if (erasing(records)) return this.begin();
    if (!records.some(({ session }) => session)) return undefined;
    clearTimeout(this.settling);
    if (this.newer()) this.settling = setTimeout(() => this.begin(), SETTLES);
    return undefined;
  }
}

// The moment at which a day begins for the reader, or one that is `days` after it.
function midnight(day, days = 0) {
  const [year, month, date] = day.split("-").map(Number);
  return new Date(year, month - 1, date + days).toISOString();
}

function choice(name, options) {
  return make(
    "select",
    { "aria-label": name },
    ...options.map(([value, text]) => make("option", { value }, text)),
  );
}

customElements.define("session-list", SessionList);
