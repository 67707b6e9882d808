// Times and lengths, as a person reads them.

export function clock(seconds) {
  const sign = seconds < 0 ? "-" : "";
  const whole = Math.floor(Math.abs(seconds));
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const tail = `${String(m).padStart(h ? 2 : 1, "0")}:${String(s).padStart(2, "0")}`;
  return sign + (h ? `${h}:${tail}` : tail);
}

export function length(seconds) {
  if (seconds === null || seconds === undefined) return "";
  if (Math.abs(seconds) < 60) return `${Number(seconds.toFixed(2))} s`;
  return clock(seconds);
}

export function moment(text) {
  return text ? new Date(text).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "medium" }) : "";
}

// Round steps for a ruler that shows about `count` of them.
export function step(duration, count) {
  const steps = [0.001, 0.01, 0.1, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 21600, 86400];
  return steps.find((one) => duration / one <= count) ?? Math.ceil(duration / count / 86400) * 86400;
}
