// Tables of signed statements, and a drawing of the links between records.

import { drawn, el } from "./dom.js";

const PER_SIDE = 8; // records drawn on either side; the table has all
const [WIDTH, NODE_WIDTH, NODE_HEIGHT, GAP] = [360, 104, 36, 10]; // units of the drawing
const MIDDLE = (WIDTH - NODE_WIDTH) / 2;

/** A table that becomes a list of its cells where it is too narrow for columns. */
export function statementTable(title, columns, rows) {
  return el(
    "table",
    { class: "copies statements", role: "table", "aria-label": title },
    el("thead", { role: "rowgroup" }, el("tr", { role: "row" }, columns.map((name) => el("th", { scope: "col", role: "columnheader" }, name)))),
    el(
      "tbody",
      { role: "rowgroup" },
      rows.map(([head, ...cells]) =>
        el(
          "tr",
          { role: "row" },
          el("th", { scope: "row", role: "rowheader" }, head),
          cells.map((cell, at) => el("td", { role: "cell", "data-label": columns[at + 1] }, el("div", {}, cell))),
        ),
      ),
    ),
  );
}

const short = (number) => number?.split(":").at(-1).slice(0, 8) ?? "nothing";

/**
 * A drawing of who cites whom: this record in the middle, on the left those that cite it, on the
 * right those it cites. One image for a screen reader, which finds the same in the table.
 */
export function linksGraph(own, items) {
  const links = items.filter(({ standing }) => standing !== "refused" && standing !== "withdrawn");
  if (!links.length) return null;
  const sides = ["inbound", "outbound"].map((side) => links.filter(({ direction }) => direction === side));
  const rows = Math.max(1, ...sides.map((side) => Math.min(side.length, PER_SIDE)));
  const height = rows * (NODE_HEIGHT + GAP) + GAP;
  const centre = height / 2;
  const shapes = sides.flatMap((side, at) => side.slice(0, PER_SIDE).flatMap((link, row) => linkShapes(link, at, middleOf(row, Math.min(side.length, PER_SIDE), centre), centre)));
  const [inbound, outbound] = sides.map((side) => side.length);
  const left = sides.reduce((sum, side) => sum + Math.max(0, side.length - PER_SIDE), 0);
  const words = `${records(inbound)} cite${inbound === 1 ? "s" : ""} this one, and it cites ${records(outbound)}. Solid lines are counted, dashed ones only listed.${left ? ` ${left} more are in the table alone.` : ""}`;
  return el(
    "figure",
    { class: "links" },
    drawn([
      "svg",
      { viewBox: `0 0 ${WIDTH} ${height}`, role: "img", "aria-labelledby": "links-title links-desc" },
      [["title", { id: "links-title" }, ["Citations of and by this record"]], ["desc", { id: "links-desc" }, [`${words} The table below has the same.`]], ...shapes, ...node(MIDDLE, centre, short(own), "this record", "own")],
    ]),
    el("figcaption", { class: "hint" }, words),
  );
}

const records = (count) => (count === 1 ? "1 record" : `${count} records`);
const middleOf = (row, count, centre) => centre + (row - (count - 1) / 2) * (NODE_HEIGHT + GAP);

function linkShapes({ pith_number: number, relation, standing }, at, y, centre) {
  const x = at ? WIDTH - NODE_WIDTH : 0;
  const [from, to] = at ? [[MIDDLE + NODE_WIDTH, centre], [x - 7, y]] : [[NODE_WIDTH, y], [MIDDLE - 7, centre]];
  const kind = standing === "counted" ? "counted" : "listed";
  return [
    ["path", { class: `edge ${kind}`, d: `M${from} L${to}` }],
    ["path", { class: "tip", d: `M${to} l-1 -4 l8 4 l-8 4 z` }],
    ...node(x, y, short(number), (relation ?? "").replaceAll("_", " "), kind),
  ];
}

function node(x, y, name, words, kind) {
  const middle = x + NODE_WIDTH / 2;
  return [
    ["rect", { class: `node ${kind}`, x: x + 0.75, y: y - NODE_HEIGHT / 2, width: NODE_WIDTH - 1.5, height: NODE_HEIGHT, rx: 3 }],
    ["text", { class: "name", x: middle, y: y - 3, "text-anchor": "middle" }, [name]],
    ["text", { class: "words", x: middle, y: y + 12, "text-anchor": "middle" }, [words]],
  ];
}
