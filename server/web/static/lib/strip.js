// A session in a strip of letters (its outline, docs/http.md) as a small picture: every meaning has its
// colour and its shape.

const SVG = "http://www.w3.org/2000/svg";
const HEIGHT = 20;

// [kind, top, height] of each letter; what is not here is left empty.
const SHAPES = {
  c: ["clip", 7, 13],
  o: ["clip", 1, 19],
  p: ["pause", 12, 8],
  t: ["stall", 1, 19],
  s: ["silence", 17, 3],
  u: ["unknown", 1, 19],
};

export function strip(letters, says) {
  const picture = draw("svg", {
    class: "strip",
    viewBox: `0 0 ${letters.length} ${HEIGHT}`,
    preserveAspectRatio: "none",
    role: "img",
    "aria-label": says,
  });
  for (const [letter, from, count] of runs(letters)) {
    if (letter === "u") picture.append(...hatched(from, count));
    else if (SHAPES[letter]) picture.append(block(SHAPES[letter], from, count));
  }
  return picture;
}

// Letters that follow each other as [letter, from, how many].
export function runs(letters) {
  const found = [];
  for (const [index, letter] of [...letters].entries()) {
    const last = found.at(-1);
    if (last?.[0] === letter) last[2] += 1;
    else found.push([letter, index, 1]);
  }
  return found;
}

function block([kind, top, height], x, width) {
  return draw("rect", { class: kind, x, y: top, width, height });
}

// Unknown is hatched everywhere; so small, its lines stand upright.
function hatched(from, count) {
  const [kind, top, height] = SHAPES.u;
  return Array.from({ length: count * 2 }, (_, index) =>
    draw("rect", { class: kind, x: from + index / 2, y: top, width: 0.22, height }),
  );
}

function draw(tag, attributes) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
}
