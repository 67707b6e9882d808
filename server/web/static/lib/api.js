// The server, asked for JSON. A refusal becomes a Refusal, which carries the problem's own words.

export class Refusal extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

async function answer(response) {
  if (response.ok) return response.status === 204 ? null : response.json();
  const problem = await response.json().catch(() => ({}));
  throw new Refusal(response.status, problem.detail ?? problem.title ?? `the server answered ${response.status}`);
}

export async function get(path, signal) {
  return answer(await fetch(path, { headers: { Accept: "application/json, application/problem+json" }, signal }));
}

export async function post(path, body) {
  return answer(
    await fetch(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) }),
  );
}

export function sessionPath(log, session, part = "") {
  return `/api/v1/sessions/${encodeURIComponent(session)}${part}?log=${encodeURIComponent(log)}`;
}
