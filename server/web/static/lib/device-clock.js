// What is known of a device's clock (docs/clocks.md), in words.

import { make } from "./dom.js";
import { moment, span } from "./time.js";

export function clockFacts(clock) {
  const facts = clock.offset === null ? [["clock", unknown(clock)]] : known(clock);
  if (clock.steps.length) facts.push(["was set", clock.steps.map(step).join("; ")]);
  const rows = facts.map(([name, value]) => make("div", {}, make("dt", {}, name), make("dd", {}, value)));
  return make("dl", { class: "clock-facts" }, ...rows);
}

function known({ offset, uncertainty, samples, at, ...clock }) {
  return [
    [
      "clock",
      `${span(Math.abs(offset))} ${offset < 0 ? "behind" : "ahead"}, give or take ${span(uncertainty)}`,
    ],
    ["rate", pace(clock)],
    ["readings", `${samples}, about ${moment(at, { timeStyle: "short" })}`],
  ];
}

function pace({ rate, rate_uncertainty: unsure }) {
  if (rate === null) return "not known: too short a time";
  return `${rate > 0 ? "gains" : "loses"} ${Math.abs(rate).toFixed(1)} ppm, give or take ${unsure.toFixed(1)}`;
}

// Without a reading there may be a bound: nothing arrives before it happened.
function unknown({ least, bounds }) {
  if (least === null) return "not known: nothing tells of it";
  const bound = least < 0 ? `at most ${span(-least)} behind` : `ahead by at least ${span(least)}`;
  return `not known; ${bound}, by ${bounds} events`;
}

function step({ time, by }) {
  return `${moment(time)}: ${by > 0 ? "forward" : "back"} ${span(Math.abs(by))}`;
}
