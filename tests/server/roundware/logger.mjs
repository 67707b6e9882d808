// Logs a session the way Roundware's web client does: it signs up, begins a session, tells each recording when it
// begins and when it ends (a PATCH without the slash), and adds its own names to every query.
//
//     node logger.mjs URL DEVICE          prints the session's id

const [url, device] = process.argv.slice(2);
let token = null;

async function send(method, path, data) {
  const query = new URLSearchParams({ method, contentType: "application/json" });
  const headers = { "content-type": "application/json" };
  if (token) headers.authorization = `token ${token}`;
  const response = await fetch(`${url}/api/2${path}?${query}`, { method, headers, body: JSON.stringify(data) });
  if (response.status !== 200) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
  return response.json();
}

const at = (seconds) => new Date(Date.UTC(2026, 4, 14, 14, 57, 0, seconds * 1000)).toISOString();

token = (await send("POST", "/users/", { device_id: device, client_type: "web" })).token;
const session = await send("POST", "/sessions/", {
  project_id: 1,
  geo_listen_enabled: true,
  client_system: `node ${process.version}`,
});
const log = (event_type, seconds, more = {}) =>
  send("POST", "/events/", { session_id: session.id, event_type, client_time: at(seconds), ...more });

await log("start_session", 0);
await log("play_stream", 1);
const plays = [
  { asset: 11, begins: 5.979, lasts: 28.41 },
  { asset: 12, begins: 40, lasts: 10.36 },
  { asset: 11, begins: 60, lasts: 3.141 },
];
for (const { asset, begins, lasts } of plays) {
  const listen = await send("POST", "/listenevents/", { session: session.id, asset, starttime: at(begins) });
  await log("location_update", begins + 1, { latitude: 59.3293, longitude: 18.0686 });
  const ended = await send("PATCH", `/listenevents/${listen.id}`, { duration_in_seconds: lasts });
  if (ended.id !== listen.id || ended.duration_in_seconds !== Math.round(lasts * 100) / 100) {
    throw new Error(JSON.stringify(ended));
  }
}
await send("POST", "/listenevents/", { session: session.id, asset: 13, starttime: at(70) });
console.log(session.id);
