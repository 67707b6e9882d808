// The page: which element stands where, by the address's fragment.
//
//   #/                        the sessions
//   #/session/<log>/<id>      one session
//   #code=<code>              logs in once, then is gone from the address

import "./elements/login-form.js";
import "./elements/session-list.js";
import "./elements/session-view.js";
import { post } from "./lib/api.js";
import { make, sentence } from "./lib/dom.js";

const place = document.getElementById("place");
const logOut = document.getElementById("log-out");

function show(element) {
  logOut.hidden = element.localName === "login-form";
  place.replaceChildren(element);
}

function route() {
  const session = location.hash.match(/^#\/session\/([^/]+)\/([^/]+)$/);
  document.title = "Playhead";
  if (!session) return show(make("session-list"));
  const [log, id] = session.slice(1).map(decoded);
  document.title = `${id} · Playhead`;
  return show(make("session-view", { log, session: id }));
}

// A part of the address; as it stands when it is no percent-encoded text.
function decoded(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

async function start() {
  const code = location.hash.match(/^#code=(.+)$/)?.[1];
  if (code) {
    history.replaceState(null, "", "#/");
    try {
      await post("/login", { code });
    } catch (error) {
      return show(make("login-form", { trouble: sentence(error.message) }));
    }
  }
  return route();
}

addEventListener("hashchange", () => (location.hash.startsWith("#code=") ? start() : route()));
addEventListener("logged-in", route);
addEventListener("trouble", ({ detail }) => {
  if (detail.status === 401) return show(make("login-form"));
  return show(make("p", { class: "trouble", role: "alert" }, `${sentence(detail.message)} `, make("a", { href: "#/" }, "Back to the sessions")));
});
logOut.addEventListener("click", async () => {
  await post("/logout", {}).catch(() => null);
  show(make("login-form"));
});

start();
