// A trouble: what it is, what to do, and when trying again may help, doing so by itself.

import { advice, again } from "../lib/advice.js";
import { format, listOf, parse } from "../lib/address.js";
import { make, sentence } from "../lib/dom.js";
import { Part } from "../lib/part.js";

class TroubleNote extends Part {
  arrive() {
    const list = listOf(parse(location.hash).view);
    const seconds = again(this.error);
    this.replaceChildren(
      make(
        "div",
        { class: "note", role: "alert" },
        make("h1", {}, sentence(this.error.message)),
        make("p", {}, advice(this.error)),
        make(
          "p",
          {},
          make("button", { type: "button", onclick: () => this.retry() }, "Try again"),
          " ",
          make("a", { href: format(list) }, `Back to the ${list}`),
        ),
      ),
    );
    if (seconds !== null) this.timer = setTimeout(() => this.retry(), seconds * 1000);
  }

  leave() {
    clearTimeout(this.timer);
  }
}

customElements.define("trouble-note", TroubleNote);
