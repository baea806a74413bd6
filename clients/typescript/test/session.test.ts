// What the client does around requests, against a service that is only pretended.

import assert from "node:assert/strict";
import { test } from "node:test";
import { createRebound, ok, Problem, type SessionOptions, type Tokens } from "rebound-client";

const json = (status: number, body: unknown, headers: Record<string, string> = {}) =>
  new Response(JSON.stringify(body), { status, headers: { "Content-Type": "application/json", ...headers } });
const problem = (status: number, code: string, headers: Record<string, string> = {}) =>
  json(status, { type: `/problems/${code}`, title: code, status, code, request_id: "r" }, headers);

/** A client, and the requests that it sends; each is answered by the next of these. */
function pretend(answers: ((request: Request) => Response | Promise<Response>)[], options: Partial<SessionOptions> = {}) {
  const sent: Request[] = [];
  const fetch = async (input: string | URL | Request): Promise<Response> => {
    const request = input as Request;
    sent.push(request);
    const answer = answers.shift();
    assert(answer !== undefined, `no answer is left for ${request.url}`);
    return answer(request);
  };
  return { sent, rebound: createRebound({ baseUrl: "http://rebound.example", fetch, ...options }) };
}

const application = { company: "Kite & Anchor", job_title: "Engineer" };

test("a POST that was not answered is repeated under the same key", async () => {
  const lost = () => {
    throw new TypeError("the network is away");
  };
  const { sent, rebound } = pretend([lost, () => problem(409, "request_in_progress", { "Retry-After": "0" }), () => json(201, { id: "a" })]);
  const made = await ok(rebound.POST("/v1/applications", { body: application }));
  assert.equal(made.id, "a");
  const keys = sent.map((request) => request.headers.get("Idempotency-Key"));
  assert.equal(keys.length, 3);
  assert.match(keys[0] ?? "", /^[0-9a-f-]{36}$/);
  assert.equal(new Set(keys).size, 1);
  assert.deepEqual(await sent[2]?.json(), application);
});

test("a PATCH that was not answered is not repeated, a refused one is", async () => {
  const path = { id: "a" };
  const lost = pretend([
    () => {
      throw new TypeError("the network is away");
    },
  ]);
  await assert.rejects(lost.rebound.PATCH("/v1/applications/{id}", { params: { path }, body: {} }), TypeError);
  const busy = pretend([() => problem(503, "service_unavailable", { "Retry-After": "0" }), () => json(200, {})]);
  await ok(busy.rebound.PATCH("/v1/applications/{id}", { params: { path }, body: {} }));
  assert.equal(busy.sent.length, 2);
});

test("a long wait is the program's to decide about", async () => {
  const { sent, rebound } = pretend([() => problem(429, "rate_limited", { "Retry-After": "60" })]);
  await assert.rejects(ok(rebound.GET("/v1/me")), (error) => Problem.is(error, "rate_limited"));
  assert.equal(sent.length, 1);
});

test("an expired token is renewed once, for however many requests", async () => {
  const kept: Tokens[] = [];
  const fresh = (request: Request): Response =>
    request.headers.get("Authorization") === "Bearer new" ? json(200, { id: "me" }) : problem(401, "invalid_token");
  const answer = (request: Request): Response =>
    request.url.endsWith("/v1/auth/refresh") ? json(200, { access_token: "new", refresh_token: "second" }) : fresh(request);
  const { sent, rebound } = pretend(Array.from({ length: 9 }, () => answer), {
    token: "old",
    refreshToken: "first",
    onTokens: (tokens) => kept.push(tokens),
  });
  const all = await Promise.all([1, 2, 3].map(() => ok(rebound.GET("/v1/me"))));
  assert.equal(all.length, 3);
  const renewals = sent.filter((request) => request.url.endsWith("/v1/auth/refresh"));
  assert.equal(renewals.length, 1);
  assert.deepEqual(await renewals[0]?.json(), { refresh_token: "first" });
  assert.deepEqual(kept, [{ access_token: "new", refresh_token: "second" }]);
});

test("a session that has ended is a problem and no endless renewal", async () => {
  const { sent, rebound } = pretend([() => problem(401, "invalid_token"), () => problem(401, "token_reused")], {
    token: "old",
    refreshToken: "used",
  });
  await assert.rejects(ok(rebound.GET("/v1/me")), (error) => Problem.is(error, "invalid_token"));
  assert.equal(sent.length, 2);
});

test("every item of a list comes, with the parameters on each page", async () => {
  const { sent, rebound } = pretend([
    () => json(200, { data: [{ company: "A" }, { company: "B" }], next_cursor: "x" }),
    () => json(200, { data: [{ company: "C" }], next_cursor: null }),
  ]);
  const companies: string[] = [];
  for await (const { company } of rebound.each("/v1/applications", { query: { limit: 2, live: true } })) companies.push(company);
  assert.deepEqual(companies, ["A", "B", "C"]);
  const queries = sent.map((request) => new URL(request.url).search);
  assert.deepEqual(queries, ["?limit=2&live=true", "?limit=2&live=true&cursor=x"]);
});

test("changes come up to now, and the last one is the place to go on from", async () => {
  const event = (id: string) => ({ id, type: "goal.created" });
  const { sent, rebound } = pretend([
    () => json(200, { data: [event("a"), event("b")], next_cursor: "b" }),
    () => json(200, { data: [event("c")], next_cursor: "c" }),
    () => json(200, { data: [], next_cursor: "c" }),
  ]);
  const ids: string[] = [];
  for await (const { id } of rebound.changes({ after: "0", type: ["goal.*"] })) ids.push(id);
  assert.deepEqual(ids, ["a", "b", "c"]);
  const places = sent.map((request) => new URL(request.url).searchParams.get("after"));
  assert.deepEqual(places, ["0", "b", "c"]);
  // @ts-expect-error The feed is no list with an end.
  rebound.each("/v1/events");
});

test("wrong fields are named, and a page of somebody else's is a problem too", async () => {
  const errors = [{ pointer: "/company", code: "too_short", detail: "At least 1 character." }];
  const { rebound } = pretend([
    () => json(422, { type: "", title: "", status: 422, code: "invalid_fields", request_id: "r", errors }),
    () => new Response("<h1>Bad gateway</h1>", { status: 502, statusText: "Bad Gateway" }),
  ]);
  await assert.rejects(ok(rebound.POST("/v1/applications", { body: application })), (error) => {
    assert(Problem.is(error, "invalid_fields"));
    assert.deepEqual([...error.fields], [["/company", "At least 1 character."]]);
    return true;
  });
  await assert.rejects(ok(rebound.GET("/v1/me")), (error) => error instanceof Problem && error.status === 502);
});
