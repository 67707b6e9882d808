// Two sounds under one playhead, of which one is heard. To a player (lib/player.js) it is an engine like any
// other.
//
// Rule 1: both play, the other one at no volume, so that a flip is heard at once and at the very same moment.
// Rule 2: before its sound begins and after it is over, a half has a clock that runs on: the other may sound
//         there.
// Rule 3: the one that is not heard is kept where the playhead is, and put ahead by what its seeks take. If it
//         has strayed all the same, a flip puts it there.

import { Timer } from "./engines.js";

const STRAYED = 0.04; // seconds that one may be apart from the other, at a speed of 1
const EVERY = 2000; // milliseconds between two seeks that nobody hears
const MOST = 0.4; // seconds that it is put ahead

export class Pair {
  constructor(player) {
    this.player = player;
    this.halves = [new Half(this), new Half(this)];
    this.heard = this.halves[0];
    this.slack = STRAYED;
    player.covers = () => true;
    player.freshen = () => this.each((half) => half.freshen());
    player.mayGoOn = () => this.heard.mayGoOn();
    player.beat = () => this.each((half) => half.beat(this.time));
    player.use(this);
  }

  // Hear one of the halves from where the playhead stands.
  hear(half) {
    const { time } = this;
    this.heard = half;
    this.volume = this.player.model.state.volume;
    if (Math.abs(half.time - time) > this.slack) half.seek(time);
  }

  get time() {
    return this.heard.time;
  }

  // A half of it goes on by its clock, up to the end of what can be looked at.
  get ended() {
    return false;
  }

  play() {
    return Promise.all(this.halves.map((half) => half.start()));
  }

  pause() {
    this.each((half) => half.halt());
  }

  seek(time) {
    this.each((half) => half.seek(time));
  }

  set rate(rate) {
    this.slack = STRAYED * Math.max(1, rate);
    this.each((half) => (half.rate = rate));
  }

  set volume(volume) {
    this.each((half) => (half.volume = half === this.heard ? volume : 0));
  }

  close() {
    this.each((half) => half.close());
  }

  each(does) {
    this.halves.forEach(does);
  }
}

// One of the two: what lib/sounding.js gives its sound to, as it would to a player.
class Half {
  constructor(pair) {
    this.pair = pair;
    this.clock = new Timer();
    this.engine = new Timer();
    this.outside = false; // whether the playhead stands where its sound has nothing
    this.playing = false;
    this.ahead = 0; // seconds that its seeks take
    this.next = 0; // when it may be put elsewhere, if nobody hears it
    this.covers = () => true;
    this.freshen = () => {};
    this.atEnd = () => false;
    this.mayGoOn = () => false;
  }

  // Another sound, from where the playhead stands.
  use(engine) {
    const { player, heard } = this.pair;
    const { time, speed, volume } = player.model.state;
    this.engine.close();
    this.clock.pause();
    this.engine = engine;
    this.outside = false;
    this.rate = speed;
    this.volume = heard === this ? volume : 0;
    this.put(time);
    if (player.model.state.playing) player.start();
  }

  // Nothing more is to come of what is heard.
  pause() {
    this.pair.player.pause();
  }

  get now() {
    return this.outside ? this.clock : this.engine;
  }

  get time() {
    return this.now.time;
  }

  start() {
    this.playing = true;
    return this.now.play();
  }

  halt() {
    this.playing = false;
    this.now.pause();
  }

  // Of a long session only a part has a sound at a time.
  seek(time) {
    if (this.covers(time)) this.put(time);
    else queueMicrotask(() => this.freshen());
  }

  put(time) {
    this.turn(time < this.engine.start || time >= this.engine.stop);
    this.now.seek(time);
  }

  // Let the clock run instead of the sound, or the sound again.
  turn(outside) {
    if (outside === this.outside) return;
    this.now.pause();
    this.outside = outside;
    // What keeps a browser from playing is told by the pair's own play.
    if (this.playing) this.now.play().catch(() => null);
  }

  // The playhead went on: a sound may begin there, or be over.
  beat(time) {
    if (this.outside) return this.put(time);
    const over = this.engine.ended || time >= this.engine.stop;
    if (!over) return this.keepUp(time);
    if (!this.atEnd()) this.leave(Math.max(time, this.engine.stop));
  }

  keepUp(time) {
    const strayed = time - this.time;
    const seeking = this.engine.wanted !== undefined;
    if (this === this.pair.heard || seeking || Math.abs(strayed) <= this.pair.slack) return;
    if (performance.now() < this.next) return;
    this.next = performance.now() + EVERY;
    this.ahead = Math.min(Math.max(this.ahead + strayed, 0), MOST);
    this.put(time + this.ahead);
  }

  leave(time) {
    this.turn(true);
    this.clock.seek(time);
  }

  set rate(rate) {
    this.clock.rate = rate;
    this.engine.rate = rate;
  }

  set volume(volume) {
    this.engine.volume = volume;
  }

  close() {
    this.engine.close();
    this.clock.close();
  }
}
