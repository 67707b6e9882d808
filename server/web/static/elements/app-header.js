// The head of the page: where one is, where one can go, the theme, the keys, the way out.

import { listOf } from "../lib/address.js";
import { button, make } from "../lib/dom.js";
import { icon } from "../lib/icons.js";
import { Part } from "../lib/part.js";
import { nextTheme, theme } from "../lib/theme.js";

const PLACES = [
  ["sessions", "Sessions"],
  ["devices", "Devices"],
  ["logs", "Logs"],
];
const THEMES = { auto: "Theme: as the system", light: "Theme: light", dark: "Theme: dark" };

class AppHeader extends Part {
  arrive() {
    this.links = make(
      "nav",
      { "aria-label": "Places" },
      ...PLACES.map(([view, name]) => make("a", { href: `#/${view}`, "data-view": view }, name)),
    );
    this.theme = button("auto", "Theme", () => this.dress(nextTheme()));
    this.tools = make(
      "div",
      { class: "tools" },
      this.theme,
      make(
        "button",
        {
          type: "button",
          class: "icon",
          "aria-label": "Keys",
          title: "Keys (?)",
          onclick: () => dispatchEvent(new Event("show-keys")),
        },
        "?",
      ),
      (this.out = make(
        "button",
        { type: "button", onclick: () => dispatchEvent(new Event("log-out")) },
        "Log out",
      )),
    );
    this.replaceChildren(
      make(
        "a",
        { class: "name", href: "#/sessions" },
        make("img", { src: "/static/icon.svg", alt: "", width: 22, height: 22 }),
        "Playhead",
      ),
      this.links,
      this.tools,
    );
    this.dress(theme());
    this.at(null);
  }

  // Which view is shown; null: nobody is logged in.
  at(view) {
    this.links.hidden = this.out.hidden = view === null;
    for (const link of this.links.children) {
      if (view && link.dataset.view === listOf(view)) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
  }

  dress(name) {
    this.theme.replaceChildren(icon(name));
    this.theme.setAttribute("aria-label", THEMES[name]);
    this.theme.title = THEMES[name];
  }
}

customElements.define("app-header", AppHeader);
