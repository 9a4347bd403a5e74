// The badge of the record that is shown: made by pithcore, drawn here, offered to be taken along.

import { download, drawn, el, say, shellLine } from "./dom.js";
import { send } from "./engine.js";

const PAGE = new URL("./", location.href).href;
const THIS_MACHINE = ["localhost", "127.0.0.1", "[::1]"];

const SNIPPETS = [
  ["markdown", "Markdown", "For a README, with the image beside it."],
  ["html", "HTML", "For a page, with the image beside it."],
  ["element", "HTML, with a script", "For a page, without an image: the badge opens this verifier in a frame."],
  ["latex", "LaTeX", "For a paper, with pith.sty beside it."],
  ["endpoint", "shields.io endpoint", "JSON to be put at an address of yours, for shields.io to draw."],
];

/** `{button, section}`: the button shows the section, and has it filled at the first press. */
export function badgeButton(number) {
  const section = el("section", { id: "badge", class: "badge", "aria-labelledby": "badge-title", hidden: true });
  const button = el("button", { type: "button", "aria-expanded": "false", "aria-controls": "badge" }, "Badge");
  const fill = (nodes, said) => {
    section.replaceChildren(el("h3", { id: "badge-title" }, "A badge for this record"), ...nodes);
    say(said);
  };
  button.addEventListener("click", () => {
    section.hidden = !section.hidden;
    button.setAttribute("aria-expanded", String(!section.hidden));
    if (section.hasChildNodes()) return;
    fill([el("p", {}, "It is being made.")], "The badge is being made.");
    const done = send({ badge: { number, verifier: PAGE } }, (message) => {
      done();
      if (message.kind === "badge") return fill(badgeParts(message), "The badge is below the button.");
      const why = message.refused ?? "A fault of this page, not of the record.";
      fill([el("p", {}, `No badge could be made. ${why}`)], "No badge could be made.");
    });
  });
  return { button, section };
}

function badgeParts({ drawing, file, made }) {
  const save = () => download(made.svg, file, "image/svg+xml");
  const here = THIS_MACHINE.includes(location.hostname);
  return [
    el("p", {}, "It says “verify” and never “verified”: whoever embeds a badge controls what it shows. It leads to ", el("code", {}, PAGE), here ? ", which is your own machine: nobody else can follow it." : "."),
    el("div", { class: "drawing" }, drawn(drawing), el("button", { type: "button", onclick: save }, "Download the image (SVG)")),
    ...SNIPPETS.flatMap(([form, title, use]) => [
      el("h4", {}, title),
      el("p", { class: "hint" }, use),
      shellLine(made[form].trimEnd(), `the badge as ${title}`),
    ]),
  ];
}
