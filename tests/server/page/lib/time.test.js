import { clock, length, micros, rfc3339, span, steadyClock } from "/static/lib/time.js";
import { equal, test } from "./check.js";

test("a clock shows milliseconds where there are any", () => {
  equal(
    [0, 28, 165.5, 3723, -0.5, 59.9996].map((each) => clock(each)),
    ["0:00", "0:28", "2:45.5", "1:02:03", "-0:00.5", "1:00"],
  );
  equal([steadyClock(1.5), steadyClock(61, 0), steadyClock(0.1234, 2)], ["0:01.500", "1:01", "0:00.12"]);
});

test("a length says its unit", () => {
  equal([null, 0, 0.018, 12, 75.25, 400_000].map(length), ["", "0 s", "18 ms", "12 s", "1:15.25", "4.6 days"]);
});

test("a span is told in one unit, near enough", () => {
  equal([0.23, 3.2, 300, 78000, 400000].map(span), ["230 ms", "3.2 s", "5 min", "22 h", "4.6 days"]);
});

test("a moment goes to microseconds and back without a loss", () => {
  for (const text of [
    "2026-05-14T14:55:30.000Z",
    "2026-05-14T14:55:30.123456Z",
    "1969-12-31T23:59:59.999999Z",
  ])
    equal(rfc3339(micros(text)), text);
  equal(micros("1970-01-01T00:00:01.5Z"), 1_500_000);
});
