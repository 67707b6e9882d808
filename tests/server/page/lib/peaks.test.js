import { Wave } from "/static/lib/peaks.js";
import { runs } from "/static/lib/strip.js";
import { links } from "/static/lib/api.js";
import { ghosts } from "/static/lib/ghosts.js";
import { scene } from "/static/lib/scene.js";
import { close, equal, test } from "./check.js";
import { clip, replay } from "./replays.js";

// A .dat file of audiowaveform, version 2, of 16 bits: so many frames a peak at so many a second.
function dat(rate, frames, pairs) {
  const view = new DataView(new ArrayBuffer(24 + pairs.length * 4));
  [2, 0, rate, frames, pairs.length, 1].forEach((value, index) => view.setInt32(index * 4, value, true));
  pairs.flat().forEach((value, index) => view.setInt16(24 + index * 2, value, true));
  return view.buffer;
}

const WAVE = new Wave(
  dat(1000, 100, [
    [-32767, 32767],
    [-100, 0],
    [0, 16384],
    [-8, 8],
  ]),
);

test("a waveform tells the least and greatest sample of a part of a recording", () => {
  equal(WAVE.seconds, 0.4);
  equal(WAVE.between(0, 0.05), [-1, 1]);
  const [low, high] = WAVE.between(0.1, 0.25);
  close(low, -100 / 32767);
  close(high, 16384 / 32767);
});

test("past its end a recording is silent, unless it goes round", () => {
  const whole = { first: 0, last: null };
  equal(WAVE.between(0.5, 0.6), [0, 0]);
  equal(WAVE.between(0.8, 0.85, whole), [-1, 1]);
  equal(WAVE.between(0, 9, whole), [-1, 1]);
});

test("what goes round of a recording may be a part of it, and goes on from where the clip began", () => {
  const part = { first: 0.1, last: 0.2 };
  equal(WAVE.between(0, 0.05, part), [-1, 1]);
  equal(WAVE.between(0.35, 0.36, part), [-100 / 32767, 0]);
  equal(WAVE.between(0.9, 0.95, { first: 5, last: 6 }), [0, 0]);
});

test("a strip's letters are gathered", () => {
  equal(runs("ccsu"), [
    ["c", 0, 2],
    ["s", 2, 1],
    ["u", 3, 1],
  ]);
  equal(runs(""), []);
});

test("the targets of a Link header are told by their relation", () => {
  const header = '<replay.csv?log=a,b>; rel="alternate"; type="text/csv", </next>; rel="next"';
  equal(links(header, "alternate"), [{ href: "replay.csv?log=a,b", type: "text/csv" }]);
  equal(links(null, "next"), []);
});

test("what is known now where it differs from then is a ghost, and nothing else is", () => {
  const then = replay({ clips: [clip(1, 0, 30), clip(2, 40, 20)], unknown: [{ offset: 30, duration: 10 }] });
  const now = replay({ clips: [clip(1, 0, 25), clip(2, 40, 20)], silences: [{ offset: 25, duration: 15 }] });
  const found = ghosts(then, now, ({ row }) => row);
  equal(
    found.clips.items.map(({ offset, duration }) => [offset, duration]),
    [[0, 25]],
  );
  equal(
    found.stretches.items.map(({ kind }) => kind),
    ["silence"],
  );
});

test("the lanes that are known now have their room in what was known then, so that nothing jumps", () => {
  const then = replay({ clips: [clip(1, 0, 30, { lane: "b" })] });
  const now = replay({
    clips: [
      clip(1, 0, 30, { lane: "a" }),
      clip(2, 0, 30, { lane: "b", row: 1 }),
      clip(3, 10, 30, { lane: "b", row: 2 }),
    ],
  });
  const drawn = scene(then, now);
  equal(drawn.lanes, scene(now).lanes);
  equal(drawn.rows.length, 3);
  equal(
    drawn.rows[1].items.map(({ sequence }) => sequence),
    [1],
  );
});
