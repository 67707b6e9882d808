// Marks and findings: points in time, in lines of their own. Many in one place are drawn once.

import { outline } from "./stretches.js";

const GRAVITY = ["info", "warning", "error"];

// What devices told: a triangle that points down. Something that begins or ends the session is filled with
// ink.
export function paintEvents({ context, view, width, scene, colours, chosen }, { top, height }) {
  scene.events.columns(view, width, (item, x) => {
    context.fillStyle = item.type.startsWith("session-") ? colours.ink : colours.mark;
    triangle(context, x, top + 5, 4.5, height - 9);
    if (item === chosen) ring(context, colours, x, top + height / 2);
  });
}

// Lines of the log: a diamond, in the colour of what the line's class says.
export function paintLines({ context, view, width, scene, colours, chosen }, { top, height }) {
  scene.lines.columns(view, width, (item, x) => {
    context.fillStyle = colours[GRAVITY.includes(item.data?.class) ? item.data.class : "mark"];
    diamond(context, x, top + height / 2, 4.5);
    if (item === chosen) ring(context, colours, x, top + height / 2);
  });
}

// Findings: a bar over what they are about, a head where it begins, in the colour of their severity.
export function paintFindings({ context, view, width, scene, colours, chosen }, { top, height }) {
  const heads = [];
  scene.findings.columns(view, width, (item, x, w) => {
    context.fillStyle = colours[item.severity] ?? colours.error;
    context.globalAlpha = 0.4;
    context.fillRect(x, top + height / 2 - 2, Math.max(0, w), 4);
    context.globalAlpha = 1;
    if (item === chosen) outline(context, colours, x - 6, top + 2, w + 12, height - 4);
    heads.push([item.severity, x]);
  });
  for (const [severity, x] of heads.sort((a, b) => GRAVITY.indexOf(a[0]) - GRAVITY.indexOf(b[0]))) {
    context.fillStyle = colours[severity] ?? colours.error;
    head(context, severity, x, top + height / 2);
  }
}

// Told apart by shape too: an error is a square, a warning a triangle, the rest a dot.
function head(context, severity, x, y) {
  if (severity === "error") return context.fillRect(x - 5, y - 5, 10, 10);
  if (severity === "warning") return triangle(context, x, y + 5, 6, -10);
  context.beginPath();
  context.arc(x, y, 4.5, 0, 7);
  return context.fill();
}

function triangle(context, x, y, half, height) {
  context.beginPath();
  context.moveTo(x - half, y);
  context.lineTo(x + half, y);
  context.lineTo(x, y + height);
  context.fill();
}

function diamond(context, x, y, half) {
  context.beginPath();
  context.moveTo(x, y - half);
  context.lineTo(x + half, y);
  context.lineTo(x, y + half);
  context.lineTo(x - half, y);
  context.fill();
}

function ring(context, colours, x, y) {
  context.strokeStyle = colours.ink;
  context.lineWidth = 1.5;
  context.beginPath();
  context.arc(x, y, 8, 0, 7);
  context.stroke();
  context.lineWidth = 1;
}
