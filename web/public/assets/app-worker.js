// Keeps the phone app's page and what it is made of, so that it opens without the gateway, too. Calls are never kept.
const CACHE = "phone-app";
const PAGE = "/app/";

/** Keeps the page with all that its HTML names, and forgets what an older page was made of. */
async function keep(answer) {
  const html = await answer.clone().text();
  const named = [...html.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)].map((found) => found[1]);
  const cache = await caches.open(CACHE);
  const known = new Set((await cache.keys()).map((request) => new URL(request.url).pathname));
  const before = await cache.match(PAGE);
  if (before && (await before.text()) !== html) {
    for (const path of known) if (!named.includes(path)) await cache.delete(path);
  }
  await cache.addAll(named.filter((path) => !known.has(path)));
  await cache.put(PAGE, answer);
}

async function page() {
  try {
    const answer = await fetch(PAGE);
    if (answer.ok) await keep(answer.clone());
    return answer;
  } catch (unreachable) {
    const kept = await caches.match(PAGE);
    if (kept) return kept;
    throw unreachable;
  }
}

/** What has a hash in its name never changes; the icons and the manifest hardly do. */
async function asset(request) {
  const kept = await caches.match(request, { ignoreVary: true });
  if (kept) return kept;
  const answer = await fetch(request);
  if (answer.ok) await (await caches.open(CACHE)).put(request, answer.clone());
  return answer;
}

self.addEventListener("install", (event) => {
  event.waitUntil(fetch(PAGE, { cache: "no-cache" }).then(keep));
  self.skipWaiting();
});
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== self.location.origin) return;
  if (request.mode === "navigate" && pathname === PAGE) event.respondWith(page());
  else if (pathname.startsWith("/assets/")) event.respondWith(asset(request));
});
