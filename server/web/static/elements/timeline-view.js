// The drawing of a session: lanes, states, marks and findings over one axis of time, and the playhead. It is
// a slider: its value is where the playhead stands. What hands do is in lib/gestures.js, what is painted in
// lib/paint/.

import { named, phase, sayer, teller } from "../lib/clocks.js";
import { make } from "../lib/dom.js";
import { watchHands } from "../lib/gestures.js";
import { hit } from "../lib/hit.js";
import { silenced } from "../lib/model.js";
import { paintClips, paintLanes, paintOverlaps } from "../lib/paint/clips.js";
import { fresh, palette } from "../lib/paint/frame.js";
import { paintGhosts, paintGhostStates } from "../lib/paint/ghosts.js";
import { paintLag } from "../lib/paint/lag.js";
import { paintEvents, paintFindings, paintLines } from "../lib/paint/points.js";
import { paintRuler } from "../lib/paint/ruler.js";
import { paintStates, paintTints } from "../lib/paint/stretches.js";
import { Waves } from "../lib/peaks.js";
import { Part } from "../lib/part.js";
import { spoken, state } from "../lib/scene.js";
import { describe } from "../lib/words.js";
import "./lane-names.js";
import "./selection-band.js";

const DRAWN = ["scene", "layout", "view", "chosen", "clock", "muted", "solo", "lags", "selection"];
const BANDS = {
  findings: paintFindings,
  events: paintEvents,
  lines: paintLines,
  lag: paintLag,
  state: paintStates,
};

const GRIP = 5; // pixels from an edge of the selection
const WAVES = 300; // clips whose waveforms are asked for at once

class TimelineView extends Part {
  arrive() {
    this.canvas = make("canvas", { "aria-hidden": "true" });
    this.head = make("div", { class: "playhead" });
    this.band = Object.assign(make("selection-band", { class: "selection", hidden: true }), {
      model: this.model,
    });
    this.tip = make("div", { class: "tip", hidden: true, "aria-hidden": "true" });
    this.stage = make(
      "div",
      {
        class: "stage",
        role: "slider",
        tabindex: "0",
        "aria-label": "Playhead",
        "aria-orientation": "horizontal",
      },
      this.canvas,
      this.band,
      this.head,
      this.tip,
    );
    this.names = make("lane-names");
    this.names.model = this.model;
    this.scroller = make("div", { class: "scroller" }, this.names, this.stage);
    this.summary = make("p", { class: "unseen" });
    this.replaceChildren(this.summary, this.scroller);
    this.start();
  }

  start() {
    this.waves = new Waves(this.of.log, () => this.redraw(), this.leaving.signal);
    new ResizeObserver(() => this.redraw()).observe(this.stage);
    this.listen(this.scroller, "scroll", () => this.redraw());
    this.listen(window, "themechange", () => this.repaint());
    this.watch(this.model, ["layout"], ({ layout }) => this.place(layout));
    this.watch(this.model, ["anchor"], () => {
      this.stage.classList.toggle("selecting", this.model.selecting);
    });
    this.watch(this.model, DRAWN, () => this.redraw());
    this.watch(this.model, ["time", "view", "scene", "clock"], () => this.movePlayhead());
    watchHands(this.stage, this.model.state.layout.ruler, this.hands(), this.leaving.signal);
  }

  // The words of lib/gestures.js.
  hands() {
    const { model } = this;
    return {
      seek: ({ x }) => this.seek(this.timeAt(x)),
      pan: (pixels) => model.pan((pixels / this.width) * this.span),
      zoom: (factor, x) => model.zoom(factor, this.timeAt(x)),
      select: (from, to) => model.select(this.timeAt(from.x), this.timeAt(to.x)),
      selecting: () => model.selecting,
      grip: (x, near) => this.grip(x, near),
      hold: (held) => this.hold(held),
      point: (place) => this.point(place),
      click: (place) => this.click(place),
      open: (place) => this.open(place),
    };
  }

  grip(x, near) {
    return this.band.grip((at) => this.xOf(at), x, near);
  }

  // A finger was held still, and selects now.
  hold(held) {
    this.stage.classList.toggle("holding", held);
    if (held) navigator.vibrate?.(15);
  }

  get width() {
    return this.stage.clientWidth;
  }

  get span() {
    return this.model.state.view.stop - this.model.state.view.start;
  }

  timeAt(x) {
    return this.model.state.view.start + (x / this.width) * this.span;
  }

  xOf(at) {
    return ((at - this.model.state.view.start) / this.span) * this.width;
  }

  // A click seeks to where it was; on a point in time, to that moment.
  click(place) {
    const found = this.under(place);
    const exact = found && !["clip", "silence", "unknown", "pause", "stall"].includes(found.kind);
    this.seek(exact ? found.offset : this.timeAt(place.x), { choose: found });
  }

