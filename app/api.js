// The client: tokens, problems, retries, conditions, the clock of the service. It knows no page and can be copied alone.
//
// The access token lives in this module only, so that nothing which reads storage finds one. The refresh token is in
// sessionStorage: it survives a reload, is never sent by the browser on its own, and goes with the tab.

const STORED = "rebound.session";
/** Answers that leave open whether the request was carried out, or ask to come again: the key stays the same. */
const COME_AGAIN = new Set([408, 429, 500, 502, 503, 504]);

let access = null; // { token, until } by performance.now(), which nobody sets back
let refreshing = null; // one refresh at a time: a refresh token works once
let offset = 0; // how far the service's clock is ahead of this machine's, in milliseconds
const etags = new WeakMap(); // resource -> the ETag it came with
const intents = new Map(); // a POST that has not been answered for good -> its Idempotency-Key

/** Who is signed in; null for nobody. */
export let user = null;
/** Told of "changed", when somebody else or nobody is signed in, and of "ended", when a session ended by itself. */
export const session = new EventTarget();

/** What the service refused (RFC 9457), or that it could not be reached. */
export class Problem extends Error {
  constructor(status, body, retryAfter) {
    super(body.detail || body.title || "Something went wrong.");
    Object.assign(this, { status, body, code: body.code, errors: body.errors ?? [], retryAfter });
  }

  /** A sentence for people: what happened, and when to come again. */
  get words() {
    const wait = this.retryAfter && this.code !== "cooloff_active" ? ` Try again in ${seconds(this.retryAfter)}.` : "";
    return this.message + wait;
  }
}

const seconds = (count) => (count < 120 ? `${count} second${count === 1 ? "" : "s"}` : `${Math.ceil(count / 60)} minutes`);

/** The service's present instant, in milliseconds: this machine's clock may be wrong, the answer's Date is not. */
export const now = () => Date.now() + offset;

export const get = (path, query, options) => call("GET", path, { query, ...options });
export const post = (path, body, options) => call("POST", path, { body, ...options });
/** A POST that only asks and changes nothing: it needs no key. */
export const ask = (path, body, signal) => call("POST", path, { body, signal, changes: false });
export const remove = (path) => call("DELETE", path);
/** Changes a resource that `get` or a write answered with, unless somebody changed it meanwhile (412). */
export const patch = (path, resource, body) => call("PATCH", path, { body, ifMatch: etags.get(resource) });
/** Moves something that has a status. */
export const move = (path, body) => post(`${path}/transitions`, body);

/** Every item of a list, page after page; `most` keeps a long one from being read whole. */
export async function all(path, query = {}, most = 500) {
  const items = [];
  let cursor;
  do {
    const page = await get(path, { limit: 100, ...query, cursor });
    items.push(...page.data);
    cursor = page.next_cursor;
  } while (cursor && items.length < most);
  return items;
}

/** One request with whatever it needs: a fresh token before it, one more try with a new token after a 401. */
export async function call(method, path, { query, body, type = "application/json", accept, ifMatch, signal, changes = true } = {}) {
  const url = new URL(path, location.origin);
  for (const [name, value] of Object.entries(query ?? {})) {
    if (value !== undefined && value !== null && value !== "") url.searchParams.set(name, value);
  }
  const content = body === undefined || typeof body === "string" || body instanceof Blob ? body : JSON.stringify(body);
  const headers = { Accept: accept ?? "application/json" };
  if (content !== undefined) headers["Content-Type"] = type;
  if (ifMatch) headers["If-Match"] = ifMatch;
  const open = path.startsWith("/v1/auth/");
  const intent = method === "POST" && changes && !open && !(content instanceof Blob) ? `${url} ${content}` : null;
  if (intent) {
    if (!intents.has(intent)) intents.set(intent, crypto.randomUUID());
    headers["Idempotency-Key"] = intents.get(intent);
  }
  if (!open && user && (!access || performance.now() > access.until)) await refresh();
  let answer = await send(url, { method, headers, body: content, signal }, open);
  if (answer.status === 401 && user && !open) {
    await refresh();
    answer = await send(url, { method, headers, body: content, signal }, open);
    if (answer.status === 401) forget();
  }
  if (intent && !COME_AGAIN.has(answer.status) && answer.headers.get("Retry-After") === null) intents.delete(intent);
  return read(answer);
}

