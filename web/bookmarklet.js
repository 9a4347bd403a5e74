// The bookmarklet: pressed on a record's page, it hands the record to the verifier
// (docs/bookmarklet.md).
//
// bookmarklet.py makes the one line of it that a bookmark holds: it takes out comments and spaces
// and nothing else. So that it need not know more of the language, there are only comments, words,
// signs and plain strings in double quotes here: no division, no pattern and no template.

void (async () => {
  const verifier = VERIFIER; // address of the page that offered this bookmark

  // A notice in the record's page, which may forbid style sheets and any string read as HTML.
  const say = (sentence, ...links) => {
    const box = document.createElement("div");
    const add = (name, text, more) => {
      const node = Object.assign(document.createElement(name), more);
      node.append(text);
      node.style.cssText = "all:revert;display:block;margin:8px 0";
      box.append(node);
      return node;
    };
    box.style.cssText = "all:initial;position:fixed;inset:8px 8px auto;max-width:24em;padding:8px 16px;border:3px solid;background:#fff;font:16px sans-serif;z-index:2147483647";
    add("p", sentence, { tabIndex: -1 });
    for (const [text, href, download] of links) {
      add("a", text, download ? { href, download } : { href, target: "_blank", rel: "noopener" });
    }
    add("button", "Close", { onclick: () => box.remove() });
    document.documentElement.append(box);
    box.firstChild.focus();
  };

  // The number in this page's own address, or the first that the page names; and what stands
  // before it in an address, for a registry or a mirror below a folder.
  const number = new RegExp("(?:^(.*)/pith/|pith:[0-9]{4}:)([A-Z2-7]{26})(?![A-Z0-9])");
  const text = document.body.innerText;
  const named = Array.from(document.querySelectorAll("[rel=canonical],meta,a"), (one) => one.content || one.href);
  const found = [origin + location.pathname, ...named, text].map((words) => number.exec(words));
  const [, base = origin, suffix] = found.find(Boolean) || [];
  if (!suffix && !text.includes("Canonical hash")) {
    return say("No Pith Number here: open the page of a record.");
  }

  // A browser lets a window be opened by the press itself, so before anything is waited for.
  const opened = open("");
  try {
    opened.document.body.append("Reading " + location);
  } catch {}
  const signal = AbortSignal.timeout(15000);
  const ask = (path, method) => fetch(path, { method, mode: "same-origin", credentials: "omit", signal });
  const policy = ask(location, "HEAD").then((answer) => answer.headers.get("cross-origin-opener-policy")).catch(() => "");

  // The bundle or the record, from where the page came from.
  let bytes;
  for (const path of suffix ? ["/pith/" + suffix + "/bundle.json", "/pith/" + suffix + ".json"] : []) {
    let room = 33554432; // 32 MB, as much as the verifier fetches by itself
    const bound = new TransformStream({
      transform: (part, out) => {
        room -= part.length;
        if (room < 0) throw room;
        out.enqueue(part);
      },
    });
    try {
      const answer = await ask(base + path);
      if (answer.ok) {
        bytes = new Uint8Array(await new Response(answer.body.pipeThrough(bound)).arrayBuffer());
        break;
      }
    } catch {}
  }
  // Where there is none, or the page may not ask: its own text, with what is folded away.
  if (!bytes) {
    for (const one of document.querySelectorAll("details")) one.open = true;
    bytes = new TextEncoder().encode(document.body.innerText);
  }

  // Without messages: an address that carries the record along, or a file.
  const byHand = async (why, tab) => {
    const stream = new Blob([bytes]).stream().pipeThrough(new CompressionStream("deflate-raw"));
    const packed = new Uint8Array(await new Response(stream).arrayBuffer());
    // 60,000 characters, which every browser takes, for at most 4 MB, which carried.js unpacks.
    if (packed.length <= 45000 && bytes.length <= 4194304) {
      const coded = btoa(String.fromCharCode(...packed)).replaceAll("+", "-").replaceAll("/", "_");
      const address = verifier + "#document=" + coded + "&expect=" + (suffix || "");
      if (tab) return tab.location.replace(address);
      return say(why + " This link takes the record there.", ["Verify with Pith", address]);
    }
    if (tab) tab.close();
    say(why + " Save the record, and drop the file on the verifier.", ["Save the record", URL.createObjectURL(new Blob([bytes])), "record.txt"], ["Open the verifier", verifier]);
  };

  if (!opened) return byHand("The browser blocked the new window.");
  // Under such a policy, or without an origin, a message would not arrive.
  if (origin === "null" || new RegExp("^(same-origin(?!-)|noopener)").test(await policy)) {
    return byHand("This site keeps windows apart.", opened);
  }

  const nonce = crypto.getRandomValues(new Uint32Array(4)).join("-");
  const there = new URL(verifier).origin;
  let waits = 50;
  const watch = setInterval(() => {
    waits -= 1;
    if (waits && !opened.closed) return;
    clearInterval(watch);
    byHand("The new window is closed, kept apart or slow.");
  }, 300);
  addEventListener("message", ({ source, origin: from, data }) => {
    if (source !== opened || from !== there || data.nonce !== nonce) return;
    clearInterval(watch);
    if (data.type === "ready") {
      opened.postMessage({ pith: 1, type: "verify", id: 1, nonce, document: bytes.buffer, expect: suffix }, there);
    }
    if (data.type === "error") byHand(data.error);
  });
  opened.location.replace(verifier + "#from=" + encodeURIComponent(origin) + "&nonce=" + nonce);
})();