  // What keys select begins where hands put the playhead.
  seek(time, more = {}) {
    this.model.seek(time, { shown: false, ...more });
    if (this.model.selecting) this.model.take(true);
  }

  open(place) {
    const found = this.under(place);
    if (found) this.model.lookAround(found.offset, found.offset + (found.duration ?? 0));
  }

  under(place) {
    const { scene, layout, view } = this.model.state;
    return hit(
      { scene, layout, view, width: this.width, scrolled: this.scroller.scrollTop, room: this.room },
      place,
    );
  }

  point(place) {
    const found = place && this.under(place);
    this.stage.classList.toggle("grip", Boolean(place && this.grip(place.x, GRIP)));
    this.tip.hidden = !found;
    if (!found) return;
    this.tip.replaceChildren(...describe(found, this.model.state));
    const left = Math.min(Math.max(place.x + 14, 4), this.width - this.tip.offsetWidth - 4);
    const below = place.y + 18 + this.tip.offsetHeight < this.stage.clientHeight;
    const top = below ? place.y + 18 : Math.max(2, place.y - this.tip.offsetHeight - 8);
    this.tip.style.transform = `translate(${left}px, ${top}px)`;
  }

  place(layout) {
    this.scroller.style.setProperty("--whole", `${layout.head + layout.height}px`);
    this.summary.textContent = `Timeline: ${spoken(this.model.replay)}.`;
  }

  get room() {
    return this.stage.clientHeight - this.model.state.layout.head;
  }

  repaint() {
    this.palette = null;
    this.redraw();
  }

  redraw() {
    this.waiting ??= requestAnimationFrame(() => {
      this.waiting = null;
      if (this.isConnected && this.width > 0) this.draw();
    });
  }

  draw() {
    const density = devicePixelRatio;
    if (!this.palette || this.density !== density) this.palette = palette(density);
    this.density = density;
    const frame = this.frame();
    frame.context = fresh(this.canvas, frame.width, frame.height, density);
    paintRuler(frame);
    for (const band of frame.layout.bands) BANDS[band.id](frame, band);
    paintGhostStates(frame, frame.layout.bands.at(-1));
    this.drawLanes(frame);
    this.band.place((at) => this.xOf(at), frame.width);
    this.wantWaves(frame);
  }

  drawLanes(frame) {
    const { context, layout, width, scrolled, room } = frame;
    context.save();
    context.beginPath();
    context.rect(0, layout.head, width, room);
    context.clip();
    context.translate(0, layout.head);
    context.save();
    context.translate(0, -scrolled);
    paintLanes(frame);
    context.restore();
    paintTints(frame, room);
    context.translate(0, -scrolled);
    paintClips(frame);
    paintOverlaps(frame);
    paintGhosts(frame);
    context.restore();
  }

  // Waveforms of what is in sight and wide enough to show one.
  wantWaves({ scene, view, width }) {
    const perPixel = (view.stop - view.start) / width;
    const seen = [];
    for (
      let index = scene.clips.from(view.start);
      index < scene.clips.size && scene.clips.starts[index] < view.stop && seen.length < WAVES;
      index++
    ) {
      const clip = scene.clips.items[index];
      if (clip.duration / perPixel > 12 && clip.offset + clip.duration > view.start) seen.push(clip);
    }
    this.waves.want(seen, perPixel, scene.replay.assets);
  }

  frame() {
    const { scene, layout, view, chosen, clock, lags } = this.model.state;
    return {
      scene,
      layout,
      view,
      chosen,
      lags,
      waves: this.waves,
      ghosts: scene.ghosts,
      width: this.width,
      height: this.stage.clientHeight,
      scrolled: this.scroller.scrollTop,
      room: this.room,
      colours: this.palette,
      clock: sayer(clock, scene),
      phase: phase(clock, scene.replay),
      silent: silenced(this.model.state),
    };
  }

  movePlayhead() {
    const { time, scene, clock } = this.model.state;
    const x = this.xOf(time);
    this.head.style.transform = `translateX(${x}px)`;
    this.head.hidden = x < -1 || x > this.width + 1;
    const { stage } = this;
    stage.setAttribute("aria-valuemin", scene.reach.start.toFixed(3));
    stage.setAttribute("aria-valuemax", scene.reach.stop.toFixed(3));
    stage.setAttribute("aria-valuenow", time.toFixed(3));
    stage.setAttribute(
      "aria-valuetext",
      `${teller(clock, scene)(time)} ${named(clock, scene.replay)}: ${state(scene, time).says}`,
    );
  }
}

customElements.define("timeline-view", TimelineView);
