// What a thing of the scene is, in words: for the hint under the pointer and for the inspector.

import { teller } from "./clocks.js";
import { make } from "./dom.js";
import { ending, title } from "./scene.js";
import { length } from "./time.js";

const NAMES = { silence: "Silence", unknown: "Unknown", pause: "Paused", stall: "Stalled" };
const SAYS = {
  silence: "known to be silent",
  unknown: "no data: silent or not, nobody knows",
  pause: "somebody paused it",
  stall: "it should have sounded",
};

// A heading, when it was, and facts as [name, value].
export function words(item, { scene, clock }) {
  const tell = teller(clock, scene);
  const when = item.duration
    ? `${tell(item.offset)} – ${tell(item.offset + item.duration)} · ${length(item.duration)}`
    : tell(item.offset);
  return {
    heading: heading(item),
    when,
    facts: facts(item, tell).filter(([, value]) => value !== null && value !== undefined && value !== ""),
  };
}

export function describe(item, state) {
  const { heading: name, when, facts: all } = words(item, state);
  return [
    make("b", {}, name),
    make("span", { class: "when" }, when),
    ...all.slice(0, 4).map(([key, value]) => make("span", {}, `${key}: ${value}`)),
  ];
}

function heading(item) {
  if (item.kind === "clip") return title(item);
  if (item.kind === "mark") return item.data?.text ?? item.type;
  if (item.kind === "finding") return item.message;
  return NAMES[item.kind];
}

function facts(item, tell) {
  if (item.kind === "clip") return [...clipFacts(item), ...moves(item, tell)];
  if (item.kind === "mark")
    return [
      ["type", item.type],
      ["class", item.data?.class],
      ["tags", item.data?.tags?.join?.(" ")],
      ["device", item.device],
      ["position", item.position],
    ];
  if (item.kind === "finding")
    return [
      ["rule", item.rule],
      ["severity", item.severity],
      ["cases", item.count > 1 ? item.count : null],
      [
        "threshold",
        item.threshold &&
          Object.entries(item.threshold)
            .map(([unit, value]) => `${value} ${unit}`)
            .join(", "),
      ],
      ["positions", item.positions.join(", ")],
    ];
  const open = item.closed === false ? "its end was not seen" : "";
  return [
    ["", SAYS[item.kind]],
    ["listen", item.listen],
    ["end", open],
    ["positions", item.positions?.join(", ")],
  ].map(([name, value]) => [name || "meaning", value]);
}

function clipFacts(clip) {
  return [
    ["lane", clip.lane],
    ["end", ending(clip)],
    ["from", `${length(clip.in)} into ${clip.asset ?? "the recording"}`],
    ["speed", clip.rate === 1 ? null : `${clip.rate}×`],
    ["gain", clip.gain * clip.session_gain === 1 ? null : decibels(clip.gain * clip.session_gain)],
    ["pan", clip.pan || null],
    [
      "fades",
      clip.fade_in || clip.fade_out ? `${length(clip.fade_in)} in, ${length(clip.fade_out)} out` : null,
    ],
    ["repeats", clip.loop ? "until it ends" : null],
    ["listen", clip.listen],
    ["device", clip.device],
    ["user", clip.user],
    ["reason", clip.reason],
    ["positions", clip.positions.join(", ")],
  ];
}

const MOVED = { gain: "gain", "session-gain": "session's gain", pan: "pan" };
const MOST_MOVES = 20;

// The moves of its knobs within it, one a line; of very many the first.
function moves({ changes }, tell) {
  const told = changes
    .slice(0, MOST_MOVES)
    .map(({ kind, offset, value, ramp }) => [
      `at ${tell(offset)}`,
      `${MOVED[kind]} to ${kind === "pan" ? value : decibels(value)}${ramp ? ` within ${length(ramp)}` : ""}`,
    ]);
  const more = changes.length - told.length;
  return more > 0 ? [...told, ["moves", `and ${more} more`]] : told;
}

function decibels(gain) {
  return gain > 0 ? `${gain.toFixed(2)} (${(20 * Math.log10(gain)).toFixed(1)} dB)` : "0 (mute)";
}
