// What moves the playhead: the sound, or, where there is none, a clock of the page's own. Both are offsets in seconds.

// A clock that runs at a speed.
export class Timer {
  #from = 0;
  #since = null;
  #rate = 1;

  get time() {
    return this.#since === null ? this.#from : this.#from + ((performance.now() - this.#since) / 1000) * this.#rate;
  }

  get playing() {
    return this.#since !== null;
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

// The server's mix in an <audio> element. Its file begins at `start` (an offset); it asks for the ranges it needs.
export class Sound {
  constructor(url, start, trouble) {
    this.start = start;
    this.element = new Audio();
    this.element.preload = "auto";
    this.element.preservesPitch = true;
    this.element.addEventListener("error", () => trouble(this.element.error));
    this.element.src = url;
  }

  get time() {
    return this.wanted ?? this.element.currentTime + this.start;
  }

  get playing() {
    return !this.element.paused && !this.element.ended;
  }

  get ended() {
    return this.element.ended;
  }

  play() {
    return this.element.play();
  }

  pause() {
    this.element.pause();
  }

  // Where the element was told to be counts until it knows of it: its own time is 0 before its first bytes.
  seek(time) {
    this.wanted = time;
    const settle = () => (this.wanted = undefined);
    const go = () => {
      this.element.addEventListener("seeked", settle, { once: true });
      this.element.currentTime = Math.max(0, this.wanted - this.start);
    };
    if (this.element.readyState >= HTMLMediaElement.HAVE_METADATA) go();
    else this.element.onloadedmetadata = go;
  }

  set rate(rate) {
    this.element.playbackRate = rate;
    this.element.defaultPlaybackRate = rate;
  }

  set volume(volume) {
    this.element.volume = volume;
  }

  close() {
    this.element.pause();
    this.element.onloadedmetadata = null;
    this.element.removeAttribute("src");
    this.element.load();
  }
}
