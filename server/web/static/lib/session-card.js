// A session in a list: what it is called, what it sounded like, what was found in it.

import { format } from "./address.js";
import { make } from "./dom.js";
import { strip } from "./strip.js";
import { counted, length, moment } from "./time.js";

const SEVERITIES = ["error", "warning", "info"];
const NAMED = 2;

export function sessionCard(session) {
  const { log, outline } = session;
  return make(
    "li",
    { class: "card session", "data-key": `${log}/${session.session}` },
    make(
      "div",
      { class: "title" },
      make("a", { href: format("session", { log, session: session.session }) }, session.session),
      make("span", { class: `state ${session.state}` }, session.state),
    ),
    make(
      "div",
      { class: "sketch" },
      outline && !outline.fault ? strip(outline.strip, spoken(outline)) : null,
    ),
    make(
      "div",
      { class: "lengths" },
      make("b", {}, length(outline?.duration ?? session.duration)),
      make("span", {}, counted(outline?.clips ?? session.listens, outline ? "clip" : "listen")),
    ),
    make("div", { class: "signs" }, ...signs(session)),
    make(
      "div",
      { class: "facts-line" },
      make(
        "time",
        { datetime: session.zero, title: session.zero },
        moment(session.zero),
      ),
      session.client ? make("span", {}, session.client) : null,
      ...session.devices
        .slice(0, NAMED)
        .map((device) => make("a", { href: format("device", { log, device }) }, device)),
      ...session.users
        .slice(0, NAMED)
        .map((user) => make("a", { href: format("sessions", {}, { user }) }, user)),
      make("a", { href: format("log", { log }) }, `log ${log}`),
      make("span", { class: "rules" }, rules(session)),
    ),
  );
}

// How many findings of each severity; a session that could not be told says why.
function signs({ outline }) {
  if (!outline) return [];
  if (outline.fault) return [make("span", { class: "sign error", title: outline.fault }, "cannot be drawn")];
  return SEVERITIES.filter((name) => outline.severities[name]).map((name) =>
    make(
      "span",
      { class: `sign ${name}` },
      counted(outline.severities[name], name === "info" ? "note" : name),
    ),
  );
}

// What was found, by the names of the rules, so that nothing has to be opened to know it.
function rules({ outline }) {
  return Object.entries(outline?.findings ?? {})
    .map(([rule, count]) => (count === 1 ? rule : `${count} × ${rule}`))
    .join(", ");
}

function spoken({ duration, heard, strip: letters }) {
  const share = (letter) => [...letters].filter((one) => one === letter).length / letters.length;
  const parts = [
    ["s", "silent"],
    ["u", "unknown"],
    ["p", "paused"],
    ["t", "stalled"],
  ]
    .filter(([letter]) => share(letter))
    .map(([, name]) => name);
  const between = parts.length ? `; in between ${parts.join(", ")}` : "";
  return `heard ${length(heard)} of ${length(duration)}${between}`;
}

