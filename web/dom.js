// Builds the page out of elements and text nodes. No string is ever read as HTML.

const SVG = "http://www.w3.org/2000/svg";

/** An element with attributes and children; strings become text nodes, null is left out. */
export function el(name, attributes = {}, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key === "onclick") node.addEventListener("click", value);
    else if (value === true) node.setAttribute(key, "");
    else if (value !== false && value != null) node.setAttribute(key, value);
  }
  node.append(...children.flat(Infinity).filter((child) => child != null));
  return node;
}

// Told apart by shape: a tick in a disc, a cross in an octagon, a question mark in a dashed
// ring, a bare dash.
const SHAPES = {
  passed: [["circle", { cx: 12, cy: 12, r: 10, class: "fill" }], ["path", { d: "M7.2 12.4l3.2 3.3 6.4-7.2", class: "cut" }]],
  failed: [["path", { d: "M8 2h8l6 6v8l-6 6H8l-6-6V8z", class: "fill" }], ["path", { d: "M8.3 8.3l7.4 7.4M15.7 8.3l-7.4 7.4", class: "cut" }]],
  unchecked: [["circle", { cx: 12, cy: 12, r: 9.5, class: "ring" }], ["path", { d: "M9.2 9.6a2.9 2.9 0 1 1 4.3 2.6c-1 .6-1.5 1-1.5 2.1M12 17v.3", class: "stroke" }]],
  not_applicable: [["path", { d: "M6 12h12", class: "stroke" }]],
};
SHAPES.verified = SHAPES.passed;
SHAPES.running = [["circle", { cx: 12, cy: 12, r: 9.5, class: "ring" }]];
SHAPES.intact = [["circle", { cx: 12, cy: 12, r: 9.5, class: "solid-ring" }], ["path", { d: "M7.5 12.3l3 3.1 6-6.8", class: "stroke" }]];

/** The shape of an outcome or a verdict. Decoration: the words stand beside it. */
export function icon(kind) {
  const shapes = SHAPES[kind] ?? SHAPES.unchecked;
  return drawn(["svg", { viewBox: "0 0 24 24", "aria-hidden": "true", class: `icon ${kind}` }, shapes]);
}

/** An element of SVG from its name, its attributes and its children, each such a triple or a text. */
export function drawn([name, attributes, children = []]) {
  const node = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  node.append(...children.map((child) => (typeof child === "string" ? child : drawn(child))));
  return node;
}

/** A button that copies `text`, and says so; `words` stand on it. */
export function copyButton(text, what, words = "Copy") {
  const label = el("span", {}, words);
  const button = el("button", { type: "button", class: "copy", "aria-label": `Copy ${what}` }, label);
  button.addEventListener("click", async () => {
    let said = "Copied";
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      said = "Not allowed: select and copy";
    }
    label.textContent = said;
    say(`${said}: ${what}`);
    setTimeout(() => (label.textContent = words), 2500);
  });
  return button;
}

/** A line for a terminal, with its copy button. */
export function shellLine(line, what = "the terminal line") {
  return el("div", { class: "shell" }, el("pre", { tabindex: "0" }, el("code", {}, line)), copyButton(line, what));
}

/** Put a sentence into the page's one polite live region. */
export function say(sentence) {
  const status = document.getElementById("status");
  if (status.textContent !== sentence) status.textContent = sentence;
}

/** Offer a text as a file to save. */
export function download(text, name, type) {
  const url = URL.createObjectURL(new Blob([text], { type }));
  el("a", { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
