// Keeps the page working offline after the first visit.
//
// Everything under b/<build>/ never changes, so it is answered from the cache for good. The page
// itself is asked for anew each time, and taken from the cache when the network has no answer:
// whoever is online runs the current build, and no page ever runs on another build's files.

const BUILD = "{{build}}";
const FILES = {{files}};

const SCOPE = self.registration.scope;
const FAMILY = `pith-verifier ${new URL(SCOPE).pathname} `; // a host may serve other pages too
const CACHE = FAMILY + BUILD;
const PATIENCE_MS = 3000; // for the page itself; a stale page beats a blank one

self.addEventListener("install", (event) => event.waitUntil(Promise.all([store(), route(event)])));
self.addEventListener("activate", (event) => event.waitUntil(takeOver()));

self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET" || !request.url.startsWith(SCOPE)) return;
  const path = request.url.slice(SCOPE.length).replace(/[?#].*/, "");
  if (request.mode === "navigate") {
    if (path === "" || path === "index.html") event.respondWith(page());
  } else if (path.startsWith("b/")) {
    event.respondWith(asset(request));
  }
});

/** Fetch every file, each held against its SHA-256: a build is there as a whole or not at all. */
async function store() {
  const cache = await caches.open(CACHE);
  await Promise.all(
    Object.entries(FILES).map(async ([path, integrity]) => {
      const url = new URL(path, SCOPE).href;
      const reuse = path === "./" ? "no-cache" : "force-cache"; // the page has just loaded them
      const response = await fetch(url, { integrity, cache: reuse });
      if (!response.ok) throw new Error(`${path}: HTTP ${response.status}`);
      await cache.put(url, response);
    }),
  );
  await self.skipWaiting();
}

/** Where the browser can, have it answer from the cache without waking this worker. */
async function route(event) {
  const pathname = `${new URL(SCOPE).pathname}b/${BUILD}/*`;
  await event.addRoutes?.({ condition: { urlPattern: { pathname } }, source: { cacheName: CACHE } }).catch(() => {});
}

/** Serve pages that are open too; keep the build before this one, which they may be running. */
async function takeOver() {
  const old = (await caches.keys()).filter((name) => name.startsWith(FAMILY) && name !== CACHE);
  await Promise.all(old.slice(0, -1).map((name) => caches.delete(name)));
  await self.clients.claim();
}

async function page() {
  try {
    const response = await fetch(SCOPE, { cache: "no-cache", signal: AbortSignal.timeout(PATIENCE_MS) });
    if (response.ok && !response.redirected) return response;
  } catch {
    // Offline, or too slow.
  }
  const cache = await caches.open(CACHE);
  return (await cache.match(SCOPE)) ?? Response.error();
}

async function asset(request) {
  return (await caches.match(request, { ignoreSearch: true, ignoreVary: true })) ?? fetch(request);
}
