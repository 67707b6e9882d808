// The link to this very view of a session: what is in it, and back. Times are absolute, because a session's
// zero moves when an earlier start arrives; `t`, seconds from zero, is understood too, for who writes a link
// by hand.

import { read, written } from "./lane-list.js";
import { micros, rfc3339 } from "./time.js";

// The query of a view's address.
export function toQuery(state) {
  const { scene, time, selection, known, filters, clock, view, muted, solo, loop, skip, speed } = state;
  const zero = micros(scene.replay.zero);
  const at = (offset) => rfc3339(zero + Math.round(offset * 1e6));
  const { core } = scene;
  const whole = core.start === scene.reach.start && view.start <= core.start && view.stop >= core.stop;
  return {
    at: time === core.start ? null : at(time),
    view: whole ? null : `${at(view.start)}_${at(view.stop)}`,
    select: selection && `${at(selection.start)}_${at(selection.stop)}`,
    loop: loop && "yes",
    as_of: known,
    clock: clock === "session" ? null : clock,
    type: filters.type,
    text: filters.text,
    muted: written(muted),
    solo: written(solo),
    skip: skip && "yes",
    speed: speed === 1 ? null : speed,
  };
}

// What a query says of the state, with the zero of the replay that it is about. What it does not say is not
// there.
export function fromQuery(query, zeroText) {
  const zero = micros(zeroText);
  const offset = (text) => {
    const moment = micros(text ?? "");
    return Number.isFinite(moment) ? (moment - zero) / 1e6 : undefined;
  };
  const stretch = (text) => {
    const [start, stop] = (text ?? "").split("_").map(offset);
    return start < stop ? { start, stop } : undefined;
  };
  const found = {
    time: offset(query.at) ?? number(query.t),
    view: stretch(query.view),
    selection: stretch(query.select),
    loop: query.loop === "yes" || undefined,
    known: number(query.as_of) ?? undefined,
    clock: query.clock,
    filters: { type: query.type ?? "", text: query.text ?? "" },
    muted: query.muted && new Set(read(query.muted)),
    solo: query.solo && new Set(read(query.solo)),
    skip: query.skip === "yes" || undefined,
    speed: number(query.speed),
  };
  return Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined && value !== ""));
}

// A finite number that a text is, else undefined.
export function number(text) {
  const value = Number(text || NaN);
  return Number.isFinite(value) ? value : undefined;
}
