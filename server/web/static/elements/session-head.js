// Which session this is: its name, state, client, device, log and time, and where to go from here.

import "./export-menu.js";
import { format } from "../lib/address.js";
import { get, listPath } from "../lib/api.js";
import { make } from "../lib/dom.js";
import { Part } from "../lib/part.js";
import { renew } from "../lib/renew.js";
import { moment } from "../lib/time.js";

const SUGGESTED = 20;

class SessionHead extends Part {
  arrive() {
    this.heading = make("h1", {}, this.of.session);
    this.state = make("span", { class: "state" });
    this.facts = make("div", { class: "facts-line" });
    this.tools = make(
      "div",
      { class: "tools" },
      this.compareForm(),
      Object.assign(make("export-menu"), { model: this.model, of: this.of }),
    );
    this.replaceChildren(make("div", { class: "titles" }, this.heading, this.state), this.facts, this.tools);
    this.watch(this.model, ["summary", "scene"], (now) => this.show(now));
  }

  // Compare with another session of the same log: its name is asked for.
  compareForm() {
    const { log, session } = this.of;
    const other = make("input", {
      type: "search",
      "aria-label": "Compare with session",
      placeholder: "compare with …",
      size: 16,
      required: true,
      list: "others",
      autocomplete: "off",
      onfocus: () => this.suggest(other.value),
      oninput: () => this.suggest(other.value),
    });
    this.others = make("datalist", { id: "others" });
    return make(
      "form",
      {
        onsubmit: (event) => {
          event.preventDefault();
          location.hash = format("compare", { log, session, other: other.value.trim() });
        },
      },
      other,
      this.others,
    );
  }

  // Sessions of the same log that hold what was typed; a suggestion that fails is none.
  async suggest(text) {
    const { log, session } = this.of;
    const path = listPath("sessions", { log, text: text.trim(), limit: SUGGESTED });
    const found = await get(path, this.leaving.signal).catch(() => ({ sessions: [] }));
    const names = found.sessions.map((one) => one.session).filter((name) => name !== session);
    this.others.replaceChildren(...names.map((value) => make("option", { value })));
  }

  show({ summary, scene }) {
    this.state.className = `state ${summary.state}`;
    this.state.textContent = summary.state;
    const { log } = this.of;
    renew(
      this.facts,
      make("span", {}, moment(scene.replay.zero)),
      summary.client ? make("span", { title: summary.client }, summary.client) : "",
      ...summary.devices
        .slice(0, 3)
        .map((device) => make("a", { href: format("device", { log, device }), title: device }, device)),
      make("a", { href: format("log", { log }), title: log }, `log ${log}`),
      make("span", {}, `position ${scene.replay.position}`),
    );
  }
}

customElements.define("session-head", SessionHead);
