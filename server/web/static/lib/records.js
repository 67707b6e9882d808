// A session's records, as the page lists them. Pure.

import { title } from "./scene.js";
import { micros } from "./time.js";

const MICROSECOND = 1.5e-6;

// Records by their time, then their position, each with its `offset` from zero and its `lag` in seconds; an
// erased place has neither a time nor a type.
export function inOrder(records, replay) {
  const from = micros(replay.zero);
  const ahead = aheads(replay);
  const titles = new Map(replay.clips.map((clip) => [clip.listen, title(clip)]));
  return records
    .map((record) => placed(record, from, titles, ahead))
    .sort((a, b) => a.offset - b.offset || a.position - b.position);
}

// When a record happened and when it was recorded, in microseconds: read once, however often it is placed.
function moments(record) {
  const known = read.get(record) ?? {
    recorded: micros(record.recordedtime),
    happened: record.time ? micros(record.time) : null,
  };
  read.set(record, known);
  return known;
}

const read = new WeakMap();

function placed(record, from, titles, ahead) {
  const { recorded, happened } = moments(record);
  if (record.erased)
    return {
      record,
      position: record.position,
      offset: (recorded - from) / 1e6,
      lag: null,
      type: "erased",
      says: "erased on request",
    };
  const time = happened === null ? recorded : happened - ahead(record);
  return {
    record,
    position: record.position,
    offset: (time - from) / 1e6,
    lag: (recorded - time) / 1e6,
    type: record.type,
    says: says(record, titles),
  };
}

// How far the clock of a record's device was ahead, in microseconds, where the replay is told by the server's
// clock.
function aheads(replay) {
  if (replay.clock !== "corrected") return () => 0;
  const clocks = new Map(
    replay.clocks.filter(({ offset }) => offset !== null).map((clock) => [clock.device, clock]),
  );
  return ({ device, time }) => {
    const clock = clocks.get(device);
    if (!clock) return 0;
    const since = (micros(time) - micros(clock.at)) / 1e6;
    return Math.round((clock.offset + ((clock.rate ?? 0) / 1e6) * since) * 1e6);
  };
}

// What an event says beside its type, in a line; `titles` are those of listens.
const SAID = {
  "session-started": ({ client }) => client,
  "session-ended": ({ reason }) => reason,
  "location-changed": ({ lat, lon }) => (lat === undefined ? "" : `${lat}, ${lon}`),
  "log-line": ({ text }) => text,
};

export function says({ type, data = {} }, titles = new Map()) {
  if (type in SAID) return SAID[type](data) ?? "";
  const { asset, listen, ...rest } = data;
  const pairs = Object.entries(rest).map(
    ([name, value]) => `${name} ${typeof value === "object" ? JSON.stringify(value) : value}`,
  );
  return [titles.get(listen) ?? asset ?? listen, ...pairs].filter(Boolean).join(" · ");
}

// Those whose type is among `types` (none: all) and that hold each word of a text, in any case.
export function filtered(entries, { text = "", types = [] }) {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const wanted = new Set(types);
  return entries.filter((entry) => {
    if (wanted.size && !wanted.has(entry.type)) return false;
    if (!words.length) return true;
    entry.searched ??= JSON.stringify(entry.record).toLowerCase();
    return words.every((word) => entry.searched.includes(word));
  });
}

// The index of the last of some rising positions that is not above one; -1 when all are.
export function lastUpTo(positions, position) {
  let [low, high] = [0, positions.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (positions[middle] <= position) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

// How many there are of each type, the commonest first.
export function types(entries) {
  const counts = new Map();
  for (const { type } of entries) counts.set(type, (counts.get(type) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1] || a[0].localeCompare(b[0]));
}

// What a record did to the timeline: the things that name its position. `entry` is one of `inOrder`.
export function effects({ position, offset }, replay) {
  const found = [];
  const kinds = [
    ["clip", replay.clips],
    ["pause", replay.pauses],
    ["stall", replay.stalls],
    ["finding", replay.findings],
  ];
  for (const [kind, items] of kinds) {
    for (const item of items) {
      if (!item.positions?.includes(position)) continue;
      found.push({ kind, item: { ...item, kind }, does: role(kind, item, offset) });
    }
  }
  for (const change of replay.clips.flatMap((clip) => clip.changes.map((each) => ({ clip, each })))) {
    if (change.each.position === position)
      found.push({
        kind: "clip",
        item: { ...change.clip, kind: "clip" },
        does: `moves its ${change.each.kind}`,
      });
  }
  for (const mark of replay.marks)
    if (mark.position === position)
      found.push({ kind: "mark", item: { ...mark, kind: "mark", duration: 0 }, does: "stands as" });
  for (const asset of Object.values(replay.assets))
    if (asset.position === position)
      found.push({ kind: "asset", item: asset, does: "describes the recording" });
  return found;
}

function role(kind, item, offset) {
  if (kind === "finding") return "is evidence of";
  if (Math.abs(item.offset - offset) < MICROSECOND) return "begins";
  return Math.abs(item.offset + item.duration - offset) < MICROSECOND ? "ends" : "shapes";
}
