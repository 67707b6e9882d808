// The controls that every transport has. Each is made for a part (lib/part.js), and follows a model as long as
// the part is there.

import { button, make } from "./dom.js";
import { icon } from "./icons.js";
import { SPEEDS } from "./model.js";
import { length } from "./time.js";

export function playButton(part, model) {
  const play = button("play", "Play", () => model.player.toggle(), { class: "icon play" });
  part.watch(model, ["playing"], ({ playing }) => {
    play.replaceChildren(icon(playing ? "pause" : "play"));
    play.setAttribute("aria-label", playing ? "Pause" : "Play");
    play.title = playing ? "Pause (Space)" : "Play (Space)";
  });
  return play;
}

export function speedChoice(part, model) {
  const options = SPEEDS.map((speed) => [speed, `${speed}×`]);
  const select = choice("Speed", options, (value) => model.set({ speed: Number(value) }));
  part.watch(model, ["speed"], ({ speed }) => (select.value = String(speed)));
  return select;
}

// All that is done with a stretch of time: select one, loop it, look at it, let go of it. `tell(offset)` says
// when.
export function selectionTools(part, model, tell) {
  const command = (name) =>
    part.dispatchEvent(new CustomEvent("command", { bubbles: true, detail: { name } }));
  const select = toggle("Select", () => command("take"));
  const says = make("output", { class: "selected quiet", "aria-label": "Selected" });
  const closer = button("selection", "Look at the selection (z)", () => command("zoomSelection"));
  const none = button("close", "Let go of the selection (Esc)", () => command("clear"));
  select.title = "Select a range (r): drag over the drawing, or move the playhead with the arrow keys";
  part.watch(model, ["anchor"], () => select.setAttribute("aria-pressed", String(model.selecting)));
  part.watch(model, ["selection", "clock", "scene"], ({ selection }) => {
    closer.disabled = none.disabled = !selection;
    says.textContent = selection ? stretch(selection, tell) : "nothing selected";
    says.title = says.textContent;
  });
  return make("div", { class: "group selection-tools" }, select, loopToggle(part, model), closer, none, says);
}

// How long it is comes first: there is not room for all of every clock's words.
function stretch({ start, stop }, tell) {
  return `${length(thousandths(stop - start))} · ${tell(start)} – ${tell(stop)}`;
}

function thousandths(seconds) {
  return Math.round(seconds * 1000) / 1000;
}

function loopToggle(part, model) {
  const loop = toggle("Loop", () => model.set({ loop: !model.state.loop }));
  part.watch(model, ["loop", "selection"], (state) => {
    loop.setAttribute("aria-pressed", String(state.loop));
    loop.disabled = !state.selection;
    loop.title = state.selection ? "Loop the selection (l)" : "Select a stretch first";
  });
  return loop;
}

export function volumeRange(part, model) {
  const range = make("input", {
    type: "range",
    min: 0,
    max: 1,
    step: 0.05,
    "aria-label": "Volume",
    title: "Volume",
    class: "volume",
    oninput: () => model.set({ volume: Number(range.value) }),
  });
  part.watch(model, ["volume"], ({ volume }) => {
    range.value = String(volume);
    range.setAttribute("aria-valuetext", `${Math.round(volume * 100)} %`);
  });
  return range;
}

export function zoomButtons(model) {
  return [
    button("farther", "Farther", () => model.zoom(2)),
    button("closer", "Closer", () => model.zoom(0.5)),
    button("whole", "The whole session", () => model.fit()),
  ];
}

// A list to choose from. What was chosen with the mouse does not keep the keyboard: Space plays on.
export function choice(name, options, chosen) {
  let pointed = false;
  const select = make(
    "select",
    {
      "aria-label": name,
      title: name,
      onpointerdown: () => (pointed = true),
      onkeydown: () => (pointed = false),
      onchange: () => {
        chosen(select.value);
        if (pointed) select.blur();
      },
    },
    ...options.map(([value, text]) => make("option", { value }, text)),
  );
  return select;
}

export function toggle(name, onclick) {
  return make("button", { type: "button", class: "toggle", "aria-pressed": "false", onclick }, name);
}

// What is true at the playhead, in its colour.
export function tellNow(chip, { kind, says }) {
  chip.className = `now ${kind ?? ""}`;
  chip.textContent = says;
  chip.title = says;
}
