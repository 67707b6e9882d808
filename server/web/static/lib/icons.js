// The page's pictures, drawn by hand: paths in a box of 16 by 16, in the colour of the text.

const SVG = "http://www.w3.org/2000/svg";

const PATHS = {
  play: "M4 2.5v11l9.5-5.5z",
  pause: "M4 2.5h3v11h-3zM9 2.5h3v11h-3z",
  start: "M3 3h2v10h-2zM13 3v10l-7-5z",
  next: "M11 3h2v10h-2zM3 3v10l7-5z",
  closer: "M7.2 3h1.6v4.2h4.2v1.6h-4.2v4.2h-1.6v-4.2h-4.2v-1.6h4.2z",
  farther: "M3 7.2h10v1.6h-10z",
  whole: "M2 4h1.6v8h-1.6zM12.4 4h1.6v8h-1.6zM5 8l2.4-2.4v1.7h1.2v-1.7l2.4 2.4-2.4 2.4v-1.7h-1.2v1.7z",
  selection: "M2 3h1.6v10h-1.6zM12.4 3h1.6v10h-1.6zM5 5h6v6h-6z",
  sound: "M2 6h2.5l3.5-3v10l-3.5-3h-2.5zM9.6 5.2l1-1.2a5 5 0 0 1 0 8l-1-1.2a3.4 3.4 0 0 0 0-5.6z",
  mute: "M2 6h2.5l3.5-3v10l-3.5-3h-2.5zM9.5 6.4l1.1-1.1 1.6 1.6 1.6-1.6 1.1 1.1-1.6 1.6 1.6 1.6-1.1 1.1-1.6-1.6-1.6 1.6-1.1-1.1 1.6-1.6z",
  auto: "M8 2a6 6 0 1 0 0 12zM8 2a6 6 0 0 1 0 12v-1.4a4.6 4.6 0 0 0 0-9.2z",
  light:
    "M8 4.8a3.2 3.2 0 1 1 0 6.4 3.2 3.2 0 0 1 0-6.4zM7.3 1h1.4v2.2h-1.4zM7.3 12.8h1.4v2.2h-1.4zM1 7.3h2.2v1.4h-2.2zM12.8 7.3h2.2v1.4h-2.2z",
  dark: "M6.5 2a6 6 0 1 0 7.5 7.5 5 5 0 0 1-7.5-7.5z",
  close: "M4 3l4 4 4-4 1 1-4 4 4 4-1 1-4-4-4 4-1-1 4-4-4-4z",
};

export function icon(name) {
  const picture = document.createElementNS(SVG, "svg");
  picture.setAttribute("viewBox", "0 0 16 16");
  picture.setAttribute("aria-hidden", "true");
  picture.setAttribute("class", "icon");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", PATHS[name]);
  picture.append(path);
  return picture;
}
