// One record, whole, over what is shown; and the way to its moment in its session.

import { format } from "../lib/address.js";
import { make } from "../lib/dom.js";
import { icon } from "../lib/icons.js";
import { Part } from "../lib/part.js";

class RecordSheet extends Part {
  arrive() {
    this.body = make("div");
    this.dialog = make(
      "dialog",
      { "aria-label": "Record" },
      make(
        "form",
        { method: "dialog" },
        make(
          "header",
          {},
          (this.heading = make("h2")),
          make("button", { class: "icon", "aria-label": "Close", autofocus: true }, icon("close")),
        ),
      ),
      this.body,
    );
    this.replaceChildren(this.dialog);
  }

  show(record) {
    const { log, session, time, recordedtime: at } = record;
    const there = session && format("session", { log, session }, { at: time ?? at });
    this.heading.textContent = record.type;
    this.body.replaceChildren(
      session ? make("p", {}, make("a", { href: there }, `This moment in session ${session}`)) : "",
      make("pre", { tabindex: "0", "aria-label": "The record as JSON" }, JSON.stringify(record, null, 2)),
    );
    this.dialog.showModal();
  }
}

customElements.define("record-sheet", RecordSheet);
