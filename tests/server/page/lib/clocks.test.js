import { sayer, teller } from "/static/lib/clocks.js";
import { paintRuler } from "/static/lib/paint/ruler.js";
import { equal, test } from "./check.js";
import { replay } from "./replays.js";

const DAY = 86400;

function session(zero, stop, timezone = "UTC") {
  const mark = { type: "session-started", offset: 0, data: { timezone } };
  return { replay: replay({ zero, marks: [mark] }), reach: { start: 0, stop } };
}

test("within one day a clock says no day, but of a moment of another day", () => {
  const scene = session("2026-05-14T14:55:30.000000Z", 200);
  const tell = teller("utc", scene);
  equal(tell(94, 3), "14:57:04.000");
  equal(tell(DAY), "15 May 14:55:30");
  equal(tell(-20 * 365.25 * DAY), "14 May 2006 14:55:30");
});

test("over midnight every clock but the session's says the day", () => {
  const scene = session("2026-05-14T21:59:50.000000Z", 60, "Europe/Berlin");
  equal(
    ["session", "utc", "device"].map((name) => teller(name, scene)(9.5)),
    ["0:09.5", "21:59:59.5", "14 May 23:59:59.5"],
  );
  equal(sayer("device", scene)(10, 0), { day: "15 May", time: "00:00:00" });
});

// What stands on a ruler of 800 pixels, and which of it is in ink.
function ruler(scene, view) {
  const said = [];
  const context = { beginPath() {}, moveTo() {}, lineTo() {}, stroke() {}, fillRect() {} };
  context.measureText = (text) => ({ width: text.length * 6 });
  context.fillText = (text) => said.push(context.fillStyle === "ink" ? `*${text}` : text);
  const frame = { context, view, width: 800, height: 300, layout: { ruler: 24 } };
  paintRuler({ ...frame, colours: { ink: "ink" }, clock: sayer("utc", scene), phase: 0 });
  return said;
}

test("the first label in sight and the first of a day say the day; whole days need no time", () => {
  const scene = session("2026-05-14T00:00:00.000000Z", 3 * DAY);
  equal(ruler(scene, { start: DAY - 3600, stop: DAY + 3600 }), [
    "*14 May 23:00:00",
    "23:15:00",
    "23:30:00",
    "23:45:00",
    "*15 May 00:00:00",
    "00:15:00",
    "00:30:00",
    "00:45:00",
  ]);
  equal(ruler(scene, { start: 0, stop: 7.5 * DAY }).slice(0, 3), ["*14 May", "*15 May", "*16 May"]);
});
