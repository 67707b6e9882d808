import { Pair } from "/static/lib/pair.js";
import { equal, ok, test } from "./check.js";

// A sound of ten seconds that stands where it was put.
class Still {
  start = 0;
  stop = 10;
  ended = false;
  playing = false;
  sought = [];

  constructor(time) {
    this.time = time;
  }

  async play() {
    this.playing = true;
  }

  pause() {
    this.playing = false;
  }

  seek(time) {
    this.time = time;
    this.sought.push(time);
  }

  close() {}
}

function pair(...times) {
  const state = { time: 0, speed: 1, volume: 0.5, playing: false };
  const player = { model: { state }, use: (engine) => engine.seek(0), start() {}, pause() {} };
  const made = new Pair(player);
  times.forEach((time, index) => made.halves[index].use(Object.assign(new Still(), { time })));
  const sounds = made.halves.map(({ engine }) => engine);
  sounds.forEach((sound, index) => Object.assign(sound, { time: times[index], sought: [] }));
  return { made, sounds };
}

test("one is heard, and a flip puts the other where the first stands, if it is elsewhere", () => {
  const { made, sounds } = pair(4, 4.2);
  equal(
    sounds.map(({ volume }) => volume),
    [0.5, 0],
  );
  made.hear(made.halves[1]);
  equal([sounds[1].time, made.time], [4, 4]);
  equal(
    sounds.map(({ volume }) => volume),
    [0, 0.5],
  );
  sounds[0].time = 4.01;
  made.hear(made.halves[0]);
  equal(sounds[0].sought, []);
});

test("who is not heard is kept up with, ahead by what it took before", () => {
  const { made, sounds } = pair(4, 3.9);
  const [, other] = made.halves;
  other.beat(4);
  ok(Math.abs(sounds[1].time - 4.1) < 1e-9);
  other.beat(5);
  equal(sounds[1].sought.length, 1, "not before two seconds have passed");
});

test("where a sound is over its clock goes on, and put back it sounds again", async () => {
  const { made, sounds } = pair(9.9, 9.9);
  await made.play();
  for (const half of made.halves) half.beat(10.5);
  ok(made.halves.every(({ outside }) => outside));
  equal(
    sounds.map(({ playing }) => playing),
    [false, false],
  );
  ok(made.time >= 10.5);
  made.seek(3);
  equal([made.time, sounds[0].playing], [3, true]);
});
