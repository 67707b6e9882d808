// What repeats of a recording that goes round, and where in it a moment is, as the server's mix has it
// (docs/sound.md): from the description's `in` to its `out`, else the whole recording. Places are seconds of
// the recording.

// {first, last} of a described asset; a `last` of null is the recording's end, which its waveform knows.
export function turnOf(asset) {
  return { first: asset?.in ?? 0, last: asset?.out ?? asset?.duration ?? null };
}

// The turn as far as a recording of this length is there (null: nobody knows how long it is); null where
// nothing is left to repeat.
export function within({ first, last }, length) {
  const end = Math.min(last ?? Infinity, length ?? Infinity);
  return Number.isFinite(end) && first < end ? { first, last: end } : null;
}

// Where it is that going straight on would be at a place.
export function wrapped(place, { first, last }) {
  return place < last ? place : first + ((place - last) % (last - first));
}

// The moments between two, in seconds from a clip's start, at which it begins anew; none when they lie closer
// than `least`.
export function seams(clip, turn, from, to, least) {
  const every = (turn.last - turn.first) / clip.rate;
  if (!(every > least)) return [];
  const once = (turn.last - clip.in) / clip.rate;
  const number = Math.max(0, Math.ceil((from - once) / every));
  const found = [];
  for (let at = once + number * every; at < to; at += every) if (at > 0) found.push(at);
  return found;
}
