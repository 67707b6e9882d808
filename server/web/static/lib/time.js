// Times and lengths, as a person reads them. Offsets are seconds; a moment is microseconds UTC in an integer,
// which a number holds exactly for the next two centuries.

export const MICROSECONDS = 1e6;

const CLOCK = { hour: "2-digit", minute: "2-digit" };
const TO_THE_MINUTE = { year: "numeric", month: "short", day: "numeric", ...CLOCK, timeZoneName: "short" };
const TO_THE_MILLISECOND = {
  year: "numeric",
  month: "2-digit",
  day: "2-digit",
  ...CLOCK,
  second: "2-digit",
  fractionalSecondDigits: 3,
};

// As a clock shows it, to the millisecond where it is not a whole second: 0:28, 2:45.5, 1:02:03.
export function clock(seconds, digits = 3) {
  const [text, fraction] = parts(seconds, digits);
  const rest = fraction.replace(/0+$/, "");
  return rest ? `${text}.${rest}` : text;
}

// The same with a fixed number of decimals, so that a running clock does not jump.
export function steadyClock(seconds, digits = 3) {
  const [text, fraction] = parts(seconds, digits);
  return digits ? `${text}.${fraction}` : text;
}

function parts(seconds, digits) {
  const unit = 10 ** digits;
  const all = Math.round(Math.abs(seconds) * unit);
  const whole = Math.floor(all / unit);
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const tail = `${String(m).padStart(h ? 2 : 1, "0")}:${String(s).padStart(2, "0")}`;
  return [
    (seconds < 0 && all ? "-" : "") + (h ? `${h}:${tail}` : tail),
    String(all % unit).padStart(digits, "0"),
  ];
}

const DAYS = 4 * 86400;

// A length: 12 s, 2:45.5, 18 ms, 5 days; empty when it is not known.
export function length(seconds) {
  if (seconds === null || seconds === undefined) return "";
  const size = Math.abs(seconds);
  if (size > 0 && size < 0.1) return `${Number((seconds * 1000).toFixed(3))} ms`;
  if (size < 60) return `${Number(seconds.toFixed(3))} s`;
  if (size >= DAYS) return span(seconds);
  return clock(seconds);
}

// A length in one unit, for what is far apart: 230 ms, 12 s, 21.6 h, 3 days.
export function span(seconds) {
  const size = Math.abs(seconds);
  const [unit, name] = [
    [86400 * 2, 86400, "days"],
    [5400, 3600, "h"],
    [90, 60, "min"],
    [0.9995, 1, "s"],
    [0, 0.001, "ms"],
  ]
    .find(([from]) => size >= from)
    .slice(1);
  return `${Number((seconds / unit).toFixed(size / unit < 10 ? 1 : 0))} ${name}`;
}

export function counted(count, name) {
  return `${count} ${name}${count === 1 ? "" : "s"}`;
}

// RFC 3339 in UTC to microseconds, and back.
export function micros(text) {
  const fraction = text.match(/\.(\d+)/)?.[1] ?? "";
  const whole = Date.parse(text.replace(/\.\d+/, ""));
  return whole * 1000 + Number(fraction.slice(0, 6).padEnd(6, "0"));
}

export function rfc3339(moment) {
  const second = Math.floor(moment / MICROSECONDS);
  const fraction = String(moment - second * MICROSECONDS)
    .padStart(6, "0")
    .replace(/000$/, "");
  return `${new Date(second * 1000).toISOString().slice(0, 19)}.${fraction}Z`;
}

// In the reader's own time zone and manner; the zone is named: logs beside the page are often in another.
export function moment(text, style = {}) {
  return text
    ? new Date(text).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "long", ...style })
    : "";
}

export function timeOfDay(text, timeZone) {
  return new Date(text).toLocaleTimeString(undefined, { timeStyle: "medium", timeZone });
}

// The same to the millisecond, for what stands line by line beside other logs; its column names the zone.
export function stamp(text) {
  return moment(text, { dateStyle: undefined, timeStyle: undefined, ...TO_THE_MILLISECOND });
}

export function zone() {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}

// From one moment to another, to the minute.
export function period(from, to) {
  return new Intl.DateTimeFormat(undefined, TO_THE_MINUTE).formatRange(new Date(from), new Date(to));
}

// How long after it happened something was recorded; before, where the sender's clock is ahead.
export function later(seconds) {
  return `${span(Math.abs(seconds))} ${seconds < 0 ? "earlier" : "later"}`;
}

export function brief(text) {
  return moment(text, { dateStyle: "short", timeStyle: "medium" });
}

export function day(text) {
  return text ? new Date(text).toLocaleDateString(undefined, { dateStyle: "medium" }) : "";
}
