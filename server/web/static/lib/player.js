// Plays a session: keeps the playhead with what moves it, goes round in a loop, passes over what is quiet.
//
// Rule 1: the playhead is where the sound is, never the other way round, except by a seek.
// Rule 2: a quiet stretch that somebody put the playhead into is not passed over: the scrubber is
//         never locked.
// Rule 3: the sound is of one position of the log. At its end, if more is known by then, it goes on
//         with that; while a session is live it waits there for more.

import { Timer } from "./engines.js";
import { SPEEDS } from "./model.js";

const LEAD = 0.05;

export class Player {
  // `engine(model)` makes what moves the playhead.
  constructor(model) {
    this.model = model;
    this.engine = new Timer();
    this.spared = null;
    this.covers = () => true; // what lib/sounding.js knows of the sound
    this.freshen = () => {};
    this.atEnd = () => false;
    this.mayGoOn = () => false;
    this.beat = () => {}; // once a frame while it plays
    model.player = this;
    this.stop = model.watch(["speed", "volume"], ({ speed, volume }) => {
      this.engine.rate = speed;
      this.engine.volume = volume;
    });
  }

  // Go on with another engine, from where the playhead stands.
  use(engine) {
    const { time, speed, volume, playing } = this.model.state;
    this.engine.close();
    this.engine = engine;
    engine.rate = speed;
    engine.volume = volume;
    engine.seek(time);
    if (playing) this.start();
  }

  toggle() {
    if (this.model.state.playing) this.pause();
    else this.play();
  }

  play() {
    const { time, scene, loop, selection } = this.model.state;
    if (loop && selection && (time < selection.start || time >= selection.stop))
      this.model.seek(selection.start);
    else if (time >= scene.reach.stop) this.model.seek(scene.reach.start);
    this.spared = null;
    this.freshen();
    this.start();
  }

  start() {
    this.model.set({ playing: true, waiting: false });
    this.engine.play().catch((error) => {
      if (error.name === "NotAllowedError") this.pause();
    });
    this.frame ??= requestAnimationFrame(() => this.tick());
  }

  pause() {
    this.halt();
    this.model.set({ playing: false, waiting: false });
  }

  halt() {
    this.engine.pause();
    cancelAnimationFrame(this.frame);
    this.frame = null;
  }

  seek(time) {
    this.spared = gap(this.model.state.scene, time);
    this.moveTo(time);
    if (this.model.state.waiting) this.start();
  }

  // Put the engine somewhere; where it has no sound of, another takes over.
  moveTo(time) {
    if (this.covers(time)) this.engine.seek(time);
    else queueMicrotask(() => this.freshen());
  }

  faster(steps) {
    const { speed } = this.model.state;
    const index = SPEEDS.indexOf(speed) + steps;
    this.model.set({ speed: SPEEDS[Math.min(Math.max(index, 0), SPEEDS.length - 1)] });
  }

  tick() {
    this.frame = null;
    if (!this.model.state.playing) return;
    this.beat();
    const time = this.engine.time;
    const next = this.elsewhere(time);
    if (next !== null) this.leap(next);
    else this.model.ran(Math.min(time, this.model.state.scene.reach.stop));
    if (next === null && (this.engine.ended || time >= this.model.state.scene.reach.stop))
      return this.finish();
    this.frame = requestAnimationFrame(() => this.tick());
  }

  leap(time) {
    this.model.ran(time);
    this.moveTo(time);
  }

  // Where to go on instead, or null.
  elsewhere(time) {
    const { loop, selection, skip, scene } = this.model.state;
    if (loop && selection && time >= selection.stop) return selection.start;
    if (!skip) return null;
    const quiet = gap(scene, time);
    if (!quiet) this.spared = null;
    if (!quiet || quiet.start === this.spared?.start) return null;
    if (loop && selection && quiet.stop >= selection.stop) return this.round(quiet, selection);
    return quiet.stop - time > 2 * LEAD ? quiet.stop - LEAD : null;
  }

  // Where a loop goes on from its last sound; one without any sound is played as it is.
  round(quiet, { start }) {
    if (quiet.start > start) return start;
    this.spared = quiet;
    return null;
  }

  // The end: of all that is known, or of what the sound was made of.
  finish() {
    if (this.atEnd()) return;
    if (!this.mayGoOn()) return this.pause();
    this.halt();
    this.model.set({ waiting: true });
  }

  close() {
    this.stop();
    cancelAnimationFrame(this.frame);
    this.engine.close();
  }
}

// The stretch around a moment in which no clip sounds: {start, stop}, or null.
export function gap(scene, time) {
  const { clips, reach } = scene;
  if (clips.at(time).length) return null;
  const next = clips.next(time);
  const before = clips.last(time);
  return { start: before < 0 ? reach.start : clips.reaches[before], stop: clips.starts[next] ?? reach.stop };
}
