// The sessions, newest first, page by page, with a search in their ids and client.

import { get } from "../lib/api.js";
import { heading, make } from "../lib/dom.js";
import { length, moment } from "../lib/time.js";

const COLUMNS = ["Session", "State", "Began", "Duration", "Listens", "Events", "Devices", "Log"];
const NUMBERS = new Set(["Duration", "Listens", "Events"]);

class SessionList extends HTMLElement {
  connectedCallback() {
    this.rows = make("tbody");
    this.more = make("button", { type: "button", hidden: true }, "Show older sessions");
    this.more.addEventListener("click", () => this.load());
    const search = make("input", { type: "search", id: "text", placeholder: "session, device, user or client" });
    search.addEventListener("input", () => this.search(search.value.trim()));
    this.empty = make("p", { class: "quiet", hidden: true });
    this.replaceChildren(
      make("h1", {}, "Sessions"),
      make("label", { for: "text", class: "search" }, "Search ", search),
      make("div", { class: "scroll" },
        make("table", {}, heading(COLUMNS, NUMBERS), this.rows)),
      this.empty,
      this.more,
    );
    this.search("");
  }

  disconnectedCallback() {
    this.asking?.abort();
    clearTimeout(this.soon);
  }

  search(text) {
    clearTimeout(this.soon);
    this.soon = setTimeout(() => {
      this.text = text;
      this.next = `/api/v1/sessions${text ? `?text=${encodeURIComponent(text)}` : ""}`;
      this.fresh = true;
      this.load();
    }, text ? 150 : 0);
  }

  async load() {
    this.asking?.abort();
    this.asking = new AbortController();
    try {
      const page = await get(this.next, this.asking.signal);
      const rows = page.sessions.map(row);
      if (this.fresh) this.rows.replaceChildren(...rows);
      else this.rows.append(...rows);
      this.fresh = false;
      this.next = page.next;
      this.more.hidden = !page.next;
      this.empty.hidden = this.rows.childElementCount > 0;
      this.empty.textContent = this.text
        ? "No session matches. The search looks in the ids of sessions, devices and users, and in the client."
        : "No session yet. Send one: POST /api/v1/events, or playhead ingest.";
    } catch (error) {
      if (error.name !== "AbortError") this.dispatchEvent(new CustomEvent("trouble", { bubbles: true, detail: error }));
    }
  }
}

function row(session) {
  const href = `#/session/${encodeURIComponent(session.log)}/${encodeURIComponent(session.session)}`;
  return make(
    "tr", {},
    make("th", { scope: "row" }, make("a", { href }, session.session)),
    make("td", {}, make("span", { class: `state ${session.state}` }, session.state)),
    make("td", {}, moment(session.zero)),
    make("td", { class: "number" }, length(session.duration)),
    make("td", { class: "number" }, String(session.listens)),
    make("td", { class: "number" }, String(session.events)),
    make("td", {}, session.devices.join(", ")),
    make("td", {}, session.log),
  );
}

customElements.define("session-list", SessionList);
