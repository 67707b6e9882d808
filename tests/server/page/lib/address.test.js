import { format, parse } from "/static/lib/address.js";
import * as comparison from "/static/lib/comparison.js";
import { fromQuery, toQuery } from "/static/lib/link.js";
import { Model } from "/static/lib/model.js";
import { close, equal, test } from "./check.js";
import { clip, replay } from "./replays.js";

test("an address is what it was made from, whatever the ids hold", () => {
  for (const id of ["walk", "odd/ #%?é", "a&b=c", "..%2F"]) {
    const fragment = format(
      "session",
      { log: "lab", session: id },
      { text: "a b&c", at: "2026-05-14T14:55:30.000Z" },
    );
    equal(parse(fragment), {
      view: "session",
      of: { log: "lab", session: id },
      query: { text: "a b&c", at: "2026-05-14T14:55:30.000Z" },
    });
  }
});

test("without an address there are the sessions, what is none of ours has no view", () => {
  for (const fragment of ["", "#", "#/", "#/sessions"]) equal(parse(fragment).view, "sessions");
  for (const fragment of ["#/nowhere/x", "#/session/only-one", "#/toString", "#words"])
    equal(parse(fragment).view, null);
});

test("a broken escape stands as it is", () => {
  equal(parse("#/session/default/%zz").of.session, "%zz");
});

const shown = () => {
  const model = new Model({ filters: { text: "", type: "" } });
  model.show(replay({ clips: [clip(1, 0, 100)] }));
  return model;
};

test("the link to a view brings it back: time, part, selection, lanes, filters, position", () => {
  const model = shown();
  model.set({
    time: 12.345678,
    selection: { start: 10, stop: 20.5 },
    known: 7,
    clock: "utc",
    muted: new Set(["a,b", "50%2C", "c"]),
    loop: true,
    speed: 2,
  });
  model.look({ start: 5, stop: 25 });
  model.set({ filters: { text: "cache miss", type: "log-line" } });
  const { query } = parse(format("session", { log: "l", session: "s" }, toQuery(model.state)));
  const back = fromQuery(query, model.replay.zero);
  close(back.time, 12.345678);
  equal(
    [back.selection, back.view],
    [
      { start: 10, stop: 20.5 },
      { start: 5, stop: 25 },
    ],
  );
  equal([back.known, back.clock, [...back.muted], back.loop, back.speed], [7, "utc", ["a,b", "50%2C", "c"], true, 2]);
  equal(back.filters, { type: "log-line", text: "cache miss" });
});

test("lanes that somebody wrote by hand are taken as they stand", () => {
  equal([...fromQuery({ solo: "50%,voice" }, "2026-05-14T14:55:20Z").solo], ["50%", "voice"]);
  equal(fromQuery({ solo: "" }, "2026-05-14T14:55:20Z").solo, undefined);
});

test("a link keeps its moment when the session's zero moves", () => {
  const model = shown();
  model.set({ time: 60 });
  const { at } = toQuery(model.state);
  close(fromQuery({ at }, "2026-05-14T14:55:20.000000Z").time, 70);
});

test("a view as it opens has nothing to say", () => {
  const query = toQuery(shown().state);
  equal(Object.values(query).filter(Boolean), []);
});

test("what is no moment in a link to a comparison is none", () => {
  for (const t of ["12abc", "", "NaN", "1e999"]) equal(comparison.fromQuery({ t }).time, undefined);
  for (const view of ["5_2", "1_2abc", "-Infinity_5", "_2", "1"])
    equal(comparison.fromQuery({ view }).view, undefined);
  equal(comparison.fromQuery({ t: "-1.5", select: "-2_0", hear: "b" }), {
    time: -1.5,
    selection: { start: -2, stop: 0 },
    heard: 1,
  });
});
