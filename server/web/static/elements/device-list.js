// The devices, newest first.

import { format, remember } from "../lib/address.js";
import { listPath } from "../lib/api.js";
import { make, nothing } from "../lib/dom.js";
import { EndlessList } from "../lib/endless.js";
import { counted, period } from "../lib/time.js";

class DeviceList extends EndlessList {
  arrive() {
    this.wanted = this.query;
    const text = make("input", { type: "search", "aria-label": "Search", placeholder: "Search the devices" });
    this.prepare(make("ul", { class: "cards" }));
    this.replaceChildren(
      make(
        "div",
        { class: "top" },
        make("h1", {}, "Devices"),
        this.filterForm({ text }, this.query, (values) => this.filter(values)),
      ),
      this.list,
      this.foot,
    );
    this.start();
  }

  filter(values) {
    this.wanted = values;
    remember("devices", {}, values);
    this.begin();
  }

  path() {
    return listPath("devices", this.wanted);
  }

  rows(page) {
    return page.devices.map(({ device, log, events, first_time: first, last_time: last }) =>
      make(
        "li",
        { class: "card", "data-key": `${log}/${device}` },
        make("div", { class: "title" }, make("a", { href: format("device", { log, device }) }, device)),
        make(
          "div",
          { class: "facts-line" },
          make("span", {}, counted(events, "event")),
          make(
            "span",
            {},
            period(first, last),
          ),
          make("a", { href: format("log", { log }) }, `log ${log}`),
          make("a", { href: format("sessions", {}, { device, log }) }, "its sessions"),
        ),
      ),
    );
  }

  emptiness() {
    return nothing(
      this.wanted.text
        ? "No device matches."
        : "No device has told anything yet. An event names its device in the attribute “device”.",
    );
  }
}

customElements.define("device-list", DeviceList);
