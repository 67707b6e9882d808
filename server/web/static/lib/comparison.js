// Two sessions of a log as they are known now, and what differs between them.
//
// Rule 1: offsets count from each session's own zero. Both are drawn on the reach of both (a scene's `own` is
//         that of one).
// Rule 2: what is seen, where the playhead stands and what is selected is the same of both.
// Rule 3: what comes in of either is told at the pace of lib/pace.js; place and zoom stay.
// Rule 4: one of them is heard, and a flip hears the other at the same moment.

import { number } from "./link.js";
import { follow } from "./live.js";
import { Model } from "./model.js";
import { Pace } from "./pace.js";
import { Pair } from "./pair.js";
import { Player } from "./player.js";
import { joined, scene } from "./scene.js";
import { Sounding } from "./sounding.js";
import { Store } from "./store.js";

export const SIDES = ["a", "b"];

const SHARED = ["view", "time", "selection", "anchor", "loop", "waiting"];
const GRAVE = new Set(["missing", "extra", "truncated"]);

export class Comparison extends Store {
  // `sources` are of a and of b; `refused(error)`: what stands in the way of going on.
  constructor(sources, refused, signal) {
    super({ found: null, heard: 0 });
    Object.assign(this, { sources, signal, position: 0 });
    this.models = sources.map(() => new Model());
    this.pace = new Pace(() => this.tell({ min_position: this.position }), refused, signal);
    this.refused = refused;
    this.share();
  }

  // The first look, on what a link says: {time, view, selection, loop, heard}.
  async open({ heard = 0, time, view, ...wanted }) {
    await this.tell();
    if (this.signal.aborted) return;
    this.sound();
    const { reach } = this.model.state.scene;
    this.model.set({ time: reach.start, ...wanted });
    this.model.look(view ?? { start: reach.start - 1, stop: reach.stop + 1 });
    if (time !== undefined) this.model.seek(time);
    this.hear(heard);
    this.follow();
  }

  // The side that commands and controls move, and the other goes with; of two, the first.
  get model() {
    return this.models[0];
  }

  get heard() {
    return this.models[this.state.heard];
  }

  hear(index) {
    this.set({ heard: index });
    this.pair.hear(this.pair.halves[index]);
  }

  // Ask for both, and for what differs.
  async tell(query = {}) {
    const [a, b] = this.sources;
    const [found, ...known] = await Promise.all([
      a.compare(b.of.session, query),
      ...this.sources.map((source) => knownOf(source, query)),
    ]);
    if (this.signal.aborted) return;
    this.position ||= Math.min(...known.map(({ position }) => position));
    const scenes = known.map(({ replay }, index) => scene(asCompared(replay, found, SIDES[index])));
    const reach = scenes.map((each) => each.reach).reduce(joined);
    this.models.forEach((model, index) => {
      model.set({ summary: known[index].summary });
      model.draw({ ...scenes[index], reach, own: scenes[index].reach });
    });
    this.set({ found });
  }

  share() {
    const [a, b] = this.models;
    for (const name of SHARED) {
      a.watch([name], ({ [name]: value }) => b.set({ [name]: value }));
      b.watch([name], ({ [name]: value }) => a.set({ [name]: value }));
    }
  }

  sound() {
    this.player = new Player(this.model);
    this.models[1].player = this.player;
    this.pair = new Pair(this.player);
    this.models.forEach((model, index) => {
      new Sounding(this.sources[index].of, model, this.pair.halves[index], this.signal);
    });
    this.signal.addEventListener("abort", () => this.player.close());
  }

  follow() {
    const [a, b] = this.sources.map(({ of }) => of);
    const came = (records) => this.came(records);
    const playing = () => this.model.state.playing;
    for (const of of a.session === b.session ? [a] : [a, b])
      follow({ ...of, after: this.position }, came, this.refused, this.signal, playing);
  }

  came(records) {
    this.position = Math.max(this.position, ...records.map(({ position }) => position));
    this.pace.ask();
  }
}

async function knownOf(source, query) {
  const [summary, known] = await Promise.all([source.summary(query), source.now(query)]);
  return { summary, ...known };
}

// A side's replay; its findings are what differs.
function asCompared(replay, found, side) {
  const differences = found.differences ?? [];
  return { ...replay, compared: true, findings: differences.flatMap((each) => marked(each, side)) };
}

// A difference as the drawing takes it: at the play of that side.
function marked({ kind, message, ...sides }, side) {
  const play = sides[side];
  if (!play) return [];
  return [
    {
      rule: kind,
      severity: gravity(kind),
      message,
      offset: play.offset,
      duration: play.duration,
      positions: play.positions,
      threshold: null,
      count: 1,
    },
  ];
}

// How much a kind of difference weighs, as the severity of a finding.
export function gravity(kind) {
  return GRAVE.has(kind) ? "error" : "warning";
}

// What of a comparison is in its address, and back. Places are seconds from each session's own zero.
export function toQuery({ model, state }) {
  const { scene: drawn, view, time, selection, loop } = model.state;
  const whole = view.start <= drawn.reach.start && view.stop >= drawn.reach.stop;
  return {
    t: time === drawn.reach.start ? null : time.toFixed(3),
    view: whole ? null : stretched(view),
    select: selection && stretched(selection),
    loop: loop && "yes",
    hear: state.heard ? SIDES[state.heard] : null,
  };
}

export function fromQuery({ t, view, select, loop, hear }) {
  const found = {
    time: number(t),
    view: stretch(view),
    selection: stretch(select),
    loop: loop === "yes" || undefined,
    heard: hear === SIDES[1] ? 1 : 0,
  };
  return Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined));
}

function stretched({ start, stop }) {
  return `${start.toFixed(3)}_${stop.toFixed(3)}`;
}

function stretch(text) {
  const [start, stop] = (text ?? "").split("_").map(number);
  return start < stop ? { start, stop } : undefined;
}
