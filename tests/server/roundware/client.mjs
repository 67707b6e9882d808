// A client written from Roundware's document alone, as someone would who knows nothing else: it lists the listen
// events of a session, tells them in order, and looks at them by every filter and by id.
//
//     node client.mjs URL TOKEN SESSION

const [url, token, session] = process.argv.slice(2);
const headers = { authorization: `token ${token}` };

/** A GET of the document: an array of listen events, or one of them. */
async function get(path, filters = {}) {
  const response = await fetch(`${url}/api/2/listenevents/${path}?${new URLSearchParams(filters)}`, { headers });
  if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
  return response.json();
}

/** Milliseconds of a start time, which the document writes without an offset. */
const moment = (event) => Date.parse(`${event.start_time}Z`);

const ids = (events) => JSON.stringify(events.map((event) => event.id));

function same(one, other, what) {
  if (ids(one) !== ids(other)) throw new Error(`${what}: ${ids(one)} is not ${ids(other)}`);
}

const played = (await get("", { session })).sort((a, b) => moment(a) - moment(b));
for (const event of played) {
  const fields = Object.keys(event).slice(0, 5).join();
  if (fields !== "id,duration_in_seconds,start_time,session_id,asset_id") throw new Error(fields);
  same([await get(`${event.id}/`)], [event], "one by its id");
  const length = event.duration_in_seconds === null ? "" : ` ${event.duration_in_seconds} s`;
  console.log(`${event.start_time} asset ${event.asset_id}${length}`);
}

const known = played.filter((event) => event.duration_in_seconds !== null);
const nanoseconds = Math.max(...known.map((event) => event.duration_in_seconds)) * 1e9;
const middle = played[Math.floor(played.length / 2)];
const byId = (a, b) => a.id - b.id;
same(
  await get("", { session, duration__gte: nanoseconds, duration__lte: nanoseconds }),
  known.filter((event) => event.duration_in_seconds * 1e9 === nanoseconds).sort(byId),
  "the longest",
);
same(
  await get("", { session, start_time__lte: middle.start_time }),
  played.filter((event) => event.start_time <= middle.start_time).sort(byId),
  "those until the middle",
);
same(
  await get("", { session, start_time__gte: middle.start_time }),
  played.filter((event) => event.start_time >= middle.start_time).sort(byId),
  "those from the middle",
);
for (const asset of new Set(played.map((event) => event.asset_id))) {
  same(
    await get("", { session, asset }),
    played.filter((event) => event.asset_id === asset).sort(byId),
    `those of asset ${asset}`,
  );
}
