// What hands do on the drawing, as a few words: seek, pan, zoom, select, point.
//
// Rule 1: one finger or the left button pans; on the ruler it seeks; two fingers zoom.
// Rule 2: it selects with Shift, while the tool to select is in hand, and after a finger was held still. An
//         edge of what is selected is taken hold of in any case.
// Rule 3: the wheel zooms, with Shift (or sideways) it pans.

const STILL = 4;
const HELD = 450; // milliseconds
const NEAR = { touch: 18, pen: 10, mouse: 5 };
const WHEEL = 0.0015;

// `tell` has a function for each word; places are {x, y} in CSS pixels of the element. `ruler` is how high
// the ruler is.
export function watchHands(element, ruler, tell, signal) {
  const hands = new Map();
  let drag = null;

  const place = (event) => {
    const box = element.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  };
  const on = (type, listener, options = {}) =>
    element.addEventListener(type, listener, { signal, ...options });

  on("pointerdown", (event) => {
    if (event.button !== 0) return;
    const at = place(event);
    hands.set(event.pointerId, at);
    element.setPointerCapture(event.pointerId);
    if (hands.size > 1) return void drop();
    const grip = at.y < ruler ? null : tell.grip(at.x, NEAR[event.pointerType] ?? NEAR.mouse);
    if (grip) return void (drag = { from: grip, last: at, does: "select", moved: true });
    const does = at.y < ruler ? "seek" : event.shiftKey || tell.selecting() ? "select" : "pan";
    drag = { from: at, last: at, does, moved: does === "seek" };
    if (does === "seek") tell.seek(at);
    else if (event.pointerType === "touch") hold(drag);
  });

  function drop() {
    if (drag?.holding) tell.hold(false);
    clearTimeout(drag?.later);
    drag = null;
  }

  // A finger that stays where it is begins to select there.
  function hold(held) {
    held.later = setTimeout(() => {
      if (held.moved || held !== drag) return;
      Object.assign(held, { does: "select", moved: true, holding: true });
      tell.hold(true);
    }, HELD);
  }
  // From then on the page does not scroll under it, and no menu opens.
  on("touchmove", (event) => drag?.holding && event.preventDefault(), { passive: false });
  on("contextmenu", (event) => hands.size && event.preventDefault());

  on("pointermove", (event) => {
    const at = place(event);
    if (!hands.has(event.pointerId)) return tell.point(at);
    const before = hands.get(event.pointerId);
    hands.set(event.pointerId, at);
    if (hands.size === 2) return pinch(before, at, event.pointerId);
    return drag ? follow(at) : undefined;
  });

  function follow(at) {
    if (!drag.moved && Math.abs(at.x - drag.from.x) < STILL) return;
    drag.moved = true;
    if (drag.does === "seek") tell.seek(at);
    else if (drag.does === "select") tell.select(drag.from, at);
    else tell.pan(drag.last.x - at.x);
    drag.last = at;
  }

  function pinch(before, at, id) {
    drop();
    const [other] = [...hands].filter(([key]) => key !== id).map(([, where]) => where);
    const [was, is] = [Math.abs(before.x - other.x), Math.abs(at.x - other.x)].map((gap) =>
      Math.max(gap, 10),
    );
    tell.zoom(was / is, (at.x + other.x) / 2);
    tell.pan((before.x - at.x) / 2);
  }

  const end = (event) => {
    if (!hands.delete(event.pointerId)) return;
    if (drag && !drag.moved && event.type === "pointerup") tell.click(drag.from, event);
    drop();
    // The finger that is left of two goes on panning.
    const [left] = hands.values();
    drag = left ? { from: left, last: left, does: "pan", moved: true } : null;
  };
  on("pointerup", end);
  on("pointercancel", end);
  on("pointerleave", () => tell.point(null));

  on(
    "wheel",
    (event) => {
      if (event.altKey) return;
      event.preventDefault();
      const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 16 : 1;
      const [across, down] = [event.deltaX * lines, event.deltaY * lines];
      if (event.shiftKey && !across) tell.pan(down);
      else if (Math.abs(across) > Math.abs(down)) tell.pan(across);
      else tell.zoom(Math.exp(down * WHEEL * (event.ctrlKey ? 6 : 1)), place(event).x);
    },
    { passive: false },
  );

  on("dblclick", (event) => tell.open(place(event)));
}
