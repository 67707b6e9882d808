// That what is shown is not what is: the server cannot be followed. It goes away by itself, as the trouble does.

import { make } from "../lib/dom.js";
import { Part } from "../lib/part.js";

const SPARED = 1500; // milliseconds: a stream that is only taken up anew is worth no word

class ConnectionNote extends Part {
  arrive() {
    this.text = make("p", { role: "status" });
    this.replaceChildren(this.text);
    this.listen(window, "connection", ({ detail: there }) => (there ? this.leave() : this.lost()));
  }

  lost() {
    this.timer ??= setTimeout(() => this.say(), SPARED);
    this.since ??= new Date().toLocaleTimeString();
  }

  say() {
    this.text.textContent = `Not connected. What is shown is from ${this.since}; the page goes on by itself.`;
  }

  leave() {
    clearTimeout(this.timer);
    this.timer = this.since = null;
    this.text.textContent = "";
  }
}

customElements.define("connection-note", ConnectionNote);
