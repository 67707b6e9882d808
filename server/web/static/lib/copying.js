// Text for the clipboard; where a page may not write there itself, as without https, by way of a field that is
// selected. Throws where neither works.

export async function copy(text) {
  if (!(await written(text)) && !selected(text))
    throw new Error("this browser does not let the page copy: the address line has the link");
}

async function written(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}

function selected(text) {
  const before = document.activeElement;
  const field = document.createElement("textarea");
  field.value = text;
  field.className = "unseen";
  document.body.append(field);
  field.select();
  const copied = document.execCommand("copy");
  field.remove();
  before?.focus({ preventScroll: true });
  return copied;
}
