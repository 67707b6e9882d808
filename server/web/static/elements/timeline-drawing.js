// A replay drawn to scale: rows of clips, holds and stretches below, marks above. Set `replay` before it is connected.

import { draw, make } from "../lib/dom.js";
import { clock, length, step } from "../lib/time.js";

const WIDTH = 1000;
const ROW = 26;
const TOP = 44;
const BAND = 18;
const CHARACTER = 7.2;

// [the class that paints it, what it is called when that is something else]
const LEGEND = [["clip"], ["inferred", "clip whose end was not seen"], ["silence"], ["unknown"], ["pause"], ["stall"], ["mark"]];

class TimelineDrawing extends HTMLElement {
  connectedCallback() {
    const replay = this.replay;
    const rows = 1 + Math.max(-1, ...replay.clips.map((clip) => clip.row));
    const extent = reach(replay);
    const bands = TOP + Math.max(1, rows) * ROW + 6;
    const height = bands + BAND + 8;
    const scale = (offset) => ((offset - extent.start) / (extent.stop - extent.start)) * WIDTH;
    const svg = draw("svg", { viewBox: `0 0 ${WIDTH} ${height}`, role: "img", "aria-label": spoken(replay) },
      hatching(),
      ...ruler(extent, scale, height),
      ...replay.marks.map((mark) => pointer(mark, scale)),
      ...stretches("silence", replay.silences, scale, bands),
      ...stretches("unknown", replay.unknown, scale, bands),
      ...stretches("pause", replay.pauses, scale, bands),
      ...stretches("stall", replay.stalls, scale, bands),
      ...replay.clips.map((clip) => block(clip, scale)));
    this.replaceChildren(make("div", { class: "scroll" }, svg), legend());
  }
}

// From the first thing to the last; marks far outside what was heard (a clock of 1970) do not stretch it.
function reach(replay) {
  const items = [...replay.clips, ...replay.silences, ...replay.unknown, ...replay.pauses, ...replay.stalls];
  const start = Math.min(0, ...items.map((item) => item.offset));
  const stop = Math.max(start + 1, ...items.map((item) => item.offset + item.duration));
  return { start, stop };
}

function ruler(extent, scale, height) {
  const by = step(extent.stop - extent.start, 10);
  const lines = [];
  for (let at = Math.ceil(extent.start / by) * by; at <= extent.stop; at += by) {
    const x = scale(at);
    lines.push(draw("line", { class: "tick", x1: x, x2: x, y1: 18, y2: height }));
    const label = clock(at);
    lines.push(draw("text", { class: "tick", x: Math.min(x + 3, WIDTH - CHARACTER * label.length), y: 13 }, label));
  }
  return lines;
}

function pointer(mark, scale) {
  const x = scale(mark.offset);
  if (x < 0 || x > WIDTH) return null;
  const tip = Math.min(Math.max(x, 4), WIDTH - 4); // whole, at the edges too
  const title = draw("title", {}, `${mark.type} at ${clock(mark.offset)}, position ${mark.position}`);
  return draw("path", { class: "mark", d: `M${tip - 4} 24h8l-4 8z` }, title);
}

function block(clip, scale) {
  const [x, y] = [scale(clip.offset), TOP + clip.row * ROW];
  const width = Math.max(1.5, scale(clip.offset + clip.duration) - x);
  const name = clip.title ?? clip.asset ?? "unknown";
  const told = `${clip.sequence}. ${name}, lane ${clip.lane}, ${clock(clip.offset)} for ${length(clip.duration)}, ${clip.cut ?? clip.end}`;
  const known = clip.end === "observed" ? "" : " inferred";
  const shown = Math.floor((width - 8) / CHARACTER);
  const text = shown > 2 ? draw("text", { class: "clip", x: x + 5, y: y + 15 }, name.length > shown ? `${name.slice(0, shown - 1)}…` : name) : null;
  return draw("g", {}, draw("title", {}, told), draw("rect", { class: `clip${known}`, x, y, width, height: ROW - 4, rx: 3 }), text);
}

function stretches(kind, items, scale, y) {
  return items.map((item) =>
    draw("rect", { class: kind, x: scale(item.offset), y, width: Math.max(1, scale(item.offset + item.duration) - scale(item.offset)), height: BAND },
      draw("title", {}, `${kind} at ${clock(item.offset)} for ${length(item.duration)}`)));
}

function hatching() {
  return draw("defs", {},
    draw("pattern", { id: "hatch", width: 6, height: 6, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" },
      draw("rect", { class: "hatch", width: 2.5, height: 6 })));
}

function legend() {
  const items = LEGEND.map(([name, text]) => make("li", { class: name }, text ?? name));
  return make("ul", { class: "legend", "aria-hidden": "true" }, ...items);
}

function spoken(replay) {
  const counts = [
    [replay.clips.length, "clips"], [replay.silences.length, "silences"], [replay.unknown.length, "unknown stretches"],
    [replay.pauses.length, "pauses"], [replay.stalls.length, "stalls"],
  ];
  return `Timeline: ${counts.map(([count, name]) => `${count} ${name}`).join(", ")}`;
}

customElements.define("timeline-drawing", TimelineDrawing);
