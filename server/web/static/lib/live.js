// What is stored from now on, as it is stored: one event stream for a view. It comes back by itself where it
// was cut off.

import { withQuery } from "./api.js";

const PAUSE = 400;

// Call `told(records)` with what came in, gathered for a moment so that a flood is told a few times a second.
// Of one session, where one is named: the server then tells of nothing else.
export function follow({ log = null, session = null, after }, told, signal) {
  const stream = new EventSource(withQuery("/api/v1/events", { log, session, after }));
  let gathered = [];
  let timer = null;
  const tell = () => {
    timer = null;
    const records = gathered;
    gathered = [];
    told(records);
  };
  stream.addEventListener("message", ({ data }) => {
    gathered.push(JSON.parse(data));
    timer ??= setTimeout(tell, PAUSE);
  });
  signal.addEventListener("abort", () => {
    clearTimeout(timer);
    stream.close();
  });
  return stream;
}
