// Panes of which one is seen, behind tabs (the ARIA pattern: arrows choose, Tab goes into the pane).

import { make } from "../lib/dom.js";
import { Part } from "../lib/part.js";

class TabPanes extends Part {
  // `panes` is [[id, name, element], ...], set before it is put in.
  arrive() {
    this.tabs = this.panes.map(([id, name]) =>
      make(
        "button",
        {
          type: "button",
          role: "tab",
          id: `tab-${id}`,
          "aria-controls": `pane-${id}`,
          onclick: () => this.open(id),
        },
        name,
        " ",
        make("span", { class: "badge" }),
      ),
    );
    this.list = make("div", { role: "tablist", "aria-label": "Views of the session" }, ...this.tabs);
    this.places = this.panes.map(([id, , element]) =>
      make(
        "div",
        { role: "tabpanel", id: `pane-${id}`, "aria-labelledby": `tab-${id}`, tabindex: "-1" },
        element,
      ),
    );
    this.replaceChildren(this.list, ...this.places);
    this.listen(this.list, "keydown", (event) => this.step(event));
    this.open(this.panes[0][0]);
  }

  open(id) {
    this.panes.forEach(([each], index) => {
      const chosen = each === id;
      this.tabs[index].setAttribute("aria-selected", String(chosen));
      this.tabs[index].tabIndex = chosen ? 0 : -1;
      this.places[index].hidden = !chosen;
    });
    this.chosen = id;
  }

  badge(id, text) {
    this.list.querySelector(`#tab-${id} .badge`).textContent = text;
  }

  step(event) {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!by) return;
    event.preventDefault();
    const index = this.panes.findIndex(([id]) => id === this.chosen);
    const next = (index + by + this.panes.length) % this.panes.length;
    this.open(this.panes[next][0]);
    this.tabs[next].focus();
  }
}

customElements.define("tab-panes", TabPanes);
