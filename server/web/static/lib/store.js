// A view's state in one place. Who shows a part of it watches that part; changes of one turn are told once.

export class Store {
  #state;
  #watchers = new Set();
  #changed = new Set();

  constructor(state) {
    this.#state = { ...state };
  }

  get state() {
    return this.#state;
  }

  // Set some values. What is equal (Object.is) has not changed.
  set(values) {
    const names = Object.keys(values).filter((name) => !Object.is(values[name], this.#state[name]));
    if (!names.length) return;
    if (!this.#changed.size) queueMicrotask(() => this.#tell());
    for (const name of names) this.#changed.add(name);
    this.#state = { ...this.#state, ...values };
  }

  // Call `listener(state)` now and after each change of one of `names`. Returns what stops it.
  watch(names, listener) {
    const watcher = { names, listener };
    this.#watchers.add(watcher);
    listener(this.#state);
    return () => this.#watchers.delete(watcher);
  }

  #tell() {
    const changed = new Set(this.#changed);
    this.#changed.clear();
    for (const { names, listener } of [...this.#watchers]) {
      if (names.some((name) => changed.has(name))) listener(this.#state);
    }
  }
}
