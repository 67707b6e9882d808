// The keyboard, as a table: what `?` shows is what is bound.

// A row is [keys, what they do, command, argument]; a key is `event.key`, Shift is written before it. A table
// is [[group, rows], ...].
const MOVES = [
  ["ArrowLeft", "back 5 s", "move", -5],
  ["ArrowRight", "on 5 s", "move", 5],
  ["Shift+ArrowLeft", "back 1 s", "move", -1],
  ["Shift+ArrowRight", "on 1 s", "move", 1],
  ["Alt+ArrowLeft", "back 10 ms", "move", -0.01],
  ["Alt+ArrowRight", "on 10 ms", "move", 0.01],
  ["Home", "to the start", "edge", "start"],
  ["End", "to the end", "edge", "stop"],
];

const SIGHT = [
  ["+", "closer", "zoom", 0.5],
  ["-", "farther", "zoom", 2],
  ["0", "the whole session", "fit"],
  ["a", "a page back", "page", -0.8],
  ["d", "a page on", "page", 0.8],
];

const SPEED = [
  ["<", "slower", "speed", -1],
  [">", "faster", "speed", 1],
];

const VOLUME = ["m", "sound on or off", "mute"];

const SELECT = [
  ["r", "select a range: drag, or move the playhead", "take"],
  ["[", "begin a selection here", "select", "start"],
  ["]", "end it here", "select", "stop"],
  ["l", "loop the selection", "loop"],
  ["Escape", "let go of the selection", "clear"],
];

const LINK = ["y", "copy a link to this very view", "link"];
const SHEET = ["?", "this sheet", "keys"];

export const SESSION_KEYS = [
  ["Play", [["Space", "play or pause", "toggle"], ...MOVES, ...SPEED, ["s", "skip silence", "skip"], VOLUME]],
  [
    "Find",
    [
      [",", "the event before", "event", -1],
      [".", "the next event", "event", 1],
      ["g", "the next silence or unknown stretch", "quiet", 1],
      ["Shift+G", "the one before", "quiet", -1],
      ["f", "the next finding", "finding", 1],
      ["Shift+F", "the finding before", "finding", -1],
      ["w", "why was it silent here?", "why"],
      ["/", "search the events", "search"],
    ],
  ],
  ["Look", [...SIGHT, ["z", "the selection", "zoomSelection"], ["c", "the next clock", "clock"]]],
  ["Select", SELECT],
  [
    "Known when",
    [
      ["p", "known one record earlier", "known", -1],
      ["n", "known one record later", "known", 1],
      ["Shift+N", "all that is known", "known", Infinity],
    ],
  ],
  ["Page", [LINK, SHEET]],
];

export const COMPARE_KEYS = [
  [
    "Play",
    [
      ["Space", "play or pause", "toggle"],
      ["x", "hear the other one, at the same moment", "flip"],
      ...MOVES,
      ...SPEED,
      VOLUME,
    ],
  ],
  [
    "Find",
    [
      ["f", "the next difference", "difference", 1],
      ["Shift+F", "the difference before", "difference", -1],
    ],
  ],
  ["Look", [...SIGHT, ["z", "the selection", "zoomSelection"]]],
  ["Select", SELECT],
  ["Page", [LINK, SHEET]],
];

export const LIST_KEYS = [
  [
    "List",
    [
      ["/", "search", "search"],
      ["j", "the next row; Enter opens it", "row", 1],
      ["k", "the row before", "row", -1],
    ],
  ],
  ["Page", [SHEET]],
];

export const PAGE_KEYS = [["Page", [SHEET]]];

// The command of a key press, or null. What is typed into a field stays there.
export function command(event, table) {
  if (event.ctrlKey || event.metaKey || typing(event.target, event.key)) return null;
  const key = event.key === " " ? "Space" : event.key;
  const shifted = event.shiftKey && (key.length > 1 || /[A-Z]/.test(key));
  const named = `${event.altKey ? "Alt+" : ""}${shifted ? "Shift+" : ""}${key}`;
  for (const [, rows] of table) {
    const row = rows.find(([keys]) => keys === named || (keys === key && !event.altKey && !event.shiftKey));
    if (row) return { name: row[2], argument: row[3] };
  }
  return null;
}

function typing(target, key) {
  if (!(target instanceof Element)) return false;
  if (target.closest("dialog[open]")) return true;
  if (target.matches("textarea, select, input:not([type=range], [type=checkbox]), [contenteditable]"))
    return key !== "Escape";
  if (target.matches("input[type=range]")) return /^(Arrow|Home|End|Page)/.test(key);
  if (target.matches("button, a, summary, input")) return key === " " || key === "Enter";
  return (
    target.closest("[role=listbox], [role=tablist], [role=menu]") !== null &&
    /^(Arrow|Home|End|Page|Enter)/.test(key)
  );
}
