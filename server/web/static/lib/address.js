// The address: which view stands on the page, of what, and how it looks. All of it is in the fragment, which
// no browser sends: what somebody searched for is in no request for the page and in no log.
//
//   #/sessions?text=..&state=..&log=..       #/session/<log>/<id>?at=<time>&as_of=<position>&...
//   #/devices  #/device/<log>/<id>?type=..   #/logs  #/log/<log>?tags=..&text=..
//   #/compare/<log>/<a>/<b>

// A view's name, and the names of what its path holds.
const VIEWS = {
  sessions: [],
  session: ["log", "session"],
  devices: [],
  device: ["log", "device"],
  logs: [],
  log: ["log"],
  compare: ["log", "session", "other"],
};

// The list that a view's thing is in.
export function listOf(view) {
  return { device: "devices", devices: "devices", log: "logs", logs: "logs" }[view] ?? "sessions";
}

// {view, of, query} of a fragment; without one, the sessions. What is no address of ours has no view.
export function parse(fragment) {
  const [path, search = ""] = split(fragment.replace(/^#/, ""), "?");
  const [view, ...ids] = path.replace(/^\/?$/, "/sessions").split("/").slice(1);
  const names = VIEWS[view];
  if (!Object.hasOwn(VIEWS, view) || ids.length !== names.length) return { view: null, of: {}, query: {} };
  const of = Object.fromEntries(names.map((name, index) => [name, decoded(ids[index])]));
  return { view, of, query: Object.fromEntries(new URLSearchParams(search)) };
}

// The fragment of a view. What is empty is left out of its query.
export function format(view, of = {}, query = {}) {
  const path = [view, ...VIEWS[view].map((name) => encodeURIComponent(of[name]))].join("/");
  const pairs = Object.entries(query).filter(
    ([, value]) => value !== null && value !== undefined && value !== "" && value !== false,
  );
  const search = pairs.map(([name, value]) => `${encodeURIComponent(name)}=${readable(value)}`);
  return `#/${path}${search.length ? `?${search.join("&")}` : ""}`;
}

// A value of a query, escaped, but for what a fragment may hold and a person wants to read.
function readable(value) {
  return encodeURIComponent(value).replaceAll("%3A", ":").replaceAll("%20", "+");
}

// Keep the address of a view as it looks now, without a step in the history.
export function remember(view, of, query) {
  const fragment = format(view, of, query);
  if (fragment !== location.hash) history.replaceState(history.state, "", fragment);
}

function split(text, at) {
  const index = text.indexOf(at);
  return index < 0 ? [text] : [text.slice(0, index), text.slice(index + 1)];
}

// A part of the path; as it stands when it is no percent-encoded text.
function decoded(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
