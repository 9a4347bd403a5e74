// Asks the resolvers for a record, and says exactly what went wrong when none gives it.
// Runs in the worker, under the page's policy.

const TIME_LIMIT_MS = 15_000; // for one address, answer and body; people give up sooner
const SIZE_LIMIT = 32 * 1024 * 1024; // a bundle of 10,000 events is about 5 MB

let refusedByPolicy = null;
self.addEventListener("securitypolicyviolation", (event) => {
  if (event.effectiveDirective === "connect-src") refusedByPolicy = event.blockedURI;
});

class TooLarge extends Error {}

/**
 * Try each address in turn until one gives a document, or until `givenUp` is aborted.
 * Returns `{url, bytes, attempts}`; `bytes` is missing when none did. An attempt is
 * `{url, why, status, wait}`, `why` one of: not_found, rate_limited, http, slow, large,
 * offline, policy, unreadable, unreachable.
 */
export async function fetchRecord(urls, onAttempt, givenUp) {
  const attempts = [];
  const silent = new Set(); // hosts that will not answer the next path either
  for (const url of urls) {
    const host = new URL(url).host;
    if (silent.has(host)) continue;
    onAttempt(url);
    const result = await attempt(url, givenUp);
    givenUp.throwIfAborted();
    if (result.bytes) return { url: result.url, bytes: result.bytes, attempts };
    attempts.push(result);
    if (result.why === "offline") break;
    if (!["not_found", "large"].includes(result.why)) silent.add(host);
  }
  return { attempts };
}

async function attempt(url, givenUp) {
  const control = new AbortController();
  const timer = setTimeout(() => control.abort(), TIME_LIMIT_MS);
  givenUp.addEventListener("abort", () => control.abort(), { once: true });
  refusedByPolicy = null;
  try {
    const response = await fetch(url, {
      signal: control.signal,
      credentials: "omit",
      referrerPolicy: "no-referrer",
      headers: { Accept: "application/json" },
    });
    if (!response.ok) return { url, ...refusal(response) };
    return { url: response.url, bytes: await body(response) };
  } catch (error) {
    if (error instanceof TooLarge) return { url, why: "large" };
    if (control.signal.aborted) return { url, why: "slow" };
    return { url, why: await whyNoAnswer(url) };
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

async function body(response) {
  const parts = [];
  let size = 0;
  const reader = response.body.getReader();
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    size += part.value.length;
    if (size > SIZE_LIMIT) throw new TooLarge();
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
async function whyNoAnswer(url) {
  await new Promise((done) => setTimeout(done)); // the policy's report comes as an event
  if (refusedByPolicy) return "policy";
  if (!navigator.onLine) return "offline";
  try {
    await fetch(url, {
      method: "HEAD",
      mode: "no-cors",
      credentials: "omit",
      referrerPolicy: "no-referrer",
      signal: AbortSignal.timeout(TIME_LIMIT_MS),
    });
    return "unreadable";
  } catch {
    return "unreachable";
  }
}
