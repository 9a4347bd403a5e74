// Registers the service worker that keeps the page for offline use.

/** Keep this build for offline use; `tell` gets a sentence on how that went. */
export async function keepOffline(tell) {
  if (!("serviceWorker" in navigator)) return;
  try {
    await navigator.serviceWorker.register("./sw.js");
    await navigator.serviceWorker.ready;
    tell("Kept on this device: works offline too.");
  } catch {
    // A private window, or storage that is full or forbidden: the page works without it.
    tell("Not kept for offline use: this browser does not allow it here.");
  }
}
