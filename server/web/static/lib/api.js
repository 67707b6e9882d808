// The server, asked for JSON. Entity tags are the browser's business: it keeps what may be kept and asks
// again with If-None-Match. A refusal becomes a Refusal, which carries the problem's own words.

const V1 = "/api/v1";

export class Refusal extends Error {
  constructor(status, problem, headers) {
    super(problem.detail ?? problem.title ?? `the server answered ${status}`);
    this.status = status;
    this.problem = problem;
    this.retryAfter = Number(headers.get("Retry-After")) || null;
    // Whether there was a login, which holds no more.
    this.loggedOut = status === 401 && /invalid_token/.test(headers.get("WWW-Authenticate"));
  }
}

export class Unreachable extends Error {}

async function ask(path, options) {
  let response;
  try {
    response = await fetch(path, options);
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Unreachable("the server cannot be reached");
  }
  if (response.ok) return response;
  const problem = await response.json().catch(() => ({}));
  throw new Refusal(response.status, problem, response.headers);
}

const JSON_TYPES = "application/json, application/problem+json";

export async function get(path, signal, accept = JSON_TYPES) {
  return (await ask(path, { headers: { Accept: accept }, signal })).json();
}

// The same with the headers that came with it.
export async function getWhole(path, signal) {
  const response = await ask(path, {
    headers: { Accept: JSON_TYPES },
    signal,
  });
  return { document: await response.json(), headers: response.headers };
}

export async function getBytes(path, signal) {
  return (
    await ask(path, { headers: { Accept: "application/octet-stream, application/problem+json" }, signal })
  ).arrayBuffer();
}

// The targets of a Link header (RFC 8288) with a relation: [{href, type}].
export function links(header, relation) {
  return (header ?? "").split(/,\s*(?=<)/).flatMap((link) => {
    const href = link.match(/^\s*<([^>]*)>/)?.[1];
    const named = (name) => link.match(new RegExp(`;\\s*${name}="?([^";]*)"?`))?.[1];
    return href !== undefined && named("rel")?.split(" ").includes(relation)
      ? [{ href, type: named("type") ?? "" }]
      : [];
  });
}

export async function post(path, body) {
  const response = await ask(path, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  return response.status === 204 ? null : response.json();
}

// A path with a query, from which empty values are left out.
export function withQuery(path, query = {}) {
  const pairs = Object.entries(query).filter(
    ([, value]) => value !== null && value !== undefined && value !== "",
  );
  const search = new URLSearchParams(pairs).toString();
  return search ? `${path}?${search}` : path;
}

export function sessionPath(log, session, part = "", query = {}) {
  return withQuery(`${V1}/sessions/${encodeURIComponent(session)}${part}`, { log, ...query });
}

export function devicePath(log, device, query = {}) {
  return withQuery(`${V1}/devices/${encodeURIComponent(device)}/events`, { log, ...query });
}

export function clockPath(log, device) {
  return withQuery(`${V1}/devices/${encodeURIComponent(device)}/clock`, { log });
}

export function listeningPath(log, device, query) {
  return withQuery(`${V1}/devices/${encodeURIComponent(device)}/listening`, { log, ...query });
}

export function eventPath(id, query = {}) {
  return withQuery(`${V1}/events/${encodeURIComponent(id)}`, query);
}

export function logPath(log, query = {}) {
  return withQuery(`${V1}/logs/${encodeURIComponent(log)}/events`, query);
}

export function listPath(collection, query = {}) {
  return withQuery(`${V1}/${collection}`, query);
}
