// This session taken away: a file in each format that the server offers, of what is shown (its position, its
// clock), the request as a curl command, and the link to this very view.

import { sessionPath } from "../lib/api.js";
import { copy } from "../lib/copying.js";
import { make } from "../lib/dom.js";
import { Part } from "../lib/part.js";

const SAYS = {
  json: "the replay",
  m3u8: "HLS playlist",
  otio: "OpenTimelineIO",
  rpp: "REAPER project",
  vtt: "WebVTT",
  txt: "labels for Audacity",
  csv: "spreadsheet",
  svg: "drawing",
  wav: "sound, exact",
  flac: "sound, exact, smaller",
  mp3: "sound",
  opus: "sound, smallest",
  zip: "bundle: all of it",
  "cloudevents.json": "its events",
  html: "a page that works offline",
};

class ExportMenu extends Part {
  arrive() {
    this.list = make("div", { class: "menu" });
    this.box = make("details", {}, make("summary", {}, "Export"), this.list);
    this.said = make("span", { class: "unseen", role: "status" });
    this.replaceChildren(this.box, this.said);
    this.listen(this.box, "toggle", () => this.box.open && this.fill());
    this.listen(document, "pointerdown", ({ target }) => this.contains(target) || (this.box.open = false));
    this.listen(this, "keydown", (event) => {
      if (event.key !== "Escape" || !this.box.open) return;
      event.stopPropagation();
      this.box.open = false;
      this.box.firstChild.focus();
    });
  }

  path(part) {
    const { known, clock } = this.model.state;
    return sessionPath(this.of.log, this.of.session, part, {
      as_of: known,
      clock: clock === "corrected" ? "corrected" : null,
    });
  }

  fill() {
    const { known, formats } = this.model.state;
    const endings = [
      "json",
      ...(formats ?? []).map(({ ending }) => ending).filter((ending) => ending !== "json"),
    ];
    this.list.replaceChildren(
      make("p", { class: "quiet" }, known === null ? "Of all that is known" : `As of position ${known}`),
      make(
        "ul",
        {},
        ...endings.map((ending) =>
          make(
            "li",
            {},
            make(
              "a",
              { href: this.path(`/replay.${ending}`), download: `${this.of.session}.${ending}` },
              make("b", {}, `.${ending}`),
              " ",
              SAYS[ending] ?? "",
            ),
          ),
        ),
      ),
      make(
        "button",
        { type: "button", onclick: () => this.attempt(() => this.copy(this.curl(), "The curl command")) },
        "Copy as curl",
      ),
      make(
        "button",
        {
          type: "button",
          onclick: () =>
            this.dispatchEvent(new CustomEvent("command", { bubbles: true, detail: { name: "link" } })),
        },
        "Copy the link to this view",
      ),
    );
  }

  // A token is not part of it: who runs it has one of their own.
  curl() {
    return `curl "${location.origin}${this.path("/replay")}" -H "Authorization: Bearer $TOKEN"`;
  }

  async copy(text, what) {
    await copy(text);
    this.said.textContent = `${what} was copied.`;
    this.box.open = false;
    this.dispatchEvent(new CustomEvent("said", { bubbles: true, detail: `${what} was copied.` }));
  }
}

customElements.define("export-menu", ExportMenu);
