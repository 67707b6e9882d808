// One device: its feed, newest first, without an end, live, by type; and how late it told what happened.

import "./listening-days.js";
import { format, remember } from "../lib/address.js";
import { clockPath, devicePath, eventPath, get } from "../lib/api.js";
import { clockFacts } from "../lib/device-clock.js";
import { make, nothing } from "../lib/dom.js";
import { EndlessList } from "../lib/endless.js";
import { erasing } from "../lib/live.js";
import { LATE } from "../lib/paint/lag.js";
import { later, stamp, zone } from "../lib/time.js";
import "./record-sheet.js";

const PAGE = 100;
const RECORD = "application/cloudevents+json, application/problem+json";

class DeviceView extends EndlessList {
  arrive() {
    this.wanted = this.query;
    const type = make("input", {
      type: "search",
      "aria-label": "Type",
      placeholder: "type, or a part: listen-*",
      size: 24,
      list: "types",
    });
    const types = ["listen-*", "playback-*", "session-*", "rule-*", "heartbeat", "location-changed"];
    this.prepare(make("tbody"));
    this.replaceChildren(
      make(
        "div",
        { class: "top" },
        make("h1", {}, this.of.device),
        make("a", { href: format("sessions", {}, this.of) }, "its sessions"),
        make("a", { href: format("log", { log: this.of.log }) }, `log ${this.of.log}`),
        make("datalist", { id: "types" }, ...types.map((value) => make("option", { value }))),
      ),
      (this.facts = make("div")),
      (this.days = this.listening()),
      make(
        "div",
        { class: "top" },
        make("h2", {}, "Events"),
        this.filterForm({ type }, this.query, (values) => this.filter(values)),
      ),
      make(
        "div",
        { class: "scroll", tabindex: "0", role: "region", "aria-label": "Feed" },
        make(
          "table",
          { class: "book" },
          make(
            "thead",
            {},
            make(
              "tr",
              {},
              ...[`time (${zone()})`, "recorded", "type", "what"].map((name) => make("th", { scope: "col" }, name)),
            ),
          ),
          this.list,
        ),
      ),
      this.above,
      this.foot,
      (this.sheet = make("record-sheet")),
    );
    this.load();
  }

  listening() {
    return Object.assign(make("listening-days"), { of: this.of, since: this.newest });
  }

  async load() {
    this.tellClock();
    await this.start();
    this.follow(this.of.log, (records) => this.came(records));
  }

  // What is known of its clock; a device without an estimate is told as such.
  async tellClock() {
    const clock = await this.attempt(() => get(clockPath(this.of.log, this.of.device), this.leaving.signal));
    if (clock) this.facts.replaceChildren(clockFacts(clock));
  }

  came(records) {
    if (erasing(records)) {
      this.begin();
      this.days.replaceWith((this.days = this.listening()));
    } else if (records.some(({ device }) => device === this.of.device)) this.newer();
  }

  filter(values) {
    this.wanted = values;
    remember("device", this.of, values);
    this.begin();
  }

  path() {
    return devicePath(this.of.log, this.of.device, { limit: PAGE, type: this.wanted.type });
  }

  // Vinli's envelope links to the page before this one by an absolute URL.
  following({
    meta: {
      pagination: { links },
    },
  }) {
    if (!links.prior) return null;
    const { pathname, search } = new URL(links.prior);
    return pathname + search;
  }

  rows(page) {
    return page.events.map(({ id, timestamp, eventType, object, meta = {}, storageLatency }) => {
      const late = storageLatency / 1000 > LATE;
      const what = [
        object ? `${object.type} ${object.id}` : null,
        ...Object.entries(meta)
          .filter(([name]) => name !== object?.type)
          .map(([name, value]) => `${name} ${typeof value === "object" ? JSON.stringify(value) : value}`),
      ].filter(Boolean);
      return make(
        "tr",
        { "data-key": id },
        make(
          "td",
          { class: "when" },
          make(
            "button",
            { type: "button", class: "link", title: "the whole record", onclick: () => this.open(id) },
            make("time", { datetime: timestamp }, stamp(timestamp)),
          ),
        ),
        make(
          "td",
          { class: "recorded" },
          make("span", { class: late ? "late" : "quiet" }, later(storageLatency / 1000)),
        ),
        make("td", {}, eventType),
        make("td", { class: "text" }, make("div", { class: "said" }, what.join(" · "))),
      );
    });
  }

  // The feed is in Vinli's shape, which knows no session: the record itself is asked for.
  async open(id) {
    const record = await this.attempt(() => this.record(id));
    if (record) this.sheet.show(record);
  }

  // Where several sources use an id, the one that is of this device.
  async record(id, source) {
    const { log, device } = this.of;
    try {
      return await get(eventPath(id, { log, source }), this.leaving.signal, RECORD);
    } catch (error) {
      if (error.status !== 409 || source) throw error;
      const found = await Promise.all(error.problem.sources.map((each) => this.record(id, each)));
      return found.find((record) => record.device === device);
    }
  }

  emptiness() {
    return nothing(this.wanted.type ? "No event of this type." : "This device has told nothing yet.");
  }
}

customElements.define("device-view", DeviceView);
