// Dark, light, or as the system is. Colours stand in css/palette.css; a canvas asks here what they are now.

const KEY = "theme";
const ORDER = ["auto", "light", "dark"];

export function theme() {
  const kept = localStorage.getItem(KEY);
  return ORDER.includes(kept) ? kept : "auto";
}

export function nextTheme() {
  const next = ORDER[(ORDER.indexOf(theme()) + 1) % ORDER.length];
  localStorage.setItem(KEY, next);
  document.documentElement.dataset.theme = next;
  dispatchEvent(new Event("themechange"));
  return next;
}

matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () =>
  dispatchEvent(new Event("themechange")),
);

// The colours of the custom properties `names`, as a canvas takes them: an element resolves light-dark() and
// var().
export function colours(names) {
  const probe = document.createElement("i");
  probe.hidden = true;
  // A reader's own colours replace those of the page, but not those of a drawing: there they would all be one.
  probe.style.forcedColorAdjust = "none";
  document.body.append(probe);
  const found = Object.fromEntries(
    names.map((name) => {
      probe.style.color = `var(--${name})`;
      return [name, getComputedStyle(probe).color];
    }),
  );
  probe.remove();
  return found;
}
