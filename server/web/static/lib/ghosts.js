// What is known now where it differs from what was known then.

import { Track } from "./track.js";

// {clips, stretches} of `now` that were not so `then`; `row` says where a clip of now is drawn.
export function ghosts(then, now, row) {
  const known = new Set(then.clips.map(mark));
  const clips = now.clips
    .filter((clip) => !known.has(mark(clip)))
    .map((clip) => ({ ...clip, row: row(clip), kind: "clip" }));
  return { clips: new Track(clips), stretches: new Track(differing(then, now)) };
}

// What makes a clip the same one.
function mark({ listen, asset, offset, duration, in: from, lane, rate }) {
  return JSON.stringify([listen, asset, offset, duration, from, lane, rate]);
}

const KINDS = [
  ["silences", "silence"],
  ["unknown", "unknown"],
  ["pauses", "pause"],
  ["stalls", "stall"],
];

function differing(then, now) {
  return KINDS.flatMap(([name, kind]) => {
    const known = new Set(then[name].map(({ offset, duration }) => `${offset} ${duration}`));
    return now[name]
      .filter(({ offset, duration }) => !known.has(`${offset} ${duration}`))
      .map((item) => ({ ...item, kind }));
  });
}
