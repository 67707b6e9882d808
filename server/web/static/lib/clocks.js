// Five ways to say when: as time in the session, in UTC, in the reader's zone, as the device's own clock
// showed it, and in UTC by the server's clock. Four of them differ in words only; for the last the server
// tells the session anew (docs/clocks.md).
// Rule 1: every place on the page is an offset from the session's zero.
// Rule 2: a clock says the day where the session is of more than one of its days, and of any moment of another
//         day than the session's; session time has none.

import { MICROSECONDS, clock, micros, steadyClock } from "./time.js";

export const CLOCKS = {
  session: "session time",
  utc: "UTC",
  local: "your time",
  device: "device time",
  corrected: "corrected UTC",
};

// A day as far from a session's zero is told with its year.
const FAR = 180 * 86400 * MICROSECONDS;

const UNITS = [
  ["hour", 3600],
  ["minute", 60],
  ["second", 1],
];

// A function from an offset in seconds to words, with so many decimals (null: as many as it takes, up to 3).
export function teller(name, scene) {
  const say = sayer(name, scene);
  return (offset, digits = null) => {
    const { day, time } = say(offset, digits);
    return day ? `${day} ${time}` : time;
  };
}

// The same as {day, time}; the day is empty where it goes without saying. A scene's is made once.
export function sayer(name, scene) {
  const known = sayers.get(scene) ?? new Map();
  sayers.set(scene, known);
  if (!known.has(name)) known.set(name, name === "session" ? sessionSayer : daySayer(name, scene));
  return known.get(name);
}

const sayers = new WeakMap();

function sessionSayer(offset, digits = null) {
  return { day: "", time: digits === null ? clock(offset) : steadyClock(offset, digits) };
}

function daySayer(name, { replay, reach }) {
  const zero = micros(replay.zero);
  const of = zone(name, replay);
  const [parts, days, dated] = [formatter(of), dayFormatter(of), dayFormatter(of, { year: "numeric" })];
  const at = (offset) => zero + Math.round(offset * MICROSECONDS);
  const date = (moment) => dated.format(Math.floor(moment / 1000));
  const own = date(zero);
  const several = date(at(reach.start)) !== own || date(at(reach.stop)) !== own;
  const day = (moment) => {
    if (!several && date(moment) === own) return "";
    return Math.abs(moment - zero) > FAR ? date(moment) : days.format(Math.floor(moment / 1000));
  };
  return (offset, digits = null) => ({ day: day(at(offset)), time: timeOf(at(offset), digits, parts) });
}

// A moment (in microseconds) as a clock shows it.
function timeOf(moment, digits, parts) {
  const second = Math.floor(moment / MICROSECONDS);
  const fraction = String(moment - second * MICROSECONDS)
    .padStart(6, "0")
    .slice(0, digits ?? 3);
  const rest = digits === null ? fraction.replace(/0+$/, "") : fraction;
  return rest ? `${parts.format(second * 1000)}.${rest}` : parts.format(second * 1000);
}

// The name of a clock, with its zone where it has one.
export function named(name, replay) {
  if (name === "session") return CLOCKS.session;
  const of = zone(name, replay);
  if (name === "corrected") return "UTC, by the server's clock";
  return name === "utc"
    ? "UTC"
    : `${CLOCKS[name]} (${of ?? Intl.DateTimeFormat().resolvedOptions().timeZone})`;
}

// How far a clock is ahead of the session's, in seconds within the day: a ruler's round steps begin at its
// midnight.
export function phase(name, replay) {
  if (name === "session") return 0;
  const zero = micros(replay.zero);
  const date = new Date(Math.floor(zero / 1000));
  const shown = Object.fromEntries(
    formatter(zone(name, replay))
      .formatToParts(date)
      .map(({ type, value }) => [type, Number(value)]),
  );
  const seconds = UNITS.reduce((sum, [unit, size]) => sum + shown[unit] * size, 0);
  return seconds + (((zero % MICROSECONDS) + MICROSECONDS) % MICROSECONDS) / MICROSECONDS;
}

// The zone that a session's client said it was in.
function deviceZone(replay) {
  const given = replay.marks.find((mark) => mark.type === "session-started" && mark.data?.timezone)?.data
    .timezone;
  try {
    return given ? new Intl.DateTimeFormat(undefined, { timeZone: given }).resolvedOptions().timeZone : "UTC";
  } catch {
    return "UTC";
  }
}

function zone(name, replay) {
  return {
    utc: "UTC",
    corrected: "UTC",
    local: undefined,
    device: name === "device" ? deviceZone(replay) : undefined,
  }[name];
}

function formatter(timeZone) {
  return new Intl.DateTimeFormat("en-GB", {
    timeZone,
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    hourCycle: "h23",
  });
}

// A day in the reader's manner: 14 May.
function dayFormatter(timeZone, more = {}) {
  return new Intl.DateTimeFormat(undefined, { timeZone, day: "numeric", month: "short", ...more });
}
