// A list without an end: the next page is asked for when the end of what is there comes into sight.

import { getWhole } from "./api.js";
import { make } from "./dom.js";
import { command, LIST_KEYS } from "./keys.js";
import { follow } from "./live.js";
import { Part } from "./part.js";
import { renew } from "./renew.js";
import { placeKept } from "./returning.js";

const SOON = 180;

// An element that shows such a list says: `path()` of its first page, `rows(document)`, and `emptiness()`,
// what to say when there is nothing; it calls `start()` once. It puts `this.list` and `this.foot` where they belong, and
// `this.above` between them when it follows what comes in.
export class EndlessList extends Part {
  prepare(list) {
    this.list = list;
    this.left = placeKept();
    this.foot = make("div", { class: "foot", role: "status" });
    this.above = make(
      "button",
      { type: "button", class: "above", hidden: true, onclick: () => this.toTop() },
      "↑ Newer ones came",
    );
    this.sight = new IntersectionObserver(([entry]) => entry.isIntersecting && this.next && this.more(), {
      rootMargin: "400px",
    });
    this.sight.observe(this.foot);
    this.leaving.signal.addEventListener("abort", () => this.sight.disconnect());
    this.listen(window, "keydown", (event) => this.press(event));
  }

  press(event) {
    const found = command(event, LIST_KEYS);
    if (!found || found.name === "keys") return;
    event.preventDefault();
    if (found.name === "search") this.querySelector("input[type=search]")?.select();
    else this.step(found.argument);
  }

  // The keyboard to the next row that leads somewhere, or the one before.
  step(by) {
    const rows = [...this.list.children].map((row) => row.querySelector("a, button")).filter(Boolean);
    const at = rows.findIndex((way) => way.closest("li, tr").contains(document.activeElement));
    rows[Math.min(Math.max(at + by, 0), rows.length - 1)]?.focus();
  }

  // Begin at the first page. What was asked before is given up; what is shown stays until the answer is
  // there.
  begin() {
    this.above.hidden = true;
    this.next = since(this.path(), this.newest);
    return this.more(true);
  }

  // The first look: as far down as somebody stood who comes back.
  async start() {
    await this.begin();
    const reached = () => document.documentElement.scrollHeight >= this.left + innerHeight;
    while (this.left && this.next && !reached()) await this.more();
    if (this.left && !this.leaving.signal.aborted) scrollTo(0, this.left);
  }

  // What is stored from here on, of one log or of all. A list that is begun anew knows of what came.
  follow(log, came) {
    if (this.leaving.signal.aborted || this.position === undefined) return;
    const told = (records) => {
      this.newest = Math.max(this.newest ?? 0, ...records.map(({ position }) => position));
      came(records);
    };
    follow({ log, after: this.position }, told, (error) => this.complain(error), this.leaving.signal);
  }

  // Something newer is there. It is shown at once where the top of the list is in sight; elsewhere nothing
  // moves under its reader, and a button leads to it. Says whether it is shown.
  newer() {
    const shown = scrollY < innerHeight;
    if (shown) this.begin();
    else this.above.hidden = false;
    return shown;
  }

  toTop() {
    scrollTo(0, 0);
    this.begin();
  }

  async more(fresh = false) {
    this.asking?.abort();
    const asking = new AbortController();
    this.asking = asking;
    this.leaving.signal.addEventListener("abort", () => asking.abort(), { once: true });
    const path = this.next;
    this.next = null;
    const found = await this.attempt(() => getWhole(path, asking.signal));
    if (!found || asking.signal.aborted) return;
    const page = found.document;
    this.position ??= Number(found.headers.get("Playhead-Position"));
    const rows = this.rows(page);
    if (fresh) renew(this.list, ...rows);
    else this.list.append(...rows);
    this.next = this.following(page);
    this.tell(fresh);
    this.look();
  }

  // Go on where the end is in sight still. An observer tells of what changes; who begins anew is told how it is.
  look() {
    this.sight.unobserve(this.foot);
    this.sight.observe(this.foot);
  }

  // A form of filters: `fields` is {name: element}. Calls `changed(values)` a moment after the last change.
  filterForm(fields, values, changed) {
    let soon = null;
    this.leaving.signal.addEventListener("abort", () => clearTimeout(soon));
    for (const [name, field] of Object.entries(fields)) {
      field.value = values[name] ?? "";
      field.addEventListener("input", () => {
        clearTimeout(soon);
        soon = setTimeout(
          () =>
            changed(
              Object.fromEntries(Object.entries(fields).map(([key, each]) => [key, each.value.trim()])),
            ),
          SOON,
        );
      });
    }
    return make(
      "form",
      { class: "filters", role: "search", onsubmit: (event) => event.preventDefault() },
      ...Object.entries(fields).map(labelled),
    );
  }

  following(page) {
    return page.next;
  }

  tell(fresh) {
    if (this.list.childElementCount === 0 && !this.next) renew(this.foot, this.emptiness());
    else this.foot.textContent = this.next ? "Loading more …" : fresh ? "" : "That is all.";
  }
}

// A path whose answer is to know of a position.
function since(path, position) {
  return position === undefined ? path : `${path}${path.includes("?") ? "&" : "?"}min_position=${position}`;
}

// A date says nothing of itself while it is empty.
function labelled([name, field]) {
  return field.type === "date" ? make("label", {}, `${name} `, field) : field;
}
