import { loudness } from "/static/lib/loudness.js";
import { seams, turnOf, within, wrapped } from "/static/lib/turns.js";
import { close, equal, ok, test } from "./check.js";
import { clip } from "./replays.js";

const move = (kind, offset, value, ramp = 0) => ({ kind, offset, value, ramp, position: 1 });

test("a gain moves in a straight line, and a session's gain multiplies it", () => {
  const { level } = loudness(
    clip(1, 100, 60, {
      gain: 0.8,
      session_gain: 0.5,
      changes: [move("gain", 110, 0.4, 10), move("session-gain", 130, 1)],
    }),
  );
  close(level(0), 0.4);
  close(level(10), 0.4);
  close(level(15), 0.3);
  close(level(25), 0.2);
  close(level(29.999), 0.2);
  close(level(30), 0.4);
});

test("a move amid another goes on from where that stood", () => {
  const { level } = loudness(
    clip(1, 0, 60, { changes: [move("gain", 10, 0, 10), move("gain", 15, 1, 5), move("gain", 40, 0.25)] }),
  );
  close(level(14.999), 0.5001);
  close(level(15), 0.5);
  close(level(17.5), 0.75);
  close(level(20), 1);
  close(level(39), 1);
  close(level(40), 0.25);
});

test("fades multiply what else moves, also where both are under way", () => {
  const { level, most } = loudness(
    clip(1, 0, 10, { gain: 2, fade_in: 8, fade_out: 8, changes: [move("gain", 5, 1)] }),
  );
  close(level(4), 2 * (4 / 8) * (6 / 8));
  close(level(5), (5 / 8) * (5 / 8));
  close(level(10), 0);
  close(most, 0.78125, 1e-5);
});

test("a pan moves too, and a clip of which nothing moves says so", () => {
  const { pan } = loudness(clip(1, 0, 10, { changes: [move("pan", 2, -1, 4), move("pan", 8, 1)] }));
  close(pan.at(4), -0.5);
  close(pan.at(9), 1);
  const steady = loudness(clip(1, 0, 10, { gain: 0.3 }));
  ok(!steady.moves);
  equal(steady.level(5), 0.3);
});

test("of a hundred thousand moves each moment is found at once", () => {
  const changes = Array.from({ length: 100_000 }, (_, index) => move("gain", index / 100, (index % 10) / 10));
  const { level } = loudness(clip(1, 0, 1000, { changes }));
  let sum = 0;
  for (let index = 0; index < 100_000; index++) sum += level(index / 100 + 0.001);
  close(sum, 45_000, 0.01);
});

test("what goes round is the described part, as far as the recording is there", () => {
  equal(turnOf({ in: 2, out: 5, duration: 30 }), { first: 2, last: 5 });
  equal(turnOf({ duration: 30 }), { first: 0, last: 30 });
  equal(within(turnOf(undefined), 12), { first: 0, last: 12 });
  equal(within({ first: 2, last: 50 }, 12), { first: 2, last: 12 });
  equal(within({ first: 20, last: 50 }, 12), null);
  equal(within(turnOf(undefined), undefined), null);
  equal([1, 4.5, 5, 9.5].map((place) => wrapped(place, { first: 2, last: 5 })), [1, 4.5, 2, 3.5]);
});

test("a clip begins anew where its recording does, and seams too close to be seen are left out", () => {
  const round = clip(1, 0, 20, { in: 1, rate: 2, loop: true });
  const turn = { first: 0, last: 8 };
  equal(seams(round, turn, -5, 20, 0.1), [3.5, 7.5, 11.5, 15.5, 19.5]);
  equal(seams(round, turn, 8, 12, 0.1), [11.5]);
  equal(seams(round, turn, 0, 20, 4), []);
});
