// The event logs that may be read, by name.

import { format } from "../lib/address.js";
import { listPath } from "../lib/api.js";
import { make, nothing } from "../lib/dom.js";
import { EndlessList } from "../lib/endless.js";
import { counted, period } from "../lib/time.js";

class LogList extends EndlessList {
  arrive() {
    this.prepare(make("ul", { class: "cards" }));
    this.replaceChildren(make("div", { class: "top" }, make("h1", {}, "Logs")), this.list, this.foot);
    this.start();
  }

  path() {
    return listPath("logs");
  }

  rows(page) {
    return page.logs.map(({ log, events, first_time: first, last_time: last }) =>
      make(
        "li",
        { class: "card", "data-key": log },
        make("div", { class: "title" }, make("a", { href: format("log", { log }) }, log)),
        make(
          "div",
          { class: "facts-line" },
          make("span", {}, counted(events, "event")),
          make(
            "span",
            {},
            period(first, last),
          ),
          make("a", { href: format("sessions", {}, { log }) }, "its sessions"),
        ),
      ),
    );
  }

  emptiness() {
    return nothing("No log holds an event yet, or none that you may read.");
  }
}

customElements.define("log-list", LogList);
