import { Keeper } from "/static/lib/keeper.js";
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
