// What is known now where it differs from what was known then: outlines without a body.

import { rowBox } from "../layout.js";
import { paint } from "./stretches.js";

export function paintGhosts({ context, view, width, ghosts, layout, colours, scrolled, room }) {
  if (!ghosts) return;
  context.strokeStyle = colours.ink;
  context.setLineDash([4, 3]);
  context.lineWidth = 1.25;
  ghosts.clips.columns(view, width, (clip, x, w) => {
    const { top, height } = rowBox(layout, clip.row);
    if (top > scrolled + room) return;
    context.strokeRect(x + 0.5, top + 2.5, Math.max(3, w - 1), height - 5);
  });
  context.setLineDash([]);
  context.lineWidth = 1;
}

// In the line of states: a thin strip below, of what is known now.
export function paintGhostStates({ context, view, width, ghosts, colours }, { top, height }) {
  ghosts?.stretches.columns(view, width, (item, x, w) => {
    context.fillStyle = paint(item.kind, colours);
    context.fillRect(x, top + height - 3, Math.max(1, w), 3);
  });
}
