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
const ROOM = 240;
const GAP = 6;

// {ruler, bands: [{id, name, top, height}], head, lanes: [{lane, top, height, first}], row, height}. A lane's
// top counts from the head's end.
export function layout(scene) {
  let top = RULER;
  const bands = FIXED.filter(([id]) => id !== "lag" || !scene.replay.compared).map(([id, name, height]) => {
    const band = { id, name: id === "findings" && scene.replay.compared ? "differs" : name, top, height };
    top += height;
    return band;
  });
  const row = Math.round(Math.min(ROW.most, Math.max(ROW.least, ROOM / Math.max(1, scene.rows.length))));
  let below = GAP;
  const lanes = scene.lanes.map(({ lane, first, last }) => {
    const placed = { lane, first, last, top: below, height: (last - first + 1) * row };
    below += placed.height + GAP;
    return placed;
  });
  return { ruler: RULER, bands, head: top, lanes, row, height: Math.max(below, row + 2 * GAP) };
}

// The top of a row, from the head's end. Rows of a lane lie together.
export function rowTop(layout, row) {
  const lane = laneOf(layout, row);
  return lane ? lane.top + (row - lane.first) * layout.row : 0;
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
