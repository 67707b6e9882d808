import { hit } from "/static/lib/hit.js";
import { layout, rowBox } from "/static/lib/layout.js";
import { coverage } from "/static/lib/paint/overview.js";
import { gap } from "/static/lib/player.js";
import { effects, filtered, inOrder, types } from "/static/lib/records.js";
import { scene, state } from "/static/lib/scene.js";
import { equal, ok, test } from "./check.js";
import { clip, replay } from "./replays.js";

const STORY = replay({
  clips: [clip(1, 0, 30), clip(2, 25, 10, { row: 1 }), clip(3, 50, 10, { lane: "b", row: 2 })],
  silences: [{ offset: 35, duration: 5 }],
  unknown: [{ offset: 45, duration: 5 }],
  pauses: [{ offset: 40, duration: 5, listen: null, closed: true, positions: [8, 9] }],
  marks: [
    { offset: 10, type: "heartbeat", position: 20, device: "d", data: {} },
    { offset: 12, type: "log-line", position: 21, device: null, data: { text: "x" } },
  ],
});

test("what is true at a moment is said", () => {
  const drawn = scene(STORY);
  equal(
    [1, 27, 36, 41, 46, 55, 70].map((at) => state(drawn, at).kind),
    ["clip", "clip", "silence", "pause", "unknown", "clip", null],
  );
  equal(state(drawn, 27).says, "a1 + a2");
});

test("where two of a lane sound at once is found, and on two lanes it is none", () => {
  const drawn = scene(
    replay({ clips: [clip(1, 0, 30), clip(2, 25, 10, { row: 1 }), clip(3, 28, 10, { lane: "b", row: 2 })] }),
  );
  equal(
    drawn.overlaps.items.map(({ offset, duration }) => [offset, duration]),
    [[25, 5]],
  );
});

test("a mark with the clock of 1970 does not stretch the session", () => {
  const far = { offset: -1.7e9, type: "heartbeat", position: 1, device: null, data: {} };
  equal(scene({ ...STORY, marks: [far] }).reach, { start: 0, stop: 60 });
});

test("what lies under the pointer is found by line, row and time", () => {
  const drawn = scene(STORY);
  const placed = layout(drawn);
  const place = {
    scene: drawn,
    layout: placed,
    view: { start: 0, stop: 60 },
    width: 600,
    scrolled: 0,
    room: 1000,
  };
  const middle = (row) => {
    const { top, height } = rowBox(placed, row);
    return placed.head + top + height / 2;
  };
  equal(hit(place, { x: 100, y: middle(0) }).sequence, 1);
  equal(hit(place, { x: 270, y: middle(1) }).sequence, 2);
  equal(hit(place, { x: 550, y: middle(2) }).sequence, 3);
  equal(hit(place, { x: 400, y: middle(0) }), null);
  const band = (id) => placed.bands.find((each) => each.id === id);
  equal(hit(place, { x: 102, y: band("events").top + 5 }).type, "heartbeat");
  equal(hit(place, { x: 122, y: band("lines").top + 5 }).position, 21);
  equal(hit(place, { x: 360, y: band("state").top + 5 }).kind, "silence");
});

test("ten thousand rows have a place each, found without looking at all of them", () => {
  const drawn = scene(
    replay({
      clips: Array.from({ length: 10_000 }, (_, index) =>
        clip(index + 1, 0, 10, { lane: `lane ${index}`, row: index }),
      ),
    }),
  );
  const placed = layout(drawn);
  ok(rowBox(placed, 9999).top > rowBox(placed, 9998).top);
  equal(placed.lanes.length, 10_000);
  ok(
    placed.lanes.every(({ height }) => height >= 26),
    "a lane has room for its switches",
  );
});

test("the overview counts who sounds in each column", () => {
  equal(coverage(scene(STORY), { start: 0, stop: 60 }, 6), [1, 1, 2, 1, 0, 1]);
});

test("a gap reaches from the last that sounded to the next", () => {
  const drawn = scene(STORY);
  equal(gap(drawn, 10), null);
  equal(gap(drawn, 41), { start: 35, stop: 50 });
  equal(gap(drawn, 60), { start: 60, stop: 60 });
});

const record = (position, type, seconds, more = {}) => ({
  position,
  type,
  id: `e${position}`,
  source: "t",
  time: `2026-05-14T14:55:${30 + seconds}.000000Z`,
  recordedtime: `2026-05-14T14:56:${30 + seconds}.500000Z`,
  ...more,
});

test("records are told by time, with their lag and what they say", () => {
  const entries = inOrder(
    [
      record(2, "heartbeat", 9),
      record(5, "listen-started", 0, { data: { asset: "a1", listen: "l1" } }),
      record(1, "heartbeat", 9),
    ],
    STORY,
  );
  equal(
    entries.map(({ position }) => position),
    [5, 1, 2],
  );
  equal(
    entries.map(({ lag }) => lag),
    [60.5, 60.5, 60.5],
  );
  equal(entries[0].says, "a1");
  equal(types(entries), [
    ["heartbeat", 2],
    ["listen-started", 1],
  ]);
  equal(filtered(entries, { text: "L1 a1" }).length, 1);
  equal(filtered(entries, { types: ["heartbeat"] }).length, 2);
});

test("an erased record keeps its place in the list, and says so", () => {
  const [entry] = inOrder(
    [{ position: 3, recordedtime: "2026-05-14T14:55:31.000000Z", erased: true }],
    STORY,
  );
  equal([entry.type, entry.offset, entry.lag], ["erased", 1, null]);
});

test("what a record did is what names it", () => {
  const told = (position, offset) =>
    effects({ position, offset }, STORY).map(({ kind, does }) => `${does} ${kind}`);
  equal(told(8, 40), ["begins pause"]);
  equal(told(9, 45), ["ends pause"]);
  equal(told(2, 0), ["begins clip"]);
  equal(told(3, 30), ["ends clip"]);
  equal(told(20, 10), ["stands as mark"]);
  equal(told(99, 10), []);
});
