// The sheet of keys, from the same table that they are bound by.

import { make } from "../lib/dom.js";
import { icon } from "../lib/icons.js";
import { SESSION_KEYS } from "../lib/keys.js";
import { Part } from "../lib/part.js";

const SHOWN = { ArrowLeft: "←", ArrowRight: "→", "Shift+": "⇧ ", "Alt+": "⌥ ", Escape: "Esc" };
const HANDS = [
  ["drag", "pan"],
  ["wheel, pinch", "zoom at the pointer"],
  ["⇧ wheel", "pan"],
  ["drag the ruler", "move the playhead"],
  ["⇧ drag", "select"],
  ["double click", "fit a thing to the width"],
];

class KeySheet extends Part {
  arrive() {
    const groups = SESSION_KEYS.map(([group, rows]) =>
      section(
        group,
        rows.map(([keys, does]) => [shown(keys), does]),
      ),
    );
    this.dialog = make(
      "dialog",
      { "aria-label": "Keys" },
      make(
        "form",
        { method: "dialog" },
        make(
          "header",
          {},
          make("h2", {}, "Keys of a session"),
          make("button", { class: "icon", "aria-label": "Close", autofocus: true }, icon("close")),
        ),
        make("div", { class: "groups" }, ...groups, section("Hands", HANDS)),
      ),
    );
    this.replaceChildren(this.dialog);
    this.listen(window, "show-keys", () => this.dialog.showModal());
    this.listen(window, "keydown", (event) => {
      if (event.key === "?" && !event.target.closest?.("input, textarea, select") && !this.dialog.open)
        this.dialog.showModal();
    });
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
