// The page: what stands on it follows from the address (lib/address.js), and who may see it from a login.
//
//   #code=<code>   logs in once, then is gone from the address

import "./elements/app-header.js";
import "./elements/compare-view.js";
import "./elements/connection-note.js";
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
import { get, post } from "./lib/api.js";
import { make, sentence } from "./lib/dom.js";
import { keepPlaces, placeKept } from "./lib/returning.js";

const ELEMENTS = {
  sessions: "session-list",
  session: "session-view",
  devices: "device-list",
  device: "device-view",
  logs: "log-list",
  log: "log-view",
  compare: "compare-view",
};

const NO_PAGE = Object.assign(new Error("there is no page at this address"), {
  problem: { type: "not-found" },
});

const place = document.getElementById("place");
const header = document.querySelector("app-header");

// What a view is called, in the browser's tab and for who hears the page.
const TITLES = {
  sessions: () => "Sessions",
  session: ({ session }) => session,
  devices: () => "Devices",
  device: ({ device }) => `Device ${device}`,
  logs: () => "Logs",
  log: ({ log }) => `Log ${log}`,
  compare: ({ session, other }) => `${session} and ${other}`,
};

function show(element, title) {
  document.title = `${title} · Playhead`;
  document.body.dataset.view = element.localName;
  place.replaceChildren(element);
  if (!placeKept()) scrollTo(0, 0);
}

// Every visit is drawn anew: views keep nothing but what is in the address.
function route() {
  const { view, of, query } = parse(location.hash);
  header.at(view ?? "");
  if (!view) return fail(NO_PAGE, "No such page");
  return show(Object.assign(make(ELEMENTS[view]), { of, query }), TITLES[view](of));
}

function fail(error, title = "Trouble") {
  show(Object.assign(make("trouble-note"), { error, retry: route }), title);
}

function askToLogIn(trouble = "") {
  header.at(null);
  show(make("login-form", { trouble }), "Log in");
}

async function start() {
  const code = location.hash.match(/^#code=(.+)$/)?.[1];
  if (code) {
    history.replaceState(null, "", "#/sessions");
    try {
      await post("/login", { code });
    } catch (error) {
      if (!(await isLoggedIn())) return askToLogIn(sentence(error.message));
    }
  }
  return route();
}

// Who opens the printed link again has a login still.
function isLoggedIn() {
  return get("/api/v1/head").then(
    () => true,
    () => false,
  );
}

// Somebody went to another view: the keyboard and who hears the page begin at its top.
function went() {
  if (location.hash.startsWith("#code=")) return start();
  route();
  return place.focus({ preventScroll: true });
}

addEventListener("hashchange", went);
addEventListener("logged-in", route);
addEventListener("log-out", async () => {
  await post("/logout", {}).catch(() => null);
  askToLogIn();
});
addEventListener("trouble", ({ detail: error }) => {
  if (error.status === 401) return askToLogIn(error.loggedOut ? sentence(error.message) : "");
  return fail(error);
});

keepPlaces();
start();
