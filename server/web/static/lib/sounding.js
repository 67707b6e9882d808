// What is heard: the server's mix of what is drawn, with the lanes that are not silenced.
//
// Rule 1: a sound is of one position of the log, so that its bytes stay the same while it is played.
// Rule 2: what comes in does not disturb it: it goes on with that at its end, or when it is played again.
//         Anything else that is asked for (another position, another clock, other lanes) is heard at once,
//         from where the playhead stands.
// Rule 3: where there is no sound the playhead runs by itself, and the page says why.

import { Refusal, sessionPath } from "./api.js";
import { Sound, Timer } from "./engines.js";
import { written } from "./lane-list.js";
import { silenced } from "./model.js";

const LONGEST = 23 * 3600; // seconds: the server mixes a day at most
const PART = 6 * 3600; // of a longer session as much is asked for at once

const UNASKED = { choice: null };

export class Sounding {
  constructor(of, model, player, signal) {
    Object.assign(this, { of, model, player, signal });
    this.asked = UNASKED;
    player.atEnd = () => this.goOn();
    player.mayGoOn = () => this.live();
    player.covers = (time) => !this.asked?.part || (time >= this.asked.part.from && time < this.asked.part.to);
    player.freshen = () => this.renew(true);
    const stop = model.watch(["scene", "muted", "solo"], () => this.grown());
    signal.addEventListener("abort", () => {
      stop();
      clearTimeout(this.later);
    });
  }

  // What should be heard now; null where nothing sounds.
  wanted() {
    const { scene, known, muted, solo, time } = this.model.state;
    const { replay } = scene;
    const silent = silenced({ scene, muted, solo });
    if (!recorded(replay) || silent.size === scene.lanes.length) return null;
    const begins = Math.min(0, replay.clips[0].offset);
    // Of two that are compared, each has its own reach.
    const ends = (scene.own ?? scene.reach).stop;
    const part = ends - begins > LONGEST ? partAround(time, begins, ends) : null;
    const lanes = chosen(scene.lanes, solo);
    const left = chosen(scene.lanes, muted);
    const choice = JSON.stringify([known, replay.clock, lanes, left, part?.start]);
    return {
      choice,
      known,
      position: replay.position,
      clock: replay.clock,
      lanes,
      muted: left,
      part,
      start: part?.start ?? begins,
    };
  }

  // Hear what should be heard. `now`: even if that disturbs what plays.
  renew(now = false) {
    const next = this.wanted();
    const grown = next?.position !== this.asked?.position;
    if (next?.choice === this.asked?.choice && !(grown && now)) return false;
    this.asked = next;
    clearTimeout(this.later);
    this.model.set({ sounding: next ? "" : this.nothing() });
    this.player.use(
      next ? new Sound(this.url(next), next.start, (sound) => this.failed(sound)) : new Timer(),
    );
    return true;
  }

  // Why there is nothing to be heard.
  nothing() {
    const { clips } = this.model.replay;
    return clips.length && !recorded(this.model.replay) ? "no recording of what played" : "nothing to hear";
  }

  url({ known, position, clock, lanes, muted, part }) {
    return sessionPath(this.of.log, this.of.session, "/replay.wav", {
      as_of: known ?? position,
      clock: clock === "corrected" ? clock : null,
      lanes,
      muted,
      start: part?.start,
      end: part?.end,
    });
  }

  // The end of the sound: there may be more by now, or another part.
  goOn() {
    return this.renew(true);
  }

  // More may come of a session that is still told of, unless it is heard as it was known before.
  live() {
    const { summary, known, loop, selection } = this.model.state;
    return summary.state === "live" && known === null && !(loop && selection);
  }

  // Another drawing. A player at its end goes on with it; without more to wait for it stops.
  grown() {
    const { waiting } = this.model.state;
    if (!this.renew(waiting) && waiting && !this.live()) this.player.pause();
  }

  // An <audio> element does not say why: the server does, when it is asked again.
  async failed(sound) {
    if (this.player.engine !== sound) return;
    try {
      const answer = await fetch(sound.url, { headers: { Range: "bytes=0-0" }, signal: this.signal });
      if (!answer.ok)
        throw new Refusal(answer.status, await answer.json().catch(() => ({})), answer.headers);
      this.silence("this browser cannot play it");
    } catch (error) {
      if (error.name === "AbortError" || this.player.engine !== sound) return;
      this.silence(error.message);
      if (error.status === 503) this.later = setTimeout(() => this.again(), (error.retryAfter ?? 2) * 1000);
    }
  }

  silence(why) {
    this.player.use(new Timer());
    this.model.set({ sounding: `no sound: ${why}` });
  }

  again() {
    this.asked = UNASKED;
    this.renew();
  }
}

// Whether there may be a recording of anything that played: it is by its description that one is found.
function recorded({ clips, assets }) {
  return clips.some(({ asset }) => asset in assets);
}

// Those of a session's lanes that are in a set, as the server reads them; null where none is.
function chosen(lanes, set) {
  return written(lanes.map(({ lane }) => lane).filter((lane) => set.has(lane)));
}

// The part of a long sound around a moment, {start, end}; who is put anywhere between `from` and `to` is in it.
function partAround(time, begins, ends) {
  const at = Math.min(Math.max(time, begins), ends - 1);
  const start = begins + Math.floor((at - begins) / PART) * PART;
  const end = start + PART;
  return { start, end, from: start > begins ? start : -Infinity, to: end < ends ? end : Infinity };
}
