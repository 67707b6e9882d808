// What to do where nothing was sent yet: commands that can be run as they stand.

import { copy } from "./copying.js";
import { make } from "./dom.js";

const EVENTS = [
  { type: "session-started", session: "first", device: "phone-1" },
  { type: "listen-started", session: "first", device: "phone-1", data: { asset: "birds", duration: 30 } },
];

// A session of two events that happen when they arrive, sent by hand.
export function sending(origin) {
  const events = EVENTS.map((event) => JSON.stringify({ source: "first-steps", ...event })).join(",\n  ");
  return `curl "${origin}/api/v1/events" -H "Authorization: Bearer $TOKEN" \\
  -H "Content-Type: application/json" -d '[
  ${events}
]'`;
}

export function firstSteps() {
  return make(
    "div",
    { class: "first-steps" },
    make("h2", {}, "No session yet"),
    make("p", {}, "Sessions appear here by themselves as events come in. To send a first one:"),
    make(
      "ol",
      {},
      step("Make a token that may send.", "TOKEN=$(playhead token create --data DIR --name first --role ingest)"),
      step("Send two events: a session begins, and a recording sounds.", sending(location.origin)),
    ),
    make("p", {}, "To look around first, see a day that is there already: ", make("code", {}, "playhead demo")),
  );
}

function step(says, command) {
  const copied = () => copy(command).then(() => button.replaceChildren("Copied"));
  const button = make("button", { type: "button", onclick: copied }, "Copy");
  return make("li", {}, says, make("div", { class: "command" }, make("pre", {}, command), button));
}
