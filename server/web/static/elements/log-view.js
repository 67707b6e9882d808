// One log, line by line, newest first: by tags, class, source, user, and an expression over the text. New
// lines appear.

import { format, remember } from "../lib/address.js";
import { logPath } from "../lib/api.js";
import { make, nothing } from "../lib/dom.js";
import { EndlessList } from "../lib/endless.js";
import { erasing } from "../lib/live.js";
import { LATE } from "../lib/paint/lag.js";
import { says } from "../lib/records.js";
import { later, micros, rfc3339, stamp, zone } from "../lib/time.js";
import "./record-sheet.js";

class LogView extends EndlessList {
  arrive() {
    this.wanted = this.query;
    const field = (name, hint, size) =>
      make("input", { type: "search", "aria-label": name, placeholder: hint, size });
    const fields = {
      text: field("Text", "Text: an RE2 expression", 30),
      tags: field("Tags", "tags", 12),
      class: field("Class", "class", 8),
      source: field("Source", "source", 10),
      user: field("User", "user", 10),
    };
    this.trouble = make("p", { class: "trouble", role: "alert" });
    this.prepare(make("tbody"));
    this.replaceChildren(
      make(
        "div",
        { class: "top" },
        make("h1", {}, `Log ${this.of.log}`),
        make("a", { href: format("sessions", {}, { log: this.of.log }) }, "its sessions"),
        this.trouble,
        this.filterForm(fields, this.query, (values) => this.filter(values)),
      ),
      make(
        "div",
        { class: "scroll", tabindex: "0", role: "region", "aria-label": "Lines" },
        make(
          "table",
          { class: "book" },
          make(
            "thead",
            {},
            make(
              "tr",
              {},
              ...[`time (${zone()})`, "recorded", "class", "text", "tags", "source", "session"].map((name) =>
                make("th", { scope: "col" }, name),
              ),
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

  async load() {
    await this.start();
    this.follow(this.of.log, (records) => (erasing(records) ? this.begin() : this.newer()));
  }

  filter(values) {
    this.wanted = values;
    remember("log", this.of, values);
    this.begin();
  }

  // A broken expression is the writer's to mend: it is said beside the field.
  async attempt(work) {
    try {
      const found = await work();
      this.trouble.textContent = "";
      return found;
    } catch (error) {
      if (error.status !== 400) return super.attempt(() => Promise.reject(error));
      this.trouble.textContent = error.message;
      return undefined;
    }
  }

  path() {
    return logPath(this.of.log, { ...this.wanted, order: "desc" });
  }

  rows(page) {
    return page.events.map((record) => this.line(record));
  }

  line(record) {
    const { type, time, recordedtime, session, data = {}, source, position } = record;
    const { log } = this.of;
    const when = rfc3339(micros(time ?? recordedtime));
    const lag = (micros(recordedtime) - micros(when)) / 1e6;
    const at = session ? format("session", { log, session }, { at: when }) : null;
    const tags = (data.tags ?? []).map((tag) =>
      make("a", { class: "tag", href: format("log", { log }, { tags: tag }) }, tag),
    );
    return make(
      "tr",
      { "data-key": position },
      make(
        "td",
        { class: "when" },
        make(
          "button",
          { type: "button", class: "link", title: "the whole record", onclick: () => this.sheet.show(record) },
          make("time", { datetime: when }, stamp(when)),
        ),
      ),
      make(
        "td",
        { class: "recorded" },
        make("span", { class: lag > LATE ? "late" : "quiet", title: recordedtime }, later(lag)),
      ),
      make("td", {}, data.class ? make("span", { class: `sign ${data.class}` }, data.class) : ""),
      make(
        "td",
        { class: "text" },
        data.text ??
          make(
            "div",
            { class: "said" },
            make("span", { class: "type" }, type),
            make("span", { class: "quiet" }, says(record)),
          ),
      ),
      make("td", {}, ...tags),
      make("td", {}, data.source ?? source),
      make("td", {}, session ? make("a", { href: at, title: "the session at this moment" }, session) : ""),
    );
  }

  emptiness() {
    if (Object.values(this.wanted).some(Boolean)) return nothing("No line matches.");
    return nothing(`Nothing is in log ${this.of.log}. An event names its log in the attribute “log”.`);
  }
}

customElements.define("log-view", LogView);
