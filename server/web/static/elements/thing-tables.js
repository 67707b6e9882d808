// The drawing in words: clips, quiet stretches and findings as tables, one at a time. A click on a row goes
// there.

import { teller } from "../lib/clocks.js";
import { make, nothing } from "../lib/dom.js";
import { Part } from "../lib/part.js";
import { renew } from "../lib/renew.js";
import { ending, title } from "../lib/scene.js";
import { length } from "../lib/time.js";

const MOST = 500;
const NUMBERS = new Set(["#", "at", "length", "in"]);
const QUIET = { silence: "known to be silent", unknown: "no data", pause: "paused", stall: "stalled" };

// Each table: where its things are, its columns, and a thing's cells; the cell in `head` names the row.
const TABLES = {
  clips: {
    items: (scene) => scene.clips.items,
    columns: ["#", "at", "length", "recording", "lane", "in", "end"],
    cells: (clip, tell) => [
      clip.sequence,
      tell(clip.offset),
      length(clip.duration),
      title(clip),
      clip.lane,
      length(clip.in),
      ending(clip),
    ],
    head: 3,
    none: "No clip: nothing was heard that anybody told of.",
  },
  quiet: {
    items: (scene) => scene.stretches.items,
    columns: ["at", "length", "kind", "meaning", "listen"],
    cells: (item, tell) => [
      tell(item.offset),
      length(item.duration),
      item.kind,
      item.closed === false ? "its end was not seen" : QUIET[item.kind],
      item.listen ?? "",
    ],
    head: 2,
    none: "Nothing was silent, unknown, paused or stalled.",
  },
  findings: {
    items: (scene) => scene.findings.items,
    columns: ["at", "length", "severity", "what", "rule"],
    cells: (item, tell) => [tell(item.offset), length(item.duration), item.severity, item.message, item.rule],
    head: 3,
    none: "No finding: nothing contradicts itself.",
  },
};

export const TABLE_NAMES = Object.keys(TABLES);

class ThingTables extends Part {
  arrive() {
    this.limit = MOST;
    this.watch(this.model, ["scene", "clock", "chosen"], () => this.show());
  }

  // Which of the tables; set before it is put in, or later.
  set table(name) {
    this.name = name;
    this.limit = MOST;
    if (this.isConnected) this.show();
  }

  show() {
    const { scene, clock, chosen } = this.model.state;
    const { items, columns, cells, head, none } = TABLES[this.name];
    const all = items(scene);
    if (!all.length) return renew(this, nothing(none));
    const tell = teller(clock, scene);
    const rows = all
      .slice(0, this.limit)
      .map((item) => this.row(item, cells(item, tell), columns, head, same(item, chosen)));
    const more =
      all.length > this.limit
        ? make("button", { type: "button", onclick: () => this.more() }, `Show more of ${all.length}`)
        : "";
    return renew(
      this,
      make(
        "table",
        {},
        make(
          "thead",
          {},
          make(
            "tr",
            {},
            ...columns.map((name) =>
              make("th", { scope: "col", class: NUMBERS.has(name) ? "number" : null }, name),
            ),
          ),
        ),
        make("tbody", {}, ...rows),
      ),
      more,
    );
  }

  row(item, cells, columns, head, chosen) {
    const made = cells.map((text, index) => {
      if (index === head)
        return make(
          "th",
          { scope: "row" },
          make(
            "button",
            { type: "button", class: "link", onclick: () => this.model.visit(item) },
            String(text),
          ),
        );
      return make(
        "td",
        {
          class: NUMBERS.has(columns[index])
            ? "number"
            : columns[index] === "severity" || columns[index] === "kind"
              ? `sign ${text}`
              : null,
        },
        String(text),
      );
    });
    return make("tr", { class: chosen ? "chosen" : null }, ...made);
  }

  more() {
    this.limit += MOST;
    this.show();
  }
}

function same(item, chosen) {
  return (
    chosen !== null &&
    item.kind === chosen.kind &&
    item.offset === chosen.offset &&
    item.sequence === chosen.sequence &&
    item.rule === chosen.rule
  );
}

customElements.define("thing-tables", ThingTables);
