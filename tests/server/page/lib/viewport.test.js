import { clamp, decimals, pan, SHORTEST, showing, step, ticks, whole, zoom } from "/static/lib/viewport.js";
import { close, equal, numbers, ok, test } from "./check.js";

const REACH = { start: 0, stop: 3600 };

test("what is seen never leaves the session and never gets too short, whatever hands do", () => {
  const next = numbers(7);
  let view = whole(REACH);
  const all = whole(REACH);
  for (let turn = 0; turn < 2000; turn++) {
    const at = view.start + next() * (view.stop - view.start);
    view =
      next() < 0.5
        ? zoom(view, Math.exp((next() - 0.55) * 4), at, REACH)
        : pan(view, (next() - 0.5) * 4000, REACH);
    ok(view.start >= all.start - 1e-6 && view.stop <= all.stop + 1e-6, "inside");
    ok(view.stop - view.start >= SHORTEST * 0.999, "not too short");
  }
});

test("zooming keeps the moment under the pointer where it is", () => {
  const view = zoom({ start: 1000, stop: 1100 }, 0.5, 1025, REACH);
  close((1025 - view.start) / (view.stop - view.start), 0.25);
  close(view.stop - view.start, 50);
});

test("zooming goes from hours to milliseconds and back", () => {
  let view = whole(REACH);
  for (let turn = 0; turn < 40; turn++) view = zoom(view, 0.5, 1234.567, REACH);
  close(view.stop - view.start, SHORTEST, 1e-9);
  for (let turn = 0; turn < 40; turn++) view = zoom(view, 2, 1234.567, REACH);
  equal(view, whole(REACH));
});

test("a moment that is seen moves nothing; one that is not turns the page", () => {
  const view = { start: 100, stop: 200 };
  ok(showing(view, 150, REACH) === view);
  equal(showing(view, 210, REACH), { start: 200, stop: 300 });
});

test("a view of a session that is shorter now fits into it", () => {
  const view = clamp({ start: 50, stop: 90 }, { start: 0, stop: 10 });
  close(view.start, -0.1);
  close(view.stop, 10.1);
});

test("a ruler has round steps, few enough, and enough decimals to tell them apart", () => {
  equal([step(3600, 10), step(10, 10), step(0.05, 10)], [600, 1, 0.005]);
  equal([decimals(600), decimals(0.5), decimals(0.02), decimals(0.005)], [0, 1, 2, 3]);
  equal(ticks({ start: -1, stop: 61 }, 30), [0, 30, 60]);
});

test("on a clock that is ahead, the steps are round on that clock", () => {
  equal(ticks({ start: 0, stop: 60 }, 30, 50), [10, 40]);
});
