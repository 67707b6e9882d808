// How long a device was listened to, by the days of its reader's time zone, newest first, to scale; what the
// wall clock does not allow stands out. A day opens to its sessions. Where the server knows no such zone, the
// days and the times in them are those of UTC, and it is said.

import { format } from "../lib/address.js";
import { get, listPath, listeningPath } from "../lib/api.js";
import { make } from "../lib/dom.js";
import { Part } from "../lib/part.js";
import { renew } from "../lib/renew.js";
import { clock, length, timeOfDay, zone } from "../lib/time.js";

const AT_ONCE = 7;
const DAY = 86_400_000;
const UTC = "UTC";
const UNKNOWN_ZONE = Symbol("a time zone that the server does not know");
const LONGEST = 31; // days of one session that are looked at

class ListeningDays extends Part {
  // `since`: the position that its answers must know of, where there is one.
  arrive() {
    this.zone = zone() ?? UTC;
    this.calendar = make("p", { class: "quiet" }, `Days in ${this.zone}`);
    this.list = make("ol", { class: "days" });
    this.more = make("button", { type: "button", hidden: true, onclick: () => this.load() }, "Earlier days");
    this.replaceChildren(make("h2", {}, "Listening"), this.calendar, this.list, this.more);
    this.begin();
  }

  begin() {
    this.days = [];
    this.seen = new Set();
    this.queue = [];
    this.next = listPath("sessions", {
      log: this.of.log,
      device: this.of.device,
      min_position: this.since,
    });
    return this.load();
  }

  // The zones of a browser and of a server are of different years, or the server has none at all.
  countInUTC() {
    this.calendar.textContent = `Days in UTC: the server does not know the time zone ${this.zone}`;
    this.zone = UTC;
    return this.begin();
  }

  // The next few days on which it had a session, one after the other: a day with many takes a while.
  async load() {
    this.more.hidden = true;
    for (let count = 0; count < AT_ONCE && (await this.fill()); count++) {
      const day = this.queue.shift();
      const found = await this.attempt(() => this.ask(day));
      if (found === UNKNOWN_ZONE) return this.countInUTC();
      if (!found) return;
      this.days.push(found);
      this.show();
    }
    this.more.hidden = !this.queue.length && !this.next;
  }

  async ask(day) {
    try {
      const query = { day, timezone: this.zone, min_position: this.since };
      return await get(listeningPath(this.of.log, this.of.device, query), this.leaving.signal);
    } catch (error) {
      const zoneless = error.problem?.errors?.some(({ field }) => field === "timezone");
      if (!zoneless || this.zone === UTC) throw error;
      return UNKNOWN_ZONE;
    }
  }

  // Whether there is a day to look at: those of the next page of its sessions, when there are no others.
  async fill() {
    while (!this.queue.length && this.next) {
      const page = await this.attempt(() => get(this.next, this.leaving.signal));
      if (!page) return false;
      this.next = page.next;
      const fresh = page.sessions.flatMap((one) => daysOf(one, this.zone)).filter((day) => !this.seen.has(day));
      this.queue = [...new Set(fresh)].sort().reverse();
      for (const day of this.queue) this.seen.add(day);
    }
    return this.queue.length > 0;
  }

  show() {
    const most = Math.max(1, ...this.days.map(({ listening }) => listening));
    const days = [...this.days].sort((a, b) => b.day.localeCompare(a.day));
    renew(this.list, ...days.map((day) => make("li", { "data-key": day.day }, this.day(day, most))));
  }

  day({ day, listening, wall, sessions, findings }, most) {
    const bar = make(
      "span",
      { class: "bar", "aria-hidden": "true" },
      part("clip", wall / most),
      part("error", (listening - wall) / most),
    );
    const trouble = findings.length
      ? make("span", { class: "sign error" }, `${length(listening - wall)} more than the clock allows`)
      : "";
    return make(
      "details",
      {},
      make(
        "summary",
        {},
        make("time", { datetime: day }, day),
        bar,
        make("b", {}, length(listening)),
        trouble,
      ),
      ...findings.map(({ message }) => make("p", { class: "quiet" }, message)),
      sessions.length
        ? make(
            "table",
            {},
            make(
              "thead",
              {},
              make(
                "tr",
                {},
                ...["session", "from", "listened", "claimed", "why that may be too much"].map((name) =>
                  make("th", { scope: "col" }, name),
                ),
              ),
            ),
            make("tbody", {}, ...sessions.map((one) => this.session(one))),
          )
        : make("p", { class: "quiet" }, "No session."),
    );
  }

  session({ session, start, listening, claimed, why }) {
    return make(
      "tr",
      {},
      make(
        "th",
        { scope: "row" },
        make("a", { href: format("session", { log: this.of.log, session }) }, session),
      ),
      make("td", {}, start ? timeOfDay(start, this.zone) : ""),
      make("td", { class: "number" }, clock(listening)),
      make("td", { class: "number" }, clock(claimed)),
      make("td", {}, [why].flat().filter(Boolean).join("; ")),
    );
  }
}

// The days of a calendar that a session has a part in, the newest first.
function daysOf({ first_time: first, last_time: last }, timeZone) {
  const [from, to] = [first, last].map((time) => dayNumber(time, timeZone));
  return Array.from({ length: Math.min(to - from + 1, LONGEST) }, (_, back) =>
    new Date((to - back) * DAY).toISOString().slice(0, 10),
  );
}

// The date that the calendar of UTC, or else of the reader, shows at a moment, in days since 1970.
function dayNumber(time, timeZone) {
  const local = new Date(time);
  if (timeZone === UTC) return Math.floor(local / DAY);
  return Date.UTC(local.getFullYear(), local.getMonth(), local.getDate()) / DAY;
}

function part(kind, share) {
  const piece = make("i", { class: kind });
  piece.style.width = `${Math.max(0, share) * 100}%`;
  return piece;
}

customElements.define("listening-days", ListeningDays);
