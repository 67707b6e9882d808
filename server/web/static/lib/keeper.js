// Keeps a session's model true: to the log as it grows, to the position that the second playhead stands at,
// and to the clock.
//
// Rule 1: `head` is the replay of all that is known. It is what is drawn, unless the second playhead
//         stands earlier: then the replay of that position is, with `head` as its ghost.
// Rule 2: of several questions under way the last one counts.
// Rule 3: what comes in is fetched at the pace of lib/pace.js, and waits for the position that told of it.
// Rule 4: what is erased leaves the page too.

import { erasing, follow } from "./live.js";
import { Pace } from "./pace.js";
import { inOrder, lastUpTo } from "./records.js";
import { Track } from "./track.js";

const SOON = 40;

export class Keeper {
  // `refused(error)`: what stands in the way of going on.
  constructor(source, model, refused, signal) {
    Object.assign(this, { source, model, refused, signal });
    this.raw = new Map();
    this.drawn = true; // nothing is drawn that is known to be gone
    this.turn = 0; // how often the replay of all that is known was asked for
    this.pace = new Pace(() => this.refresh(), refused, signal);
  }

  get query() {
    return this.model.state.clock === "corrected" ? { clock: "corrected" } : {};
  }

  // The first look: the session and its replay.
  async open() {
    const [summary, { replay, position }] = await Promise.all([
      this.source.summary(),
      this.source.now(this.query),
    ]);
    this.model.set({ summary, formats: this.source.formats });
    this.head = replay;
    this.position = position;
    this.model.show(replay);
  }

  // All records, and then what comes.
  async gather() {
    await this.fill();
    this.model.set({ gathered: true });
    const of = { ...this.source.of, after: this.position };
    const playing = () => this.model.state.playing;
    follow(of, (records) => this.came(records), this.refused, this.signal, playing);
  }

  // Page by page; they are placed whenever they have doubled, so that what this takes grows as they do, and no
  // faster.
  async fill() {
    let placed = 0;
    for await (const page of this.source.records()) {
      this.keep(page);
      if (this.raw.size < 2 * placed) continue;
      placed = this.raw.size;
      this.place();
    }
    if (this.raw.size > placed) this.place();
  }

  keep(records) {
    for (const record of records) this.raw.set(record.position, record);
  }

  take(records) {
    this.keep(records);
    this.place();
  }

  place() {
    const records = inOrder([...this.raw.values()], this.head);
    const positions = [...this.raw.keys()].sort((a, b) => a - b);
    this.model.set({ records, positions, lags: new Track(records.filter(({ lag }) => lag !== null)) });
  }

  // Draw what was known at a position; null: all that is known. Who was overtaken by another wish waits no longer.
  async know(position) {
    const newest = this.model.state.positions.at(-1);
    const known = position === null || position >= newest ? null : position;
    this.model.set({ known });
    clearTimeout(this.soon);
    this.overtaken?.();
    if (known === null) return this.model.show(this.head);
    return new Promise((done, failed) => {
      this.overtaken = done;
      this.soon = setTimeout(() => this.show(known).then(done, failed), SOON);
    });
  }

  async show(position) {
    this.asking?.abort();
    this.asking = new AbortController();
    const { signal } = this.asking;
    this.signal.addEventListener("abort", () => this.asking.abort(), { once: true });
    try {
      const replay = await this.source.then(position, this.query, signal);
      if (!signal.aborted && this.model.state.known === position) this.model.show(replay, this.head);
    } catch (error) {
      if (error.name === "AbortError") return;
      if (error.status !== 404) throw error;
      this.model.set({ known: null });
      this.model.show(this.head);
    }
  }

  // Ask why it was silent (or what was playing) at a moment, of what is drawn.
  async explain(at) {
    const { known } = this.model.state;
    const reason = await this.source.explain(at, { ...this.query, as_of: known });
    this.model.set({ chosen: { kind: "reason", offset: at, duration: 0, reason } });
  }

  // One record earlier or later than what is known; Infinity: all of it.
  step(by) {
    const { positions, known } = this.model.state;
    const index = known === null ? positions.length - 1 : lastUpTo(positions, known);
    return this.know(
      by === Infinity ? null : (positions[Math.min(Math.max(index + by, 0), positions.length - 1)] ?? null),
    );
  }

  // What was stored: of this session, or of a recording that it plays.
  came(records) {
    const { session } = this.source.of;
    const ours = records.filter((record) => record.session === session);
    const played = new Set(this.head.clips.map(({ asset }) => asset));
    const told = records.some(({ type, data }) => type === "asset-described" && played.has(data?.asset));
    this.stale ||= erasing(records);
    this.position = Math.max(this.position, ...records.map(({ position }) => position));
    if (ours.length) this.take(ours.filter(({ type }) => type !== "event-erased"));
    if (ours.length || told || this.stale) this.pace.ask();
  }

  async refresh() {
    const query = { min_position: this.position };
    if (this.stale) await this.reread();
    const turn = ++this.turn;
    const [summary, { replay }] = await Promise.all([
      this.source.summary(query),
      this.source.now({ ...this.query, ...query }),
    ]);
    this.model.set({ summary });
    this.adopt(replay, turn);
  }

  // Something was erased: what is kept here of it goes too. What comes meanwhile stays.
  async reread() {
    const had = [...this.raw.keys()];
    this.source.forget();
    this.stale = false;
    try {
      const left = await this.readAgain();
      const gone = had.filter((position) => !left.has(position));
      for (const position of gone) this.raw.delete(position);
      if (gone.length) this.model.set({ chosen: null });
      this.drawn &&= !gone.length;
      if (!this.drawn && this.model.state.known !== null) await this.show(this.model.state.known);
      this.drawn = true;
    } catch (error) {
      this.stale = true;
      throw error;
    }
  }

  // The positions of the records that there are.
  async readAgain() {
    const left = new Set();
    for await (const page of this.source.records({ min_position: this.position }))
      for (const { position } of page) left.add(position);
    return left;
  }

  // Another clock: the same session, told in other times. It knows of all that came, as what is under way may not
  // be told any more; where it fails that is asked for again.
  async retell() {
    const turn = ++this.turn;
    try {
      const { replay } = await this.source.now({ ...this.query, min_position: this.position });
      this.adopt(replay, turn);
    } catch (error) {
      if (!this.signal.aborted) this.pace.ask();
      throw error;
    }
    if (this.model.state.known !== null) await this.show(this.model.state.known);
  }

  // Take over a replay of all that is known, unless it was asked for again meanwhile: then that one counts.
  adopt(replay, turn) {
    if (turn !== this.turn) return;
    this.head = replay;
    if (this.model.state.known === null) this.model.show(replay);
    this.place();
  }
}
