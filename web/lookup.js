// Asks servers for a record, one or several at once, and says exactly what went wrong with each
// that does not give it. Runs in the worker, under the page's policy.

const TIME_LIMIT_MS = 15_000; // for one address, answer and body; people give up sooner
const PATIENCE_MS = 4_000; // for the other servers, once one has given a verified copy
const SIZE_LIMIT = 32 * 1024 * 1024; // a bundle of 10,000 events is about 5 MB

const refusedByPolicy = new Map(); // origin → when
self.addEventListener("securitypolicyviolation", (event) => {
  if (event.effectiveDirective === "connect-src" && URL.canParse(event.blockedURI)) {
    refusedByPolicy.set(new URL(event.blockedURI).origin, performance.now());
  }
});

class TooLarge extends Error {}

/**
 * Try each address of one server in turn until one gives a document. `givenUp` aborts all of it;
 * `hurry`, a signal too, ends the wait for this server alone.
 * Returns `{url, bytes, attempts}`; `bytes` is missing when none did. An attempt is
 * `{url, why, status, wait}`, `why` one of: not_found, rate_limited, http, slow, late, large,
 * offline, policy, unreadable, unreachable.
 */
export async function fetchRecord(urls, onAttempt, givenUp, hurry = null) {
  const attempts = [];
  for (const url of urls) {
    onAttempt(url);
    const result = await attempt(url, givenUp, hurry);
    givenUp.throwIfAborted();
    if (result.bytes) return { url: result.url, bytes: result.bytes, attempts };
    attempts.push(result);
    // Any other failure is the server's, and it would not answer the next path either.
    if (!["not_found", "large"].includes(result.why)) break;
  }
  return { attempts };
}

/**
 * Ask several servers at the same time, each for the record and then for the state beside it.
 * `heard(server, found)` is told of each and resolves to whether its copy is verified; from the
 * first such on, the others have PATIENCE_MS left. A server whose origin is not among
 * `origins` is not asked: the page's policy would not let the request out.
 * Resolves to what `fetchRecord` gives for each, with `state`: bytes, or null, and then
 * `noState`, the attempt.
 */
export async function fetchCopies(servers, origins, heard, givenUp) {
  const hurry = new AbortController();
  let timer = 0;
  async function ask(server) {
    const [url] = server.urls;
    const allowed = origins.includes(new URL(url).origin);
    const found = allowed
      ? await fetchRecord(server.urls, () => {}, givenUp, hurry.signal)
      : { attempts: [{ url, why: "unlisted" }] };
    if (await heard(server, found)) timer ||= setTimeout(() => hurry.abort(), PATIENCE_MS);
    return { ...found, ...(await stateBeside(found, givenUp, hurry.signal)) };
  }
  try {
    return await Promise.all(servers.map(ask));
  } finally {
    clearTimeout(timer);
  }
}

async function stateBeside({ url, bytes }, givenUp, hurry) {
  if (!bytes || !/\/bundle\.json$/.test(new URL(url).pathname)) return { state: null };
  const result = await attempt(new URL("state.json", url).href, givenUp, hurry);
  givenUp.throwIfAborted();
  return result.bytes ? { state: result.bytes } : { state: null, noState: result };
}

/** Ask one address for at most `limit` bytes: `{url, bytes}`, or an attempt as above. */
export async function attempt(url, givenUp, hurry = null, limit = SIZE_LIMIT) {
  const control = new AbortController();
  const { signal } = control;
  let why = "slow";
  const end = (reason) => {
    why = reason;
    control.abort();
  };
  if (hurry?.aborted) return { url, why: "late" };
  const timer = setTimeout(end, TIME_LIMIT_MS, "slow");
  givenUp.addEventListener("abort", () => end("slow"), { signal });
  hurry?.addEventListener("abort", () => end("late"), { signal });
  const begun = performance.now();
  try {
    const response = await fetch(url, {
      signal,
      credentials: "omit",
      referrerPolicy: "no-referrer",
      headers: { Accept: "application/json" },
    });
    if (!response.ok) return { url, ...refusal(response) };
    return { url: response.url, bytes: await body(response, limit) };
  } catch (error) {
    if (error instanceof TooLarge) return { url, why: "large" };
    const found = signal.aborted ? null : await whyNoAnswer(url, begun, signal);
    return { url, why: found ?? why };
  } finally {
    clearTimeout(timer);
    control.abort(); // stops a body that nobody reads on
  }
}

function refusal(response) {
  const { status } = response;
  const wait = response.headers.get("Retry-After");
  const why = status === 404 || status === 410 ? "not_found" : status === 429 ? "rate_limited" : "http";
  return { why, status, wait };
}

async function body(response, limit) {
  const parts = [];
  let size = 0;
  const reader = response.body.getReader();
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    size += part.value.length;
    if (size > limit) throw new TooLarge();
    parts.push(part.value);
  }
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

// `fetch` gives one and the same error for a server out of reach and for one that does not
// let other pages read its answers. A request whose answer nobody may read tells them apart.
// Null when the wait ends before that is known.
async function whyNoAnswer(url, begun, signal) {
  await new Promise((done) => setTimeout(done)); // the policy's report comes as an event
  if (refusedByPolicy.get(new URL(url).origin) >= begun) return "policy";
  if (!navigator.onLine) return "offline";
  try {
    await fetch(url, {
      method: "HEAD",
      mode: "no-cors",
      credentials: "omit",
      referrerPolicy: "no-referrer",
      signal,
    });
    return "unreadable";
  } catch {
    return signal.aborted ? null : "unreachable";
  }
}
