// How loud a clip is at each of its moments, and where it stands between left and right: straight lines, as
// the server's mix has them (replay/mixdown/curve.py). Moments are seconds from the clip's start.
// Rule: a moment costs a search, never a walk over the moves before it.

// A value from a moment on, and the moves it makes: {at, value, ramp}, in order. One that begins amid
// another goes on from there.
export class Curve {
  constructor(value, moves = []) {
    this.lines = [{ from: -Infinity, value, slope: 0 }];
    for (const move of moves) this.#move(move);
  }

  #move({ at, value, ramp }) {
    const { lines } = this;
    while (lines.length > 1 && lines.at(-1).from > at) lines.pop();
    const before = this.at(at);
    if (ramp > 0) lines.push({ from: at, value: before, slope: (value - before) / ramp });
    lines.push({ from: at + Math.max(ramp, 0), value, slope: 0 });
  }

  at(moment) {
    const { lines } = this;
    let [low, high] = [0, lines.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if (lines[middle].from <= moment) low = middle;
      else high = middle - 1;
    }
    const { from, value, slope } = lines[low];
    return slope ? value + slope * (moment - from) : value;
  }

  // The moments at which it bends.
  get bends() {
    return this.lines.slice(1).map(({ from }) => from);
  }

  get moves() {
    return this.lines.length > 1;
  }
}

const INSTANT = 1e-6;

const made = new WeakMap();

// {level(moment), most, moves, pan: Curve} of a clip. What never moves is told without any of it being made.
export function loudness(clip) {
  const steady = !clip.changes.length && !clip.fade_in && !clip.fade_out;
  if (steady) return { level: () => clip.gain * clip.session_gain, moves: false, pan: null };
  if (!made.has(clip)) made.set(clip, told(clip));
  return made.get(clip);
}

function told(clip) {
  const curves = [
    new Curve(clip.gain, moves(clip, "gain")),
    new Curve(clip.session_gain, moves(clip, "session-gain")),
    ...fades(clip),
  ];
  const level = (moment) => curves.reduce((product, curve) => product * curve.at(moment), 1);
  const bends = curves.flatMap((curve) => curve.bends).filter((at) => at >= 0 && at <= clip.duration);
  return {
    level,
    // It is loudest where it bends, or a moment before that.
    most: bends.reduce((most, at) => Math.max(most, level(at), level(at - INSTANT)), level(0)),
    moves: true,
    pan: new Curve(clip.pan, moves(clip, "pan")),
  };
}

// The moves of one of its knobs. One from before the clip began moves on within it.
function moves({ offset, changes }, kind) {
  return changes.filter((each) => each.kind === kind).map((each) => ({ ...each, at: each.offset - offset }));
}

function fades({ fade_in: rise, fade_out: fall, duration }) {
  return [
    ...(rise > 0 ? [new Curve(0, [{ at: 0, value: 1, ramp: rise }])] : []),
    ...(fall > 0 ? [new Curve(1, [{ at: duration - fall, value: 0, ramp: fall }])] : []),
  ];
}
