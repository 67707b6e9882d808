// The waveforms of a session's recordings, each fetched once, at the zoom that is enough for what is seen.
//
// Rule 1: one recording at a time, those first that are in sight. A recording without sound is drawn
//         without a waveform, and asked for again once it is described anew: it may be there by then.
// Rule 2: a zoom that is finer than what is there is fetched when it is looked at so closely; a
//         coarser one never.

import { withQuery, getBytes } from "./api.js";
import { within, wrapped } from "./turns.js";

const ZOOMS = [256, 1024, 4096, 16384, 65536, 262144, 1048576]; // frames a peak
const HEADER = 24;
const MOST = 200_000; // peaks of one recording

// The least and greatest sample of each `frames` frames, from -1 to 1.
export class Wave {
  constructor(bytes) {
    const view = new DataView(bytes);
    const little = true;
    this.rate = view.getInt32(8, little);
    this.frames = view.getInt32(12, little);
    this.size = view.getUint32(16, little);
    const narrow = view.getUint32(4, little) & 1;
    this.full = narrow ? 127 : 32767;
    this.data = narrow ? new Int8Array(bytes, HEADER) : new Int16Array(bytes, HEADER);
    this.seconds = (this.size * this.frames) / this.rate;
  }

  // [least, greatest] between two places in the recording, in seconds; past its end there is none, unless it
  // goes round in a `turn` (lib/turns.js).
  between(from, to, turn = null) {
    const round = turn && within(turn, this.seconds);
    if (round && to > round.last) {
      const start = to - from < round.last - round.first ? wrapped(from, round) : round.first;
      [from, to] = [start, Math.min(start + to - from, round.last)];
    }
    const first = Math.max(0, Math.floor((from * this.rate) / this.frames));
    const last = Math.min(this.size - 1, Math.max(first, Math.floor((to * this.rate) / this.frames)));
    let [low, high] = [0, 0];
    for (let index = first; index <= last; index++) {
      low = Math.min(low, this.data[2 * index]);
      high = Math.max(high, this.data[2 * index + 1]);
    }
    return [low / this.full, high / this.full];
  }
}

export class Waves {
  constructor(log, changed, signal) {
    Object.assign(this, { log, changed, signal });
    this.found = new Map(); // asset -> Wave, or null where there is none
    this.zooms = new Map(); // asset -> the index of its zoom
    this.described = {}; // asset -> its description
    this.missed = new Map(); // asset without a waveform -> the position of its description then
    this.busy = false;
  }

  get(asset) {
    return this.found.get(asset);
  }

  // Fetch what these clips need to be seen at so many seconds a pixel.
  async want(clips, perPixel, described) {
    this.described = described;
    if (this.busy || this.signal.aborted) return;
    const next = clips.find(({ asset, rate }) => this.needs(asset, perPixel * rate));
    if (!next) return;
    this.busy = true;
    await this.fetch(next.asset, this.zoom(next.asset, perPixel * next.rate));
    this.busy = false;
    this.changed();
  }

  needs(asset, perPixel) {
    if (asset === null) return false;
    if (this.found.get(asset) === null) return this.missed.get(asset) !== this.described[asset]?.position;
    return !this.found.has(asset) || this.zoom(asset, perPixel) < this.zooms.get(asset);
  }

  // The index of the coarsest zoom that has a peak for each pixel, and not too many of them.
  zoom(asset, perPixel) {
    const wave = this.found.get(asset);
    const frames = perPixel * (wave?.rate ?? 44_100);
    const wanted = Math.max(
      0,
      ZOOMS.findLastIndex((each) => each <= Math.max(frames, ZOOMS[0])),
    );
    const least = wave ? ZOOMS.findIndex((each) => (wave.seconds * wave.rate) / each <= MOST) : 0;
    return Math.max(wanted, least);
  }

  async fetch(asset, zoom) {
    const path = withQuery(`/api/v1/assets/${encodeURIComponent(asset)}/peaks`, { log: this.log, zoom });
    try {
      this.found.set(asset, new Wave(await getBytes(path, this.signal)));
      this.zooms.set(asset, zoom);
    } catch {
      this.found.set(asset, this.found.get(asset) ?? null);
      this.zooms.set(asset, 0);
      this.missed.set(asset, this.described[asset]?.position);
    }
  }
}
