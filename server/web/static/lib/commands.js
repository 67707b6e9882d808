// What the words of the key table (lib/keys.js) do to a session's page. A command is {name, argument}.

import { CLOCKS } from "./clocks.js";
import { copy } from "./copying.js";

const COMMANDS = {
  toggle: ({ model }) => model.player.toggle(),
  move: ({ model }, seconds) => model.moveTo(model.state.time + seconds),
  edge: ({ model }, name) => model.moveTo(model.state.scene.reach[name]),
  speed: ({ model }, steps) => model.player.faster(steps),
  skip: ({ model }) => model.set({ skip: !model.state.skip }),
  mute: ({ model }) => model.set({ volume: model.state.volume ? 0 : 1 }),
  event: ({ events }, by) => events.move(by),
  quiet: ({ model }, by) => next(model, model.state.scene.stretches, by),
  finding: ({ model }, by) => next(model, model.state.scene.findings, by),
  search: ({ panes, events }) => {
    panes.open("events");
    events.focusSearch();
  },
  zoom: ({ model }, factor) => model.zoom(factor),
  fit: ({ model }) => model.fit(),
  zoomSelection: ({ model }) =>
    model.state.selection && model.lookAround(model.state.selection.start, model.state.selection.stop),
  page: ({ model }, pages) => model.pan(pages * (model.state.view.stop - model.state.view.start)),
  clock: ({ model }) => model.set({ clock: after(Object.keys(CLOCKS), model.state.clock) }),
  take: (view) => take(view),
  select: ({ model }, edge) => select(model, edge),
  loop: ({ model }) => model.state.selection && model.set({ loop: !model.state.loop }),
  clear: ({ model }) => model.set({ selection: null, anchor: null, loop: false, chosen: null }),
  known: ({ keeper }, by) => keeper.step(by),
  why: ({ keeper, model }) => keeper.explain(model.state.time),
  link: (view) => copyLink(view),
  difference: (view, by) => view.step(by),
  flip: (view) => view.flip(),
  keys: () => dispatchEvent(new Event("show-keys")),
};

// `view` is the session's page (its model, its keeper, its events, its panes), or that of a comparison, whose
// keys ask for its model alone. What takes time gives a promise.
export function run({ name, argument }, view) {
  return COMMANDS[name]?.(view, argument);
}

const HOW = "Drag over the drawing to select, or move the playhead with the arrow keys.";

function take(view) {
  view.model.take(!view.model.selecting);
  if (view.model.selecting) view.dispatchEvent(new CustomEvent("said", { bubbles: true, detail: HOW }));
}

async function copyLink(view) {
  view.remember();
  await copy(location.href);
  view.dispatchEvent(new CustomEvent("said", { bubbles: true, detail: "The link to this view was copied." }));
}

function next(model, track, by) {
  const { time } = model.state;
  const found = by > 0 ? track.items[track.next(time + 0.0005)] : track.items[track.next(time - 0.0005) - 1];
  if (found) model.visit(found);
}

function select(model, edge) {
  const { time, selection, scene } = model.state;
  const other =
    edge === "start" ? (selection?.stop ?? scene.reach.stop) : (selection?.start ?? scene.reach.start);
  model.select(time, other);
}

function after(names, name) {
  return names[(names.indexOf(name) + 1) % names.length];
}
