// Names of lanes in one value, as the server reads them too: separated by commas, a comma within a name as
// %2C and a percent sign as %25.

export function written(names) {
  return [...names].map((name) => name.replaceAll("%", "%25").replaceAll(",", "%2C")).join(",") || null;
}

export function read(text) {
  return text.split(",").filter(Boolean).map(unescaped);
}

// What is no percent-encoded text stands as it is.
function unescaped(name) {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}
