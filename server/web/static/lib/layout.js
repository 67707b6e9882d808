// Where each line of the drawing lies, from its top down, in CSS pixels. Findings, marks, lag and state stay
// in sight at the top; the lanes below them scroll when there are many.

const RULER = 24;
const FIXED = [
  ["findings", "findings", 20],
  ["events", "events", 18],
  ["lines", "log", 18],
  ["lag", "lag", 30],
  ["state", "state", 24],
];
const ROW = { most: 46, least: 10 };
const LANE = 26; // a lane has room for its name and its switches, however many there are
const ROOM = 240;
const GAP = 6;

// {ruler, bands: [{id, name, top, height}], head, lanes: [{lane, top, height, row, first, last}], height}. A
// lane's top counts from the head's end; `row` is how high each of its rows is.
export function layout(scene) {
  let top = RULER;
  const bands = FIXED.filter(([id]) => id !== "lag" || !scene.replay.compared).map(([id, name, height]) => {
    const band = { id, name: id === "findings" && scene.replay.compared ? "differs" : name, top, height };
    top += height;
    return band;
  });
  const common = Math.round(Math.min(ROW.most, Math.max(ROW.least, ROOM / Math.max(1, scene.rows.length))));
  let below = GAP;
  const lanes = scene.lanes.map(({ lane, first, last }) => {
    const rows = last - first + 1;
    const row = Math.max(common, LANE / rows);
    const placed = { lane, first, last, row, top: below, height: rows * row };
    below += placed.height + GAP;
    return placed;
  });
  return { ruler: RULER, bands, head: top, lanes, height: Math.max(below, common + 2 * GAP) };
}

// Where a row lies: {top, height}, from the head's end. Rows of a lane lie together.
export function rowBox(layout, row) {
  const lane = laneOf(layout, row);
  return lane ? { top: lane.top + (row - lane.first) * lane.row, height: lane.row } : { top: 0, height: 0 };
}

function laneOf(layout, row) {
  let [low, high] = [0, layout.lanes.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (layout.lanes[middle].last < row) low = middle + 1;
    else high = middle;
  }
  return layout.lanes[low];
}

// The lanes that are seen when it is scrolled so far, in a room so high.
export function seen(layout, scrolled, room) {
  return layout.lanes.filter(({ top, height }) => top + height >= scrolled && top <= scrolled + room);
}