async function send(url, request, open) {
  const headers = { ...request.headers };
  if (access && !open) headers.Authorization = `Bearer ${access.token}`;
  let answer;
  try {
    answer = await fetch(url, { ...request, headers, cache: "no-store", credentials: "omit", redirect: "error" });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Problem(0, { detail: "The service cannot be reached. Nothing was lost; try again." });
  }
  const date = Date.parse(answer.headers.get("Date") ?? "");
  if (date) offset = date + 500 - Date.now(); // whole seconds: on average it is half a second later
  return answer;
}

async function read(answer) {
  const kind = answer.headers.get("Content-Type") ?? "";
  const text = await answer.text();
  const body = kind.includes("json") && text ? JSON.parse(text) : text || null;
  if (!answer.ok) {
    const seconds = Number.parseInt(answer.headers.get("Retry-After") ?? "", 10);
    throw new Problem(answer.status, typeof body === "object" && body ? body : {}, seconds || null);
  }
  const etag = answer.headers.get("ETag");
  if (etag && body && typeof body === "object") etags.set(body, etag);
  return body;
}

/** Opens a session; `register` gives only a notice where addresses have to be confirmed first. */
export async function signIn(action, fields) {
  const answer = await post(`/v1/auth/${action}`, fields);
  if (answer.access_token) take(answer);
  return answer;
}

/** Ends the session here and at the service, which need not be reachable for it. */
export async function signOut() {
  const token = stored()?.token;
  forget(false);
  if (token) await post("/v1/auth/logout", { refresh_token: token }).catch(() => {});
}

/** Goes on with the session of this tab after a reload, if there is one. */
export async function resume() {
  const kept = stored();
  if (!kept || !(await hold(kept.name))) return sessionStorage.removeItem(STORED);
  user = {};
  await refresh();
}

function take({ access_token: token, refresh_token: refresh, expires_in: life, user: account }) {
  const name = stored()?.name ?? crypto.randomUUID();
  access = { token, until: performance.now() + Math.max(life - 30, 5) * 1000 };
  user = account;
  sessionStorage.setItem(STORED, JSON.stringify({ token: refresh, name }));
  hold(name);
  session.dispatchEvent(new Event("changed"));
}

function refresh() {
  refreshing ??= post("/v1/auth/refresh", { refresh_token: stored()?.token ?? "" })
    .then(take)
    .catch((problem) => {
      // Only the service's own "no" ends the session; a lost answer may be asked for again with the same token.
      if (problem.status === 401 || problem.status === 422) forget();
      throw problem;
    })
    .finally(() => (refreshing = null));
  return refreshing;
}

function forget(unasked = true) {
  access = user = null;
  intents.clear();
  sessionStorage.removeItem(STORED);
  session.dispatchEvent(new Event("changed"));
  if (unasked) session.dispatchEvent(new Event("ended"));
}

const stored = () => JSON.parse(sessionStorage.getItem(STORED) ?? "null");

/**
 * A copied tab copies sessionStorage. Two tabs with one refresh token look like a theft to the service, which then ends
 * the session of both; so a tab holds a lock for as long as it lives, and the copy, which cannot get it, signs in anew.
 */
let held = null;
function hold(name) {
  if (held === name || !navigator.locks) return Promise.resolve(true);
  return new Promise((resolve) => {
    const patience = AbortSignal.timeout(500); // the page before a reload may need a moment to let go
    navigator.locks
      .request(STORED + name, { signal: patience }, () => {
        held = name;
        resolve(true);
        return new Promise(() => {});
      })
      .catch(() => resolve(false));
  });
}
