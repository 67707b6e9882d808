// What later records made of what was known at the second playhead: each record, and what it changed.

import { make, nothing } from "../lib/dom.js";
import { Part } from "../lib/part.js";
import { renew } from "../lib/renew.js";
import { brief } from "../lib/time.js";

const SOON = 200;

class ChangeList extends Part {
  arrive() {
    this.watch(this.model, ["known", "positions", "clock"], () => this.ask());
  }

  leave() {
    clearTimeout(this.soon);
  }

  ask() {
    const { known, clock } = this.model.state;
    clearTimeout(this.soon);
    this.asking?.abort();
    if (known === null)
      return renew(
        this,
        nothing("Drag the lower playhead back, or press p: here stands what each later record changed."),
      );
    this.soon = setTimeout(() => this.load(known, clock === "corrected" ? { clock } : {}), SOON);
    return undefined;
  }

  async load(known, query) {
    this.asking = new AbortController();
    const { signal } = this.asking;
    this.leaving.signal.addEventListener("abort", () => this.asking.abort(), { once: true });
    const found = await this.attempt(() =>
      this.source.compare(this.of.session, { ...query, as_of: known }, signal),
    );
    if (found && !signal.aborted) this.show(found);
  }

  show({ message, steps, complete }) {
    renew(
      this,
      make("p", { class: "verdict" }, message),
      make("ol", { class: "steps" }, ...steps.map((step) => this.step(step))),
      complete
        ? ""
        : make(
            "p",
            { class: "quiet" },
            "Some steps are of several records: there were too many to look at each.",
          ),
    );
  }

  step({ position, after, exact, event, changes, changed }) {
    const name = exact ? (event?.type ?? "erased") : `positions ${after + 1} to ${position}`;
    const more =
      changed > changes.length
        ? make("li", { class: "quiet" }, `and ${changed - changes.length} more`)
        : null;
    return make(
      "li",
      { "data-key": position },
      make("button", { type: "button", class: "link", onclick: () => this.keeper.know(position) }, name),
      make(
        "span",
        { class: "quiet" },
        exact ? ` position ${position}` : "",
        event ? `, recorded ${brief(event.recordedtime)}` : "",
      ),
      make("ul", {}, ...changes.map((change) => this.change(change)), more),
    );
  }

  change({ message, offset }) {
    if (offset === null || offset === undefined) return make("li", {}, message);
    return make(
      "li",
      {},
      make("button", { type: "button", class: "link", onclick: () => this.model.seek(offset) }, message),
    );
  }
}

customElements.define("change-list", ChangeList);
