// What every element of the page is: it is drawn when it is put in, and lets go of everything when it is
// taken out.

export class Part extends HTMLElement {
  connectedCallback() {
    this.leaving = new AbortController();
    this.arrive();
  }

  disconnectedCallback() {
    this.leaving.abort();
    this.leave();
  }

  arrive() {}

  leave() {}

  // Listen until the element is taken out.
  listen(target, type, listener, options = {}) {
    target.addEventListener(type, listener, { ...options, signal: this.leaving.signal });
  }

  // Call `listener` now, and whenever one of these values of a store changes.
  watch(store, names, listener) {
    const stop = store.watch(names, listener);
    this.leaving.signal.addEventListener("abort", stop);
  }

  // Await a promise; trouble is told to the page, and what was given up is no trouble.
  async attempt(work) {
    try {
      return await work();
    } catch (error) {
      this.complain(error);
      return undefined;
    }
  }

  complain(error) {
    if (error.name === "AbortError" || this.leaving.signal.aborted) return;
    this.dispatchEvent(new CustomEvent("trouble", { bubbles: true, detail: error }));
  }
}
