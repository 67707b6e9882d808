// A word about what was done, which goes away by itself.

import { make } from "../lib/dom.js";
import { Part } from "../lib/part.js";

const STAYS = 5000;

class SaidNote extends Part {
  arrive() {
    this.text = make("p", { role: "status" });
    this.replaceChildren(this.text);
    this.listen(window, "said", ({ detail }) => this.say(detail));
  }

  leave() {
    clearTimeout(this.timer);
  }

  say(text) {
    this.text.textContent = text;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => (this.text.textContent = ""), STAYS);
  }
}

customElements.define("said-note", SaidNote);
