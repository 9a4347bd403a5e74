// <pith-badge number="…" verifier="…">: a badge that opens a verifier's page in a frame of that
// page's own origin. It gives no verdict, and loads nothing before it is pressed (docs/badge.md).

const NUMBER = /^(?:pith:)?([1-9]\d{3}:)?([^:]*)$/i;
const LENGTH = 26;
const STRANGE = /[^A-Z2-7]/i; // RFC 4648 section 6
const HERE = new URL("./", import.meta.url).href; // the verifier that this script came from
const SANDBOX =
  "allow-scripts allow-same-origin allow-forms allow-modals allow-downloads allow-popups allow-popups-to-escape-sandbox";

// White on this grey has a contrast of 10:1; the dialog takes the reader's own colours.
const STYLE = new CSSStyleSheet();
STYLE.replaceSync(`
:host { all: initial; display: inline-block; }
:host([hidden]) { display: none; }
button, a, p, span { font: 14px/20px Verdana, "DejaVu Sans", sans-serif; }
.badge { font-size: 12px; padding: 2px 8px; border: 0; border-radius: 3px; background: #3d4248; color: #fff; cursor: pointer; }
.badge:hover { text-decoration: underline; }
.badge:focus-visible { outline: 2px solid #fff; box-shadow: 0 0 0 4px #3d4248; }
.none { color: CanvasText; background: Canvas; border: 1px solid; padding: 2px 8px; }
dialog { color-scheme: light dark; box-sizing: border-box; width: min(72rem, 96vw); height: 94vh; max-width: none; max-height: none; padding: 0; border: 1px solid; background: Canvas; color: CanvasText; }
dialog[open] { display: flex; flex-direction: column; }
dialog::backdrop { background: rgb(0 0 0 / 0.6); }
header { display: flex; flex-wrap: wrap; gap: 8px 16px; align-items: center; padding: 8px 12px; border-bottom: 1px solid; }
p { margin: 0; flex: 1 1 16rem; overflow-wrap: anywhere; }
a { color: LinkText; padding: 2px 0; }
.close { padding: 6px 16px; }
iframe { flex: 1; width: 100%; min-height: 0; border: 0; }
`);

function el(name, attributes, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  node.append(...children);
  return node;
}

/** The year, with its colon, and the 26 characters of a number. */
function readNumber(text) {
  const core = (text ?? "").trim();
  if (!core) throw new RangeError("no number was given");
  const [, year = "", suffix] = NUMBER.exec(core) ?? [];
  if (suffix === undefined) throw new RangeError("a number is written pith:YEAR:SUFFIX");
  const [strange] = STRANGE.exec(suffix) ?? [];
  if (strange) throw new RangeError(`${strange} is none of a number’s characters, A to Z and 2 to 7`);
  if (suffix.length !== LENGTH) throw new RangeError(`a number has ${LENGTH} characters, not ${suffix.length}`);
  return { year, suffix: suffix.toUpperCase() };
}

/** The address of a verifier's page. */
function readVerifier(text) {
  if (text === null) return HERE;
  const url = URL.canParse(text, document.baseURI) ? new URL(text, document.baseURI) : {};
  if (!["https:", "http:"].includes(url.protocol)) throw new RangeError("its verifier has no address of the web");
  return `${url.origin}${url.pathname.replace(/\/*$/, "/")}`;
}

class PithBadge extends HTMLElement {
  static observedAttributes = ["number", "verifier"];

  constructor() {
    super();
    this.attachShadow({ mode: "open" }).adoptedStyleSheets = [STYLE];
  }

  connectedCallback() {
    this.shadowRoot.replaceChildren(this.#badge());
  }

  attributeChangedCallback() {
    if (this.isConnected) this.connectedCallback();
  }

  #badge() {
    try {
      const { year, suffix } = readNumber(this.getAttribute("number"));
      const page = readVerifier(this.getAttribute("verifier"));
      const short = `Pith ${suffix.slice(0, 8)}`;
      const badge = el("button", { type: "button", class: "badge", "aria-haspopup": "dialog" }, `${short} · verify`);
      badge.addEventListener("click", () => this.#open(badge, `Verify ${short}`, `${page}#pith:${year}${suffix}`));
      return badge;
    } catch ({ message }) {
      return el("span", { class: "none" }, `No Pith badge: ${message}.`);
    }
  }

  #open(badge, title, link) {
    const { origin, host } = new URL(link);
    const frame = el("iframe", { src: link, title: `Verifier at ${host}`, sandbox: SANDBOX, allow: "clipboard-write", referrerpolicy: "no-referrer" });
    const close = el("button", { type: "button", class: "close" }, "Close");
    const tab = el("a", { href: link, target: "_blank", rel: "noopener noreferrer" }, "Open in a tab");
    const words = el("p", {}, `From ${host}, in a frame. The page around a frame can paint over it: a tab shows whose page you see.`);
    const dialog = el("dialog", { "aria-label": title }, el("header", {}, words, tab, close), frame);
    // A key pressed inside the frame is told by the page in it.
    const heard = ({ source, origin: from, data }) => {
      if (source === frame.contentWindow && from === origin && data?.pith === 1 && data.type === "escape") dialog.close();
    };
    addEventListener("message", heard);
    close.addEventListener("click", () => dialog.close());
    dialog.addEventListener("close", () => {
      removeEventListener("message", heard);
      dialog.remove();
      badge.focus();
    });
    this.shadowRoot.append(dialog);
    dialog.showModal();
    close.focus();
  }
}

if (!customElements.get("pith-badge")) customElements.define("pith-badge", PithBadge);
