// A replay as it is drawn: what lies on which line, found by time. Made once for each replay.

import { ghosts } from "./ghosts.js";
import { Track } from "./track.js";
import { turnOf } from "./turns.js";

// Lines of a log are told apart from what devices did: an engineer reads the one to explain the other.
const LINE = "log-line";
const FAR = 3600;

// `reach` is what can be looked at, in seconds; a `lane` is the sender's, with its rows one below another.
// `now` is what is known by now where the replay is of an earlier position: where it differs it is a ghost,
// and its lanes have their room already, so that nothing jumps while the second playhead moves.
export function scene(replay, now = null) {
  const places = lanes([now, replay].filter(Boolean));
  const stretches = [
    ...replay.silences.map((item) => ({ ...item, kind: "silence" })),
    ...replay.unknown.map((item) => ({ ...item, kind: "unknown" })),
    ...replay.pauses.map((item) => ({ ...item, kind: "pause" })),
    ...replay.stalls.map((item) => ({ ...item, kind: "stall" })),
  ];
  const flags = flagged(replay);
  const clips = replay.clips.map((clip) => ({
    ...clip,
    kind: "clip",
    row: places.row(replay, clip),
    flag: flags(clip),
    turn: clip.loop ? turnOf(replay.assets[clip.asset]) : null,
  }));
  const marks = replay.marks.map((mark) => ({ ...mark, duration: 0, kind: "mark" }));
  return {
    replay,
    reach: [now, replay].filter(Boolean).map((each) => reach(each)).reduce(joined),
    core: [now, replay].filter(Boolean).map((each) => reach(each, -FAR)).reduce(joined),
    clips: new Track(clips),
    rows: byRow(clips, places.rows),
    lanes: places.lanes,
    ghosts: now && ghosts(replay, now, (clip) => places.row(now, clip)),
    stretches: new Track(stretches),
    whole: new Track(stretches.filter((item) => !item.listen)),
    events: new Track(marks.filter((mark) => mark.type !== LINE)),
    lines: new Track(marks.filter((mark) => mark.type === LINE)),
    findings: new Track(replay.findings.map((finding) => ({ ...finding, kind: "finding" }))),
    overlaps: new Track(overlaps(clips)),
  };
}

// From the first thing to the last. A mark far outside what was heard (a clock of 1970) does not stretch it.
// A clip does; what began before `earliest` is then left out of the core, which is looked at first.
function reach(replay, earliest = -Infinity) {
  const items = [replay.clips, replay.silences, replay.unknown, replay.pauses, replay.stalls].flat();
  let [start, stop] = [0, 0];
  for (const { offset, duration } of items) {
    if (offset >= earliest) start = Math.min(start, offset);
    stop = Math.max(stop, offset + duration);
  }
  for (const { offset } of replay.marks) {
    if (offset < start && start - offset < FAR) start = offset;
    if (offset > stop && offset - stop < FAR) stop = offset;
  }
  return { start, stop: Math.max(stop, start + 1) };
}

// The reach of two together.
export function joined(one, other) {
  return { start: Math.min(one.start, other.start), stop: Math.max(one.stop, other.stop) };
}

function byRow(clips, count) {
  const rows = Array.from({ length: count }, () => []);
  for (const clip of clips) rows[clip.row].push(clip);
  return rows.map((row) => new Track(row));
}

// The lanes of some replays, each as high as the highest of them: {lanes: [{lane, first, last}], rows,
// row(replay, clip)}.
function lanes(replays) {
  const own = new Map(replays.map((replay) => [replay, ranges(replay.clips)]));
  const heights = new Map();
  for (const found of own.values()) {
    for (const { lane, first, last } of found.values())
      heights.set(lane, Math.max(heights.get(lane) ?? 0, last - first + 1));
  }
  let rows = 0;
  const placed = new Map(
    [...heights].map(([lane, height]) => [lane, { lane, first: rows, last: (rows += height) - 1 }]),
  );
  const row = (replay, clip) => placed.get(clip.lane).first + clip.row - own.get(replay).get(clip.lane).first;
  return { lanes: [...placed.values()], rows, row };
}

// The rows of each lane, the upper lanes first.
function ranges(clips) {
  const found = new Map();
  for (const { lane, row } of clips) {
    const known = found.get(lane);
    if (!known) found.set(lane, { lane, first: row, last: row });
    else if (row < known.first) known.first = row;
    else if (row > known.last) known.last = row;
  }
  return new Map([...found].sort(([, a], [, b]) => a.first - b.first));
}

// The worst that a finding says of a clip, by the records that both rest on and the time that both are about.
function flagged(replay) {
  const spots = new Map();
  for (const finding of replay.findings) {
    if (finding.severity === "info") continue;
    for (const position of finding.positions) spots.set(position, [...(spots.get(position) ?? []), finding]);
  }
  return (clip) => {
    const about = clip.positions.flatMap((position) => spots.get(position) ?? []);
    const here = about.filter(
      ({ offset, duration }) => offset < clip.offset + clip.duration && offset + duration > clip.offset,
    );
    return here.some(({ severity }) => severity === "error") ? "error" : (here[0]?.severity ?? null);
  };
}

// Where two clips or more of one lane sound at once: {lane, offset, duration}. One sweep over the clips.
function overlaps(clips) {
  const found = [];
  const open = new Map();
  for (const clip of [...clips].sort((a, b) => a.offset - b.offset)) {
    const stop = clip.offset + clip.duration;
    const reached = open.get(clip.lane) ?? -Infinity;
    if (clip.offset < reached)
      join(found, {
        lane: clip.lane,
        row: clip.row,
        offset: clip.offset,
        duration: Math.min(stop, reached) - clip.offset,
      });
    open.set(clip.lane, Math.max(reached, stop));
  }
  return found;
}

function join(found, next) {
  const last = found.at(-1);
  const stop = last ? last.offset + last.duration : -Infinity;
  if (last?.lane !== next.lane || next.offset > stop) found.push({ ...next, kind: "overlap" });
  else last.duration = Math.max(stop, next.offset + next.duration) - last.offset;
}

// What is true at a moment, in words and as the meaning that paints it: {kind, says}.
export function state(scene, at) {
  const clips = scene.clips.at(at);
  if (clips.length) return { kind: "clip", says: clips.map(title).join(" + "), clips };
  const [stretch] = scene.stretches.at(at);
  if (stretch) return { kind: stretch.kind, says: SAYS[stretch.kind], stretch };
  return {
    kind: null,
    says: at < scene.reach.start || at > scene.reach.stop ? "outside the session" : "nothing",
  };
}

const SAYS = { silence: "silence", unknown: "unknown", pause: "paused", stall: "stalled" };

export function title(clip) {
  return clip.title ?? clip.asset ?? "a recording nobody named";
}

// How a clip's end is known, in words.
export function ending(clip) {
  return clip.cut ?? ENDINGS[clip.end];
}

const ENDINGS = {
  observed: "end seen",
  length: "end inferred from its length",
  next: "end inferred from the next start",
  session: "end inferred from the session's end",
  open: "never ended",
};

// What the drawing shows, for those who do not see it.
export function spoken(replay) {
  const counts = [
    [replay.clips.length, "clip", "clips"],
    [replay.silences.length, "silence", "silences"],
    [replay.unknown.length, "unknown stretch", "unknown stretches"],
    [replay.pauses.length, "pause", "pauses"],
    [replay.stalls.length, "stall", "stalls"],
    [replay.findings.length, "finding", "findings"],
  ];
  return counts.map(([count, one, many]) => `${count} ${count === 1 ? one : many}`).join(", ");
}
