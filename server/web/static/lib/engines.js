// What moves the playhead: the sound, or, where there is none, a clock of the page's own. Both are offsets in
// seconds; from `start` to `stop` an engine has something.

// A clock that runs at a speed.
export class Timer {
  start = -Infinity;
  stop = Infinity;
  #from = 0;
  #since = null;
  #rate = 1;

  get time() {
    return this.#since === null
      ? this.#from
      : this.#from + ((performance.now() - this.#since) / 1000) * this.#rate;
  }

  get ended() {
    return false;
  }

  async play() {
    this.#since ??= performance.now();
  }

  pause() {
    this.seek(this.time);
    this.#since = null;
  }

  seek(time) {
    this.#from = time;
    if (this.#since !== null) this.#since = performance.now();
  }

  set rate(rate) {
    this.seek(this.time);
    this.#rate = rate;
  }

  set volume(_volume) {}

  close() {
    this.pause();
  }
}

// The server's mix in an <audio> element, of the part from `start` on (an offset). It asks for the bytes it
// needs, so that a seek anywhere is a request for that place and nothing else.
export class Sound {
  constructor(url, start, trouble) {
    this.start = start;
    this.url = url;
    this.element = new Audio();
    this.element.preload = "metadata";
    this.element.addEventListener("error", () => trouble(this));
    this.element.addEventListener("loadedmetadata", () => this.go());
    this.element.addEventListener("seeked", () => this.arrived());
    this.element.src = url;
  }

  // Where it was told to be counts until it is there: its own time is 0 before it knows how long it is.
  get time() {
    return this.wanted ?? this.element.currentTime + this.start;
  }

  get ended() {
    return this.element.ended || this.beyond;
  }

  // Whether it was put past its end. A browser would play it from its beginning.
  get beyond() {
    return this.wanted > this.stop;
  }

  // Nobody knows its end before it is loaded.
  get stop() {
    return this.start + (this.element.duration || Infinity);
  }

  async play() {
    if (!this.beyond) await this.element.play();
  }

  pause() {
    this.element.pause();
  }

  seek(time) {
    this.wanted = time;
    if (this.element.readyState >= HTMLMediaElement.HAVE_METADATA) this.go();
  }

  go() {
    if (this.wanted === undefined) return;
    const at = Math.max(0, this.wanted - this.start);
    if (Math.abs(this.element.currentTime - at) < 1e-6) this.wanted = undefined;
    else this.element.currentTime = at;
  }

  // A place past its end stays where it was told to be.
  arrived() {
    if (!this.element.seeking && !this.beyond) this.wanted = undefined;
  }

  set rate(rate) {
    this.element.defaultPlaybackRate = rate;
    this.element.playbackRate = rate;
  }

  set volume(volume) {
    this.element.volume = volume;
  }

  close() {
    this.element.pause();
    this.element.removeAttribute("src");
    this.element.load();
  }
}
