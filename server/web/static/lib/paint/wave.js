// A clip's waveform, from the recording's peaks: what part of the recording sounds where follows `in`, `rate` and `loop`.

const LOUD = 127;

export function paintWave({ context, colours, view, width, peaks }, clip, left, right, { top, height }) {
  const wave = peaks?.get(clip.asset);
  if (!wave) return;
  const perPixel = (view.stop - view.start) / width;
  const middle = top + height / 2;
  const half = height / 2 - 1;
  context.fillStyle = colours["clip-wave"] ?? colours["on-clip"];
  const before = context.globalAlpha;
  context.globalAlpha = before * 0.42;
  context.beginPath();
  for (let x = Math.max(0, Math.floor(left)); x < Math.min(right, width); x++) {
    const at = (view.start + x * perPixel - clip.offset) * clip.rate;
    const [low, high] = wave.between(clip.in + at, clip.in + at + perPixel * clip.rate, clip.loop);
    const [up, down] = [(high / LOUD) * half, (low / LOUD) * half];
    context.rect(x, middle - up, 1, Math.max(0.75, up - down));
  }
  context.fill();
  context.globalAlpha = before;
}
