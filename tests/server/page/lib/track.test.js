import { Track } from "/static/lib/track.js";
import { equal, numbers, ok, test } from "./check.js";

const item = (offset, duration) => ({ offset, duration });

test("what sounds at a moment is found, whatever overlaps what", () => {
  const next = numbers(3);
  const items = Array.from({ length: 300 }, () => item(Math.floor(next() * 1000), Math.floor(next() * 60)));
  const track = new Track(items);
  for (let at = -10; at < 1080; at += 7) {
    const expected = items.filter(({ offset, duration }) => offset <= at && at < offset + duration).length;
    equal(track.at(at).length, expected, `at ${at}`);
  }
});

test("drawing costs the pixels and not the things", () => {
  const track = new Track(Array.from({ length: 100_000 }, (_, index) => item(index * 0.01, 0.01)));
  let drawn = 0;
  let told = 0;
  track.columns({ start: 0, stop: 1000 }, 500, (_item, _x, _w, hidden) => {
    drawn += 1;
    told += hidden;
  });
  ok(drawn <= 1000, "two for each column");
  equal(drawn + told, 100_000, "and says how many it passed over");
});

test("nothing long is passed over where things follow each other", () => {
  const next = numbers(11);
  const items = [];
  for (let at = 0; at < 10_000;) {
    const duration = next() < 0.02 ? 200 : next();
    items.push(item(at, duration));
    at += duration + next() * 0.1;
  }
  const seen = new Set();
  new Track(items).columns({ start: 0, stop: 10_000 }, 800, (one) => seen.add(one));
  for (const one of items) if (one.duration === 200) ok(seen.has(one), `the long one at ${one.offset}`);
});

test("only what is in sight is drawn", () => {
  const track = new Track(Array.from({ length: 100 }, (_, index) => item(index * 10, 5)));
  const seen = [];
  track.columns({ start: 100, stop: 120 }, 1000, (one) => seen.push(one.offset));
  equal(seen, [100, 110]);
});

test("the last thing that began, and the next", () => {
  const track = new Track([item(1, 0), item(5, 0), item(5, 0), item(9, 0)]);
  equal([track.last(0), track.last(1), track.last(4), track.last(100)], [-1, 0, 0, 3]);
  equal([track.next(0), track.next(5), track.next(10)], [0, 1, 4]);
});
