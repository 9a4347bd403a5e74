// The bookmark that hands a record to this very page: made for the address it is served at.

import { copyButton, say } from "./dom.js";
import { ONE_LINER, PLACE } from "./oneliner.js";

const PRESSED = "This is not to be pressed here. Drag it to the bookmarks bar, or copy it into a bookmark of your own, and press it on the page of a record.";
const HOW = "No bookmarks bar, as on a phone? Bookmark any page, edit the bookmark, name it “Verify with Pith”, and put what you copy here in the place of its address.";

/** The address of the bookmark that brings records to the verifier at `page`. */
export function bookmarkFor(page) {
  // The address is decoded once before it is run: what is encoded in `page` has to stay so.
  const text = JSON.stringify(page).replaceAll("%", "%25");
  return ONE_LINER.split(PLACE).join(text);
}

/** Put the bookmark for `page` into its link, with a button to copy it. */
export function offer(page) {
  const link = document.getElementById("bookmarklet");
  const said = document.getElementById("install-said");
  const address = bookmarkFor(page);
  link.setAttribute("href", address);
  link.after(copyButton(address, "the bookmark’s address"));
  said.textContent = HOW;
  link.addEventListener("click", (event) => {
    event.preventDefault();
    said.textContent = `${PRESSED} ${HOW}`;
    say(PRESSED);
  });
}
