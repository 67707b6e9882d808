// The few words that the tests of the page's helpers are written with. They run in the browser, on the page's
// own modules.

export const cases = [];

export function test(name, run) {
  cases.push({ name, run });
}

export function equal(found, expected, note = "") {
  const [a, b] = [JSON.stringify(plain(found)), JSON.stringify(plain(expected))];
  if (a !== b) throw new Error(`${note} found ${a}, expected ${b}`);
}

export function close(found, expected, within = 1e-9) {
  if (!(Math.abs(found - expected) <= within))
    throw new Error(`found ${found}, expected ${expected} within ${within}`);
}

export function ok(value, note = "") {
  if (!value) throw new Error(`${note} found ${value}`);
}

// A generator of numbers in [0, 1) that gives the same ones for a seed (mulberry32).
export function numbers(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

function plain(value) {
  if (value instanceof Set) return [...value];
  if (value instanceof Map) return [...value];
  return value;
}
