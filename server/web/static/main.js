// The page: what stands on it follows from the address (lib/address.js), and who may see it from a login.
//
//   #code=<code>   logs in once, then is gone from the address

import "./elements/app-header.js";
import "./elements/compare-view.js";
import "./elements/device-list.js";
import "./elements/device-view.js";
import "./elements/key-sheet.js";
import "./elements/log-list.js";
import "./elements/log-view.js";
import "./elements/login-form.js";
import "./elements/said-note.js";
import "./elements/session-list.js";
import "./elements/session-view.js";
import "./elements/trouble-note.js";
import { parse } from "./lib/address.js";
import { post } from "./lib/api.js";
import { make, sentence } from "./lib/dom.js";

const ELEMENTS = {
  sessions: "session-list",
  session: "session-view",
  devices: "device-list",
  device: "device-view",
  logs: "log-list",
  log: "log-view",
  compare: "compare-view",
};

const place = document.getElementById("place");
const header = document.querySelector("app-header");

function show(element, title = "") {
  document.title = title ? `${title} · Playhead` : "Playhead";
  document.body.dataset.view = element.localName;
  place.replaceChildren(element);
}

// Every visit is drawn anew: views keep nothing but what is in the address.
function route() {
  const address = parse(location.hash);
  header.at(address.view);
  const element = make(ELEMENTS[address.view]);
  Object.assign(element, { of: address.of, query: address.query });
  show(element, address.of.session ?? address.of.device ?? address.of.log ?? "");
}

function askToLogIn(trouble = "") {
  header.at(null);
  show(make("login-form", { trouble }));
}

async function start() {
  const code = location.hash.match(/^#code=(.+)$/)?.[1];
  if (code) {
    history.replaceState(null, "", "#/sessions");
    try {
      await post("/login", { code });
    } catch (error) {
      return askToLogIn(sentence(error.message));
    }
  }
  return route();
}

addEventListener("hashchange", () => (location.hash.startsWith("#code=") ? start() : route()));
addEventListener("logged-in", route);
addEventListener("log-out", async () => {
  await post("/logout", {}).catch(() => null);
  askToLogIn();
});
addEventListener("trouble", ({ detail: error }) => {
  if (error.status === 401) return askToLogIn();
  const note = make("trouble-note");
  note.error = error;
  note.retry = route;
  return show(note);
});

start();
