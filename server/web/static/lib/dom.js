// Elements made by hand. Text is always text, never markup; a style is never an attribute (the policy forbids
// it).

import { icon } from "./icons.js";
import { hear } from "./renew.js";

// An attribute `onclick` with a function listens; a property of the element is set with `properties`.
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) set(element, name, value);
  element.append(
    ...children.flat().filter((child) => child !== null && child !== undefined && child !== false),
  );
  return element;
}

function set(element, name, value) {
  if (value === null || value === undefined || value === false) return;
  if (typeof value === "function") hear(element, name.slice(2), value);
  else element.setAttribute(name, value === true ? "" : value);
}

// A message as a sentence: the server's begin small and end without a stop.
export function sentence(message) {
  return message.charAt(0).toUpperCase() + message.slice(1) + (/[.?!]$/.test(message) ? "" : ".");
}

// A button with a picture; its name is what it does.
export function button(picture, name, onclick, more = {}) {
  return make(
    "button",
    { type: "button", class: "icon", "aria-label": name, title: name, onclick, ...more },
    icon(picture),
  );
}

// What an empty place says: what is not there, and what to do about it.
export function nothing(...text) {
  return make("p", { class: "nothing" }, ...text);
}
