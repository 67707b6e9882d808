// What every painter is given: the canvas, what is seen of what, and the colours of the moment.

import { colours } from "../theme.js";

const NAMES = [
  "clip",
  "silence",
  "unknown",
  "pause",
  "stall",
  "mark",
  "error",
  "warning",
  "info",
  "live",
  "open",
  "paper",
  "panel",
  "ink",
  "quiet",
  "line",
  "on-clip",
  "clip-edge",
  "link",
];

// Colours, and the pattern of what is unknown, for a theme and a density of pixels.
export function palette(density) {
  const found = colours(NAMES);
  return { ...found, hatch: hatch(found.unknown, density) };
}

function hatch(colour, density) {
  const tile = document.createElement("canvas");
  const size = 8 * density;
  tile.width = tile.height = size;
  const context = tile.getContext("2d");
  context.strokeStyle = colour;
  context.lineWidth = 2 * density;
  for (const shift of [-size, 0, size]) {
    context.beginPath();
    context.moveTo(shift - density, size + density);
    context.lineTo(shift + size + density, -density);
    context.stroke();
  }
  const pattern = context.createPattern(tile, "repeat");
  pattern.setTransform(new DOMMatrix().scale(1 / density));
  return pattern;
}

// Size a canvas to its element in real pixels, and give its context in CSS pixels, wiped.
export function fresh(canvas, width, height, density) {
  const [w, h] = [Math.round(width * density), Math.round(height * density)];
  if (canvas.width !== w) canvas.width = w;
  if (canvas.height !== h) canvas.height = h;
  const context = canvas.getContext("2d");
  context.setTransform(density, 0, 0, density, 0, 0);
  context.clearRect(0, 0, width, height);
  return context;
}

// Text that ends where its room does.
export function write(context, text, x, y, room) {
  const shown = fitted(context, text, room);
  if (shown) context.fillText(shown, x, y);
}

// As much of a text as there is room for; nothing, where there is next to none.
export function fitted(context, text, room) {
  if (room < 12) return "";
  if (context.measureText(text).width <= room) return text;
  const letters = [...text];
  let [low, high] = [0, letters.length];
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if (context.measureText(`${letters.slice(0, middle).join("")}…`).width <= room) low = middle;
    else high = middle - 1;
  }
  return low ? `${letters.slice(0, low).join("")}…` : "";
}

export const FONT = "12px system-ui, sans-serif";
export const SMALL = "11px system-ui, sans-serif";
