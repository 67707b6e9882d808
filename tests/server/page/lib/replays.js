// Replays as the server gives them, made small for the tests of the page's helpers.

export function clip(sequence, offset, duration, more = {}) {
  return {
    sequence,
    listen: `l${sequence}`,
    offset,
    duration,
    end: "observed",
    cut: null,
    asset: `a${sequence}`,
    title: null,
    in: 0,
    rate: 1,
    gain: 1,
    session_gain: 1,
    pan: 0,
    changes: [],
    fade_in: 0,
    fade_out: 0,
    loop: false,
    lane: "main",
    row: 0,
    device: "d",
    user: null,
    reason: null,
    positions: [sequence * 2, sequence * 2 + 1],
    ...more,
  };
}

export function replay(more = {}) {
  return {
    session: "s",
    log: "default",
    zero: "2026-05-14T14:55:30.000000Z",
    position: 10,
    started: true,
    ended: true,
    clips: [],
    silences: [],
    unknown: [],
    pauses: [],
    stalls: [],
    marks: [],
    erased: [],
    findings: [],
    assets: {},
    totals: { duration: 0, heard: 0, overlapping: 0, silent: 0, paused: 0, stalled: 0, unknown: 0 },
    ...more,
  };
}
