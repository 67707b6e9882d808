// Times and lengths, as a person reads them.

// As a clock shows it, to the millisecond where it is not a whole second: 0:28, 2:45.5, 1:02:03.
export function clock(seconds) {
  const all = Math.round(Math.abs(seconds) * 1000);
  const sign = seconds < 0 && all ? "-" : "";
  const [whole, rest] = [Math.floor(all / 1000), all % 1000];
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const tail = `${String(m).padStart(h ? 2 : 1, "0")}:${String(s).padStart(2, "0")}`;
  const fraction = rest ? `.${String(rest).padStart(3, "0").replace(/0+$/, "")}` : "";
  return sign + (h ? `${h}:${tail}` : tail) + fraction;
}

export function length(seconds) {
  if (seconds === null || seconds === undefined) return "";
  if (Math.abs(seconds) < 60) return `${Number(seconds.toFixed(3))} s`;
  return clock(seconds);
}

// In the reader's own time zone, which is named: logs beside the page are often in another.
export function moment(text) {
  return text ? new Date(text).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "long" }) : "";
}

// Round steps for a ruler that shows about `count` of them.
export function step(duration, count) {
  const steps = [0.001, 0.01, 0.1, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 21600, 86400];
  return steps.find((one) => duration / one <= count) ?? Math.ceil(duration / count / 86400) * 86400;
}
