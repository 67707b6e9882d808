// Elements made by hand: text is always text, never markup.

const SVG = "http://www.w3.org/2000/svg";

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined && value !== false) element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

export function make(tag, attributes = {}, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

export function draw(tag, attributes = {}, ...children) {
  return fill(document.createElementNS(SVG, tag), attributes, children);
}

// A message as a sentence: the server's begin small and end without a stop.
export function sentence(message) {
  return message.charAt(0).toUpperCase() + message.slice(1) + (/[.?!]$/.test(message) ? "" : ".");
}

// The head of a table; the columns in `numbers` are set to the right, as their cells are.
export function heading(columns, numbers) {
  const cells = columns.map((name) => make("th", { scope: "col", class: numbers.has(name) ? "number" : null }, name));
  return make("thead", {}, make("tr", {}, ...cells));
}
