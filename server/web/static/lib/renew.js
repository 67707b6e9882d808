// A place is shown anew, and what is still there stays the element that it was: so a press of the pointer that
// is not yet a click, the focus, and what somebody opened live on while events come in.

const THEIRS = new Set(["open", "style"]);
const listeners = new WeakMap();

// Listen to an element, with one listener for a type; `renew` can give it another later.
export function hear(element, type, listener) {
  const known = listeners.get(element) ?? {};
  if (!(type in known)) element.addEventListener(type, tell);
  listeners.set(element, { ...known, [type]: listener });
}

function tell(event) {
  return listeners.get(event.currentTarget)[event.type]?.(event);
}

// Make `wanted` (elements and texts) the children of a place. A child with a `data-key` stays the element that
// had this key; any other the one that stands where it belongs. Only listeners of `hear` are renewed.
export function renew(place, ...wanted) {
  const fresh = wanted.map(node);
  const kept = keepers(place, fresh);
  let next = place.firstChild;
  for (const child of fresh) {
    const old = key(child) === null ? next : take(kept, key(child));
    const stays = old && alike(old, child) ? become(old, child) : child;
    if (stays === next) next = next.nextSibling;
    else place.insertBefore(stays, next);
  }
  clearFrom(next);
}

// The children by key that are wanted still. The others leave first: nothing must move then that stays in its
// order, for what moves loses the focus.
function keepers(place, fresh) {
  const wanted = new Set(fresh.map(key));
  const named = [...place.children].filter((child) => key(child) !== null);
  for (const child of named) if (!wanted.has(key(child))) child.remove();
  return new Map(named.filter((child) => wanted.has(key(child))).map((child) => [key(child), child]));
}

// Once: two that were given one key by mistake are two still.
function take(kept, name) {
  const child = kept.get(name);
  kept.delete(name);
  return child;
}

function clearFrom(child) {
  while (child) {
    const after = child.nextSibling;
    child.remove();
    child = after;
  }
}

function node(child) {
  return child instanceof Node ? child : document.createTextNode(String(child));
}

function key(child) {
  return child.dataset?.key ?? null;
}

// An element of the page's own draws itself: it is never made another.
function alike(old, fresh) {
  if (old === fresh) return true;
  return old.nodeName === fresh.nodeName && key(old) === key(fresh) && !old.nodeName.includes("-");
}

function become(old, fresh) {
  if (old === fresh) return old;
  if (old instanceof Text) {
    if (old.data !== fresh.data) old.data = fresh.data;
    return old;
  }
  describe(old, fresh);
  listen(old, fresh);
  renew(old, ...fresh.childNodes);
  return old;
}

// The attributes of the newer, but for what somebody opened. A style is set as one: the policy forbids it as
// an attribute.
function describe(old, fresh) {
  for (const name of old.getAttributeNames())
    if (!fresh.hasAttribute(name) && !THEIRS.has(name)) old.removeAttribute(name);
  for (const { name, value } of fresh.attributes)
    if (!THEIRS.has(name) && old.getAttribute(name) !== value) old.setAttribute(name, value);
  if (old.style.cssText !== fresh.style.cssText) old.style.cssText = fresh.style.cssText;
}

function listen(old, fresh) {
  const silent = Object.fromEntries(Object.keys(listeners.get(old) ?? {}).map((type) => [type, undefined]));
  if (listeners.has(old)) listeners.set(old, silent);
  for (const [type, listener] of Object.entries(listeners.get(fresh) ?? {})) hear(old, type, listener);
}
