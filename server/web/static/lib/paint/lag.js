// How long after it happened each event was recorded, on a scale of powers of ten: what came late stands out,
// and what was gathered without a network is a slope that falls to the moment it was sent.

export const LATE = 60;
const LEAST = Math.log10(0.01);
const MOST = Math.log10(86400 * 10);

export function paintLag({ context, view, width, lags, colours, chosen }, { top, height }) {
  const y = (lag) =>
    top + height - 4 - ((Math.log10(Math.max(lag, 0.01)) - LEAST) / (MOST - LEAST)) * (height - 8);
  context.strokeStyle = colours.line;
  context.setLineDash([2, 3]);
  context.beginPath();
  context.moveTo(0, Math.round(y(LATE)) + 0.5);
  context.lineTo(width, Math.round(y(LATE)) + 0.5);
  context.stroke();
  context.setLineDash([]);
  lags.columns(view, width, ({ lag, position }, x) => {
    const late = lag > LATE;
    context.fillStyle = late ? colours.warning : colours.quiet;
    const half = (late ? 2.5 : 1.75) + (chosen?.position === position ? 2 : 0);
    context.fillRect(x - half, Math.max(top + 1, y(lag)) - half, 2 * half, 2 * half);
  });
}
