// What to do about a refusal, by the problem's type (docs/access.md): the message says what, this says what
// now.

import { Unreachable } from "./api.js";

const BY_TYPE = {
  unauthorized: "Log in with the link that the server printed, or with a token.",
  forbidden: "Ask for a token that may (playhead token create), then log out and in again with it.",
  "not-found": "Look for it in the list, or check the link.",
  erased: "What was erased on request does not come back.",
  "too-large": "Look at a part of it: give a shorter time, or export it with the command line.",
  invalid: "Check the link: a part of it is not understood.",
  rebuilding: "The read models are being built; the page tries again by itself.",
  unavailable: "The page tries again by itself.",
  corrupt: "The log does not match its chain: tell whoever runs the server.",
};

export function advice(error) {
  if (error instanceof Unreachable) return "Check that the server runs; the page tries again by itself.";
  const type = error.problem?.type?.split(":").at(-1);
  return BY_TYPE[type] ?? (error.status >= 500 ? "The server's own log says more." : "");
}

// Seconds after which it is worth trying again; null when trying again changes nothing.
export function again(error) {
  if (error instanceof Unreachable) return 3;
  return error.status === 503 ? (error.retryAfter ?? 2) : null;
}
