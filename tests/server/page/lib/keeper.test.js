import { Keeper } from "/static/lib/keeper.js";
import { SessionSource } from "/static/lib/session-source.js";
import { equal, ok, test } from "./check.js";
import { replay } from "./replays.js";

const record = (position) => ({
  position,
  recordedtime: "2026-05-14T14:55:31.000000Z",
  time: "2026-05-14T14:55:31.000000Z",
  type: "heartbeat",
  session: "s",
  data: {},
});
const ERASURE = { ...record(9), type: "event-erased", session: null };

// A server whose records are `there`; `meanwhile` happens as they are read.
function source(there, meanwhile = () => {}) {
  return {
    of: { log: "default", session: "s" },
    asked: [],
    forget() {},
    async *records() {
      const page = [...there].map(record);
      await meanwhile();
      yield page;
    },
    async summary() {
      return {};
    },
    async now({ min_position: position }) {
      this.asked.push(position);
      await meanwhile();
      return { replay: replay({ position }) };
    },
  };
}

function keeper(from, positions) {
  const model = {
    state: { clock: "session", known: null },
    set: (more) => Object.assign(model.state, more),
    show() {},
  };
  const stopping = new AbortController();
  const kept = new Keeper(from, model, () => {}, stopping.signal);
  Object.assign(kept, { head: replay(), position: 0 });
  kept.take(positions.map(record));
  kept.stop = () => stopping.abort();
  return kept;
}

function once(work) {
  let done = false;
  return () => {
    if (!done) work();
    done = true;
  };
}

const held = (kept) => [...kept.raw.keys()];

test("what was erased leaves the page, also when as much came in its place", async () => {
  const kept = keeper(source([2, 3]), [1, 2]);
  kept.came([ERASURE]);
  await kept.refresh();
  equal(held(kept), [2]);
  kept.stop();
});

test("what comes while the rest is read again stays", async () => {
  const kept = keeper(
    source(
      [2],
      once(() => kept.came([record(10)])),
    ),
    [1, 2],
  );
  kept.came([ERASURE]);
  await kept.refresh();
  equal(held(kept), [2, 10]);
  kept.stop();
});

test("an erasure that comes while the rest is read again is looked for next", async () => {
  const kept = keeper(
    source(
      [2],
      once(() => kept.came([ERASURE])),
    ),
    [1, 2],
  );
  kept.stale = true;
  await kept.refresh();
  ok(kept.stale && kept.pace.later);
  kept.stop();
});

test("what comes while the replay is fetched is fetched next", async () => {
  const from = source(
    [1, 2, 10],
    once(() => kept.came([record(10)])),
  );
  const kept = keeper(from, [1]);
  await kept.pace.run();
  ok(kept.pace.later);
  await kept.pace.run();
  equal(from.asked, [0, 10]);
  equal(kept.pace.later, null);
  kept.stop();
});

test("many pages of records are placed as often as they double", async () => {
  const from = source([]);
  from.records = async function* () {
    for (let position = 1; position <= 11; position++) yield [record(position)];
  };
  const kept = keeper(from, []);
  const placed = [];
  kept.model.set = ({ records }) => records && placed.push(records.length);
  await kept.fill();
  equal(placed, [1, 2, 4, 8, 11]);
  kept.stop();
});

// What a promise has come to by the next turns; null while it waits.
async function settled(promise) {
  const waits = new Promise((done) => setTimeout(done, 100, null));
  return Promise.race([promise.then(() => "settled"), waits]);
}

test("who asked for a position that was overtaken by another wish does not wait for ever", async () => {
  const kept = keeper(source([]), [1, 2, 3]);
  const first = kept.know(1);
  kept.know(null);
  equal(await settled(first), "settled");
  kept.stop();
});

// A server whose replays are answered when the test says so, in any order.
function slow() {
  const from = source([]);
  from.answers = [];
  from.now = (query) =>
    new Promise((done, failed) => {
      const told = replay({ clock: query.clock ?? "device", clocks: [] });
      from.answers.push({ query, give: () => done({ replay: told }), fail: () => failed(new Error("no")) });
    });
  return from;
}

test("of a refresh and another clock the one asked for last counts, whichever is answered first", async () => {
  const from = slow();
  const kept = keeper(from, [1]);
  kept.position = 7;
  const work = [kept.refresh()];
  kept.model.state.clock = "corrected";
  work.push(kept.retell());
  for (const { give } of from.answers.reverse()) give();
  await Promise.all(work);
  equal(kept.head.clock, "corrected");
  equal(from.answers.map(({ query }) => query.min_position), [7, 7]);
  kept.stop();
});

test("where another clock cannot be told, what it overtook is asked for again", async () => {
  const from = slow();
  const kept = keeper(from, [1]);
  const refreshing = kept.refresh();
  const telling = kept.retell().catch(() => "refused");
  from.answers[1].fail();
  from.answers[0].give();
  await refreshing;
  equal(await telling, "refused");
  ok(kept.pace.later);
  kept.stop();
});

test("what is drawn of before an erasure is drawn anew, also when that fails at first", async () => {
  const from = source([1, 3]);
  const drawn = [];
  let busy = true;
  from.then = async (position) => {
    if (busy) throw Object.assign(new Error("busy"), { status: 503 });
    drawn.push(position);
    return replay();
  };
  const kept = keeper(from, [1, 2, 3]);
  kept.model.state.known = 2;
  kept.came([ERASURE]);
  await kept.refresh().catch(() => (busy = false));
  await kept.refresh();
  equal(drawn, [2]);
  kept.stop();
});

test("what was on its way when all was forgotten is not kept", async () => {
  const { fetch } = globalThis;
  const answers = [];
  globalThis.fetch = () => new Promise((done) => answers.push(done));
  const from = new SessionSource({ log: "default", session: "s" }, new AbortController().signal);
  const asked = () => from.then(1, {});
  try {
    const before = asked();
    from.forget();
    answers[0](new Response('{"told": "before"}'));
    equal(await before, { told: "before" });
    const after = asked();
    equal(answers.length, 2);
    answers[1](new Response('{"told": "after"}'));
    equal(await after, { told: "after" });
  } finally {
    globalThis.fetch = fetch;
  }
});
