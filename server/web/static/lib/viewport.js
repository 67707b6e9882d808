// The part of a session that is seen: {start, stop} in seconds. Pure: every function gives a new one.
// Rule: it is never shorter than a few milliseconds, never longer than the session, and never outside it.

export const SHORTEST = 0.005;

// The whole of a reach, with a little air so that its edges can be seen.
export function whole(reach) {
  const air = (reach.stop - reach.start) * 0.01;
  return { start: reach.start - air, stop: reach.stop + air };
}

export function clamp(view, reach) {
  const all = whole(reach);
  const span = Math.min(Math.max(view.stop - view.start, SHORTEST), all.stop - all.start);
  const start = Math.min(Math.max(view.start, all.start), all.stop - span);
  return { start, stop: start + span };
}

// Longer (factor above 1) or shorter, the moment `at` staying where it is.
export function zoom(view, factor, at, reach) {
  const all = whole(reach);
  const span = Math.min(Math.max((view.stop - view.start) * factor, SHORTEST), all.stop - all.start);
  const share = (at - view.start) / (view.stop - view.start);
  const start = at - share * span;
  return clamp({ start, stop: start + span }, reach);
}

export function pan(view, seconds, reach) {
  return clamp({ start: view.start + seconds, stop: view.stop + seconds }, reach);
}

// Moved, when it must be, so that a moment is seen: near the left edge, as when a page is turned.
export function showing(view, at, reach) {
  if (at >= view.start && at <= view.stop) return view;
  const span = view.stop - view.start;
  return clamp({ start: at - span * 0.1, stop: at + span * 0.9 }, reach);
}

// Around a stretch, with air on both sides.
export function around(start, stop, reach) {
  const air = Math.max((stop - start) * 0.4, SHORTEST);
  return clamp({ start: start - air, stop: stop + air }, reach);
}

// Round steps for a ruler of at most `count` labels.
const STEPS = [
  0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800,
  3600, 7200, 10800, 21600, 43200, 86400,
];

export function step(span, count) {
  return STEPS.find((one) => span / one <= count) ?? Math.ceil(span / count / 86400) * 86400;
}

// The places of a ruler's labels: multiples of the step on a clock that is `phase` seconds ahead.
export function ticks(view, by, phase = 0) {
  const first = Math.ceil((view.start + phase) / by);
  const last = Math.floor((view.stop + phase) / by);
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => (first + index) * by - phase);
}

// The decimals that tell two ticks of a step apart.
export function decimals(by) {
  return by >= 1 ? 0 : by >= 0.1 ? 1 : by >= 0.01 ? 2 : 3;
}
