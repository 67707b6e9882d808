// The session's records by time, following the playhead; filtered by type and text. Only the rows in sight
// are made.

import { sayer, teller } from "../lib/clocks.js";
import { make } from "../lib/dom.js";
import { Part } from "../lib/part.js";
import { filtered, types } from "../lib/records.js";
import { LATE } from "../lib/paint/lag.js";
import { renew } from "../lib/renew.js";
import { span } from "../lib/time.js";

const ROW = 28;
const MARGIN = 12;

class EventList extends Part {
  arrive() {
    const { model } = this;
    this.text = make("input", {
      type: "search",
      placeholder: "Search the events",
      "aria-label": "Search the events",
      oninput: () => this.choose({ text: this.text.value }),
    });
    this.type = make("select", {
      "aria-label": "Type of event",
      onchange: () => this.choose({ type: this.type.value }),
    });
    this.count = make("span", { class: "quiet count" });
    this.sheet = make("div", { class: "sheet" });
    this.box = make(
      "div",
      { class: "rows", role: "listbox", tabindex: "0", "aria-label": "Events" },
      this.sheet,
    );
    this.replaceChildren(make("div", { class: "filters" }, this.text, this.type, this.count), this.box);
    this.shown = [];
    this.listen(this.box, "scroll", () => this.draw());
    this.listen(this.box, "keydown", (event) => this.step(event));
    this.listen(this.box, "click", (event) => this.go(event.target.closest("[role=option]")));
    this.watch(model, ["filters"], () => this.filter());
    this.watch(model, ["records"], () => this.admit());
    this.watch(model, ["time"], () => this.follow());
    this.watch(model, ["clock", "chosen", "known", "scene"], () => this.draw());
    new ResizeObserver(() => this.draw()).observe(this.box);
  }

  choose(filters) {
    this.model.set({ filters: { ...this.model.state.filters, ...filters } });
  }

  // Other events are asked for: the one at the playhead comes into sight.
  filter() {
    this.sift();
    this.reveal(this.now);
    this.draw();
  }

  // Events came in, or went: what somebody reads stays where it is, and the one at the playhead in sight.
  admit() {
    const before = Math.floor(this.box.scrollTop / ROW);
    const top = this.shown[before];
    const seen = !top || this.inSight(this.now);
    this.sift();
    const after = this.shown.findIndex(({ position }) => position === top?.position);
    if (after >= 0) this.box.scrollTop += (after - before) * ROW;
    if (seen) this.reveal(this.now);
    this.draw();
  }

  sift() {
    const { records, filters, time } = this.model.state;
    const found = types(records);
    this.type.replaceChildren(
      make("option", { value: "" }, "all types"),
      ...found.map(([type, count]) => make("option", { value: type }, `${type} (${count})`)),
    );
    this.type.value = filters.type ?? "";
    if (this.text.value !== (filters.text ?? "")) this.text.value = filters.text ?? "";
    this.shown = filtered(records, { text: filters.text ?? "", types: filters.type ? [filters.type] : [] });
    this.count.textContent =
      this.shown.length === records.length
        ? `${records.length}`
        : `${this.shown.length} of ${records.length}`;
    this.sheet.style.height = `${Math.max(1, this.shown.length) * ROW}px`;
    this.now = lastBefore(this.shown, time);
  }

  // Keep the event at the playhead in sight, unless somebody is reading elsewhere.
  follow() {
    const { time } = this.model.state;
    const now = lastBefore(this.shown, time);
    if (now === this.now) return;
    this.now = now;
    if (!this.box.matches(":hover") || !this.model.state.playing) this.reveal(now);
    this.draw();
  }

  reveal(index) {
    if (!this.inSight(index)) this.box.scrollTop = Math.max(0, index) * ROW - this.box.clientHeight / 3;
  }

  inSight(index) {
    const [top, { scrollTop, clientHeight }] = [Math.max(0, index) * ROW, this.box];
    return top >= scrollTop && top + ROW <= scrollTop + clientHeight;
  }

  draw() {
    const { scene, clock, chosen, known } = this.model.state;
    const tell = teller(clock, scene);
    const first = Math.max(0, Math.floor(this.box.scrollTop / ROW) - MARGIN);
    const last = Math.min(
      this.shown.length,
      Math.ceil((this.box.scrollTop + this.box.clientHeight) / ROW) + MARGIN,
    );
    const rows = this.shown
      .slice(first, last)
      .map((entry, index) => this.row(entry, first + index, { tell, chosen, known }));
    this.classList.toggle("days", Boolean(sayer(clock, scene)(scene.reach.stop).day));
    renew(
      this.sheet,
      ...(rows.length
        ? rows
        : [
            make(
              "p",
              { class: "nothing" },
              this.model.state.records.length ? "No event matches." : "Loading …",
            ),
          ]),
    );
    this.box.setAttribute(
      "aria-activedescendant",
      this.now >= first && this.now < last ? `event-${this.now}` : "",
    );
  }

  row(entry, index, { tell, chosen, known }) {
    const late = entry.lag > LATE;
    const unknown = known !== null && entry.position > known;
    const row = make(
      "div",
      {
        role: "option",
        id: `event-${index}`,
        class: `row${index === this.now ? " now" : ""}${unknown ? " later" : ""}`,
        "data-key": entry.position,
        "data-index": index,
        "aria-selected": String(chosen?.position === entry.position),
        "aria-setsize": this.shown.length,
        "aria-posinset": index + 1,
        title: unknown ? "not known yet" : null,
      },
      make("span", { class: "when" }, tell(entry.offset, 3)),
      make("span", { class: "type" }, entry.type),
      make("span", { class: "says" }, entry.says),
      late
        ? make(
            "span",
            { class: "late", title: "recorded this long after it happened" },
            `+${span(entry.lag)}`,
          )
        : null,
    );
    row.style.transform = `translateY(${index * ROW}px)`;
    return row;
  }

  go(row) {
    if (row) this.visit(Number(row.dataset.index));
  }

  visit(index) {
    const entry = this.shown[index];
    if (!entry) return;
    this.now = index;
    this.model.seek(entry.offset, { choose: { kind: "record", duration: 0, ...entry } });
    this.reveal(index);
    this.draw();
  }

  step(event) {
    const by = { ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10, Home: -Infinity, End: Infinity }[
      event.key
    ];
    if (!by) return;
    event.preventDefault();
    this.visit(Math.min(Math.max(this.now + by, 0), this.shown.length - 1));
  }

  // The event before or after the playhead.
  move(by) {
    this.visit(Math.min(Math.max(this.now + by, 0), this.shown.length - 1));
  }

  focusSearch() {
    this.text.focus();
  }
}

// The index of the last entry that happened at a moment or before it (to the microsecond); -1 when none had.
function lastBefore(entries, time) {
  let [low, high] = [0, entries.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (entries[middle].offset <= time + 1e-6) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

customElements.define("event-list", EventList);
