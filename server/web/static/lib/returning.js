// How far down a page somebody stood, so that going back leads there again. It is kept with each entry of the
// browser's history, and so for a reload too.

const SETTLES = 150; // milliseconds: browsers limit how often an entry may be changed

export function keepPlaces() {
  let soon = null;
  const settled = () => {
    clearTimeout(soon);
    soon = null;
  };
  const keep = () => {
    settled();
    if (scrollY !== placeKept()) history.replaceState({ ...history.state, scrolled: scrollY }, "");
  };
  history.scrollRestoration = "manual";
  addEventListener("scroll", () => (soon ??= setTimeout(keep, SETTLES)), { passive: true });
  // What leads away does so before the timer is due; what it leads to has a place of its own.
  for (const type of ["click", "keydown"]) addEventListener(type, keep, { capture: true });
  for (const type of ["popstate", "hashchange"]) addEventListener(type, settled);
}

// Where the entry that is shown was left; the top when it is new.
export function placeKept() {
  return history.state?.scrolled ?? 0;
}
