import { make } from "/static/lib/dom.js";
import { renew } from "/static/lib/renew.js";
import { equal, numbers, ok, test } from "./check.js";

const row = (name, text = name, more = {}) => make("li", { "data-key": name, ...more }, text);
const texts = (place) => [...place.childNodes].map(({ textContent }) => textContent);

test("what stays is the same element, whatever comes and goes around it", () => {
  const next = numbers(7);
  const place = make("ul");
  const names = ["a", "b", "c", "d", "e", "f"];
  for (let round = 0; round < 200; round++) {
    const before = new Map([...place.children].map((child) => [child.dataset.key, child]));
    const wanted = names.filter(() => next() < 0.6).sort(() => next() - 0.5);
    renew(place, ...wanted.map((name) => row(name, `${name}${round}`)));
    equal(
      texts(place),
      wanted.map((name) => `${name}${round}`),
    );
    for (const child of place.children)
      if (before.has(child.dataset.key)) ok(before.get(child.dataset.key) === child);
  }
});

test("what has no key takes the place of its kind, and the rest goes", () => {
  const place = make("div", {}, make("p", {}, "one"), "two", make("b", {}, "three"));
  const [paragraph] = place.children;
  renew(place, make("p", { class: "new" }, "1"), make("b", {}, "3"));
  ok(place.firstChild === paragraph);
  equal(place.innerHTML, '<p class="new">1</p><b>3</b>');
  renew(place);
  equal(place.innerHTML, "");
});

test("attributes and styles are those of the newer, but for what somebody opened", () => {
  const place = make("div", {}, make("details", { class: "old", title: "gone" }));
  const [details] = place.children;
  details.open = true;
  const fresh = make("details", { class: "new" });
  fresh.style.top = "3px";
  renew(place, fresh);
  equal([details.className, details.title, details.open, details.style.top], ["new", "", true, "3px"]);
});

test("a click is told to the newest listener, once, and to none where none is wanted", () => {
  const told = [];
  const place = make("div");
  for (const name of ["first", "second"])
    renew(place, make("button", { type: "button", onclick: () => told.push(name) }));
  place.firstChild.click();
  equal(told, ["second"]);
  renew(place, make("button", { type: "button" }));
  place.firstChild.click();
  equal(told, ["second"]);
});

test("what stays in its order keeps the focus when what stood before it goes", () => {
  const place = make("ul");
  document.body.append(place);
  const rows = (...names) => names.map((name) => row(name, name, { tabindex: "0" }));
  renew(place, ...rows("a", "b", "c"));
  const [, , last] = place.children;
  last.focus();
  renew(place, ...rows("c", "d"));
  renew(place, ...rows("x", "c"));
  ok(document.activeElement === last);
  place.remove();
});

test("two that were given one key by mistake are both shown", () => {
  const place = make("ul");
  renew(place, row("a", "1"), row("a", "2"));
  renew(place, row("a", "3"), row("a", "4"));
  equal(texts(place), ["3", "4"]);
});
