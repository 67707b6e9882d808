// What is known of a device's clock (docs/clocks.md), in words and on a scale.

import { make } from "./dom.js";
import { moment, span } from "./time.js";

export function clockFacts({ offset, uncertainty, rate, rate_uncertainty: unsure, samples, least, bounds, steps, at }) {
  return make("dl", { class: "clock-facts" },
    fact("clock", offset === null ? unknown(least, bounds) : `${span(offset)} ${offset < 0 ? "behind" : "ahead"}, give or take ${span(uncertainty)}`),
    offset === null ? null : fact("rate", rate === null ? "not known: too short a time" : `${rate > 0 ? "gains" : "loses"} ${Math.abs(rate).toFixed(1)} ppm, give or take ${unsure.toFixed(1)}`),
    fact("readings", offset === null ? "none" : `${samples}, about ${moment(at, { timeStyle: "short" })}`),
    steps.length ? fact("was set", steps.map(({ time, by }) => `${moment(time)}: ${by > 0 ? "forward" : "back"} ${span(by)}`).join("; ")) : null);
}

function unknown(least, bounds) {
  if (least === null) return "not known: nothing tells of it";
  return `not known; ${least < 0 ? `at most ${span(-least)} behind` : `ahead by at least ${span(least)}`}, by ${bounds} events`;
}

function fact(name, value) {
  return make("div", {}, make("dt", {}, name), make("dd", {}, value));
}
