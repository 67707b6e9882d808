// What lies under the pointer. Pure: a place in the drawing -> a thing of the scene, or null.

import { seen } from "./layout.js";

const NEAR = 5;
const POINTS = new Set(["findings", "events", "lines"]);

// `place` is {x, y} in the drawing, `view` what is seen, `width` how wide, `scrolled` how far the lanes are.
export function hit({ scene, layout, view, width, scrolled, room }, { x, y }) {
  const at = view.start + (x / width) * (view.stop - view.start);
  const near = (NEAR / width) * (view.stop - view.start);
  if (y < layout.ruler) return null;
  if (y < layout.head) return inBand(scene, layout, at, near, y);
  const below = y - layout.head + scrolled;
  for (const lane of seen(layout, scrolled, room)) {
    if (below < lane.top || below >= lane.top + lane.height) continue;
    const row = lane.first + Math.floor((below - lane.top) / lane.row);
    return nearest(scene.rows[row], at, near, 1);
  }
  return null;
}

function inBand(scene, layout, at, near, y) {
  const band = layout.bands.find(({ top, height }) => y >= top && y < top + height);
  if (band.id === "state") return scene.stretches.at(at)[0] ?? null;
  if (!POINTS.has(band.id)) return null;
  return nearest(scene[band.id], at, near);
}

// What goes on at the moment, else what is nearest to it and near enough.
function nearest(track, at, near, slack = near) {
  if (!track) return null;
  const [now] = track.at(at).slice(-1);
  if (now) return now;
  const after = track.next(at);
  const candidates = [track.items[after - 1], track.items[after]].filter(Boolean);
  const distance = (item) =>
    Math.min(Math.abs(item.offset - at), Math.abs(item.offset + (item.duration ?? 0) - at));
  const [best] = candidates.sort((a, b) => distance(a) - distance(b));
  return best && distance(best) <= Math.min(near, slack) ? best : null;
}
