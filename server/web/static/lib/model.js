// One session as it is looked at: what is known of it, which part is seen, where the playhead stands, what is
// chosen. Everything on the session's page is a view of this, and changes it by these methods alone.

import { layout } from "./layout.js";
import { scene } from "./scene.js";
import { Store } from "./store.js";
import { Track } from "./track.js";
import { around, clamp, pan, showing, whole, zoom } from "./viewport.js";

export const SPEEDS = [0.5, 0.75, 1, 1.25, 1.5, 2, 3, 4, 6, 8, 12, 16];
const NOTHING = new Track([]);

const START = {
  scene: null, // of the replay that is drawn
  layout: null,
  view: null, // {start, stop}: what is seen
  time: 0, // where the playhead stands
  playing: false,
  waiting: false, // playing, and at the end of what is known
  speed: 1,
  skip: false, // pass over silence
  loop: false, // go round in the selection
  volume: 1,
  selection: null, // {start, stop}
  anchor: null, // where the next selection begins, while the tool to select is in hand
  chosen: null, // a thing of the scene
  clock: "session",
  muted: new Set(), // names of lanes
  solo: new Set(),
  records: [], // the session's records, by time
  lags: NOTHING,
  known: null, // the position up to which it is drawn; null: all that is known
  positions: [], // of its records, in order
  sounding: "", // what the sound is of, or why there is none
};

export class Model extends Store {
  constructor(values = {}) {
    super({ ...START, ...values });
  }

  // Draw this replay; `now` is its ghost.
  show(replay, now = null) {
    this.draw(scene(replay, now));
  }

  // Draw this scene. What is seen stays, unless nothing was seen yet or its end was followed.
  draw(drawn) {
    const { scene: before, view } = this.state;
    const followed = before && view.stop >= before.reach.stop && drawn.reach.stop > before.reach.stop;
    const same = view && before ? clamp(followed ? follow(view, before, drawn) : view, drawn.reach) : null;
    this.set({
      scene: drawn,
      layout: layout(drawn),
      view: same ?? clamp(view ?? whole(drawn.core), drawn.reach),
    });
  }

  // Put the playhead somewhere; `shown` moves what is seen so that it is seen.
  seek(time, { shown = true, choose = undefined } = {}) {
    const { reach } = this.state.scene;
    const at = Math.min(Math.max(time, reach.start), reach.stop);
    const values = { time: at };
    if (shown) values.view = showing(this.state.view, at, reach);
    if (choose !== undefined) values.chosen = choose;
    this.set(values);
    this.player?.seek(at);
  }

  // The playhead moved by itself. What is seen follows it as pages turn.
  ran(time) {
    const { view, scene: drawn } = this.state;
    this.set({
      time,
      view:
        time > view.stop && time - view.stop < view.stop - view.start
          ? showing(view, time, drawn.reach)
          : view,
    });
  }

  zoom(factor, at = this.state.time) {
    this.set({ view: zoom(this.state.view, factor, at, this.state.scene.reach) });
  }

  pan(seconds) {
    this.set({ view: pan(this.state.view, seconds, this.state.scene.reach) });
  }

  look(view) {
    this.set({ view: clamp(view, this.state.scene.reach) });
  }

  fit() {
    this.set({ view: whole(this.state.scene.reach) });
  }

  lookAround(start, stop) {
    this.set({ view: around(start, stop, this.state.scene.reach) });
  }

  // Select from one moment to another, in whichever order; nothing when they are one.
  select(from, to) {
    const { reach } = this.state.scene;
    const [start, stop] = [Math.min(from, to), Math.max(from, to)].map((at) =>
      Math.min(Math.max(at, reach.start), reach.stop),
    );
    this.set({ selection: stop - start > 0.001 ? { start, stop } : null });
    if (this.selecting) this.set({ anchor: from });
  }

  get selecting() {
    return this.state.anchor !== null;
  }

  // Take the tool to select in hand, or lay it aside.
  take(selecting) {
    this.set({ anchor: selecting ? this.state.time : null });
  }

  // Move the playhead as hands and keys do: while the tool is in hand, keys select up to it.
  moveTo(time) {
    this.seek(time);
    if (this.selecting) this.select(this.state.anchor, this.state.time);
  }

  // Go to a thing and choose it.
  visit(item) {
    this.seek(item.offset, { choose: item });
  }

  toggleLane(set, lane) {
    const next = new Set(this.state[set]);
    if (!next.delete(lane)) next.add(lane);
    this.set({ [set]: next });
  }

  // The replay that is drawn.
  get replay() {
    return this.state.scene.replay;
  }
}

// The lanes that are not to be heard.
export function silenced({ scene: drawn, muted, solo }) {
  const names = drawn.lanes.map(({ lane }) => lane);
  return new Set(names.filter((lane) => muted.has(lane) || (solo.size > 0 && !solo.has(lane))));
}

function follow(view, before, after) {
  const all = whole(before.reach);
  const grown = after.reach.stop - before.reach.stop;
  return view.start <= all.start
    ? whole(after.reach)
    : { start: view.start + grown, stop: view.stop + grown };
}
