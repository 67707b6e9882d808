// The sheet of keys of the view that is shown, from the same tables that they are bound by.

import { make } from "../lib/dom.js";
import { icon } from "../lib/icons.js";
import { COMPARE_KEYS, LIST_KEYS, PAGE_KEYS, SESSION_KEYS } from "../lib/keys.js";
import { Part } from "../lib/part.js";

const SHOWN = { ArrowLeft: "←", ArrowRight: "→", "Shift+": "⇧ ", "Alt+": "Alt ", Escape: "Esc" };
const HANDS = [
  ["drag", "pan"],
  ["wheel, pinch", "zoom at the pointer"],
  ["⇧ wheel", "pan"],
  ["drag the ruler", "move the playhead"],
  ["⇧ drag", "select; an edge of it can be dragged"],
  ["hold, drag", "select, with a finger"],
  ["double click", "fit a thing to the width"],
];

const LIST = ["Keys of a list", LIST_KEYS];
// Of each view: what the sheet is called, the keys, what hands do.
const SHEETS = {
  "session-view": ["Keys of a session", SESSION_KEYS, HANDS],
  "compare-view": ["Keys of a comparison", COMPARE_KEYS, HANDS],
  "session-list": LIST,
  "device-list": LIST,
  "device-view": LIST,
  "log-list": LIST,
  "log-view": LIST,
};
const OTHER = ["Keys", PAGE_KEYS];

class KeySheet extends Part {
  arrive() {
    this.heading = make("h2");
    this.groups = make("div", { class: "groups" });
    this.dialog = make(
      "dialog",
      { "aria-label": "Keys" },
      make(
        "form",
        { method: "dialog" },
        make(
          "header",
          {},
          this.heading,
          make("button", { class: "icon", "aria-label": "Close", autofocus: true }, icon("close")),
        ),
        this.groups,
      ),
    );
    this.replaceChildren(this.dialog);
    this.listen(window, "show-keys", () => this.show());
    this.listen(window, "keydown", (event) => {
      if (event.key === "?" && !event.target.closest?.("input, textarea, select")) this.show();
    });
  }

  show() {
    if (document.querySelector("dialog[open]")) return;
    const [title, table, hands] = SHEETS[document.body.dataset.view] ?? OTHER;
    const groups = table.map(([group, rows]) =>
      section(
        group,
        rows.map(([keys, does]) => [shown(keys), does]),
      ),
    );
    this.heading.textContent = title;
    this.groups.replaceChildren(...groups, hands ? section("Hands", hands) : "");
    this.dialog.showModal();
  }
}

function section(group, rows) {
  return make(
    "section",
    {},
    make("h3", {}, group),
    make(
      "dl",
      {},
      ...rows.map(([keys, does]) =>
        make("div", {}, make("dt", {}, make("kbd", {}, keys)), make("dd", {}, does)),
      ),
    ),
  );
}

function shown(keys) {
  return Object.entries(SHOWN).reduce((text, [from, to]) => text.replace(from, to), keys);
}

customElements.define("key-sheet", KeySheet);
