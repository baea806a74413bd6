// What the author of a front end would write with a typed client that was generated from the API document:
// register, keep applications, move one, handle a problem by its code, leave. Run by run.sh.

import assert from "node:assert/strict";
import createClient, { type Middleware } from "openapi-fetch";
import type { components, paths } from "./schema.js";

type Application = components["schemas"]["Application"];
type Problem = components["schemas"]["Problem"];

const baseUrl = process.argv[2] ?? "http://127.0.0.1:8080";
const email = `typed-${process.pid}-${Date.now()}@example.com`;
const password = "a lantern for the long evening";
const newPassword = "a second lantern, somewhat brighter";

/** A client that signs its requests with this token. */
function clientFor(token: string) {
  const client = createClient<paths>({ baseUrl });
  const signIn: Middleware = {
    onRequest({ request }) {
      request.headers.set("Authorization", `Bearer ${token}`);
      return request;
    },
  };
  client.use(signIn);
  return client;
}

type Client = ReturnType<typeof clientFor>;

/** What an answer brought, or an error that names the problem. */
function must<T>(answer: { data?: T; error?: Problem; response: Response }): T {
  if (answer.data === undefined) {
    throw new Error(`${answer.response.url}: ${answer.response.status} ${answer.error?.code ?? ""} ${answer.error?.detail ?? ""}`);
  }
  return answer.data;
}

async function register(): Promise<Client> {
  const anyone = createClient<paths>({ baseUrl });
  const answer = await anyone.POST("/v1/auth/register", {
    body: { email, password, display_name: "Ada", time_zone: "Europe/Lisbon" },
  });
  const account = must(answer);
  // 202 would tell that a mail has to be read first; this service does not ask for it.
  assert(("access_token" in account), "signed in at once");
  assert.equal(account.user.email, email);
  return clientFor(account.access_token);
}

async function create(client: Client): Promise<Application> {
  const request = {
    params: { header: { "Idempotency-Key": "first-one" } },
    body: { company: "Kite & Anchor", job_title: "Backend Engineer", status: "applied", tags: ["rust"] },
  } as const;
  // The types are readonly here and arrays there: a copy is what fetch gets anyway.
  const body = { ...request.body, tags: [...request.body.tags] };
  const first = await client.POST("/v1/applications", { ...request, body });
  const application = must(first);
  assert.equal(first.response.status, 201);
  assert.equal(first.response.headers.get("Location"), `/v1/applications/${application.id}`);
  const again = await client.POST("/v1/applications", { ...request, body });
  assert.equal(must(again).id, application.id);
  assert.equal(again.response.headers.get("Idempotent-Replayed"), "true");
  return application;
}

async function list(client: Client, application: Application): Promise<void> {
  for (const company of ["Lantern Labs", "Moss & Daughters", "Northwind"]) {
    must(await client.POST("/v1/applications", { body: { company, job_title: "Engineer" } }));
  }
  const filtered = must(
    await client.GET("/v1/applications", {
      params: { query: { status: ["applied", "screening"], live: true, tag: "rust", sort: "company" } },
    }),
  );
  assert.deepEqual(filtered.data.map((row) => row.id), [application.id]);

  const companies: string[] = [];
  let cursor: string | null = null;
  do {
    const query: { limit: number; sort: "company"; cursor?: string } = { limit: 2, sort: "company" };
    if (cursor !== null) query.cursor = cursor;
    const page: components["schemas"]["ApplicationPage"] = must(await client.GET("/v1/applications", { params: { query } }));
    companies.push(...page.data.map((row) => row.company));
    cursor = page.next_cursor;
  } while (cursor !== null);
  assert.deepEqual(companies, ["Kite & Anchor", "Lantern Labs", "Moss & Daughters", "Northwind"]);
}

async function change(client: Client, id: string): Promise<void> {
  const path = { id };
  const read = await client.GET("/v1/applications/{id}", { params: { path } });
  const etag = read.response.headers.get("ETag") ?? "";
  assert.match(etag, /^"v1-/);
  const unchanged = await client.GET("/v1/applications/{id}", { params: { path, header: { "If-None-Match": etag } } });
  assert.equal(unchanged.response.status, 304);

  const patched = must(
    await client.PATCH("/v1/applications/{id}", {
      params: { path, header: { "If-Match": etag } },
      headers: { "Content-Type": "application/merge-patch+json" },
      body: { notes: "They value plain writing.", source: null },
    }),
  );
  assert.equal(patched.notes, "They value plain writing.");
  const stale = await client.PATCH("/v1/applications/{id}", {
    params: { path, header: { "If-Match": etag } },
    body: { notes: "Too late." },
  });
  assert.equal(stale.error?.code, "precondition_failed");
}

/** Moves an application, and goes the allowed way when the wanted one is not. */
async function move(client: Client, application: Application): Promise<void> {
  const path = { id: application.id };
  const moved = must(
    await client.POST("/v1/applications/{id}/transitions", {
      params: { path },
      body: { to: "interviewing", note: "Two rounds next week." },
    }),
  );
  assert.equal(moved.status, "interviewing");
  assert(moved.allowed_transitions.includes("offer"));

  const { error } = await client.POST("/v1/applications/{id}/transitions", { params: { path }, body: { to: "saved" } });
  switch (error?.code) {
    case "illegal_transition":
      assert.equal(error.status, 409);
      assert.match(error.type, /\/problems\/illegal_transition$/);
      break;
    default:
      assert.fail(`another problem: ${error?.code}`);
  }
  const interview = must(
    await client.POST("/v1/interviews", {
      body: { application_id: application.id, kind: "technical", scheduled_at: new Date().toISOString(), duration_minutes: 45 },
    }),
  );
  assert.equal(interview.outcome, "pending");
  must(await client.POST("/v1/applications/{id}/notes", { params: { path }, body: { note: "Friendly people." } }));
  const timeline = must(await client.GET("/v1/applications/{id}/timeline", { params: { path } }));
  assert.deepEqual(timeline.data.map((entry) => entry.kind), ["transition", "transition", "note"]);
}

async function meetProblems(client: Client): Promise<void> {
  const missing = await client.GET("/v1/applications/{id}", { params: { path: { id: "019a6f0e-7a41-7c3e-a4a1-8d0c2f7c1c55" } } });
  assert.equal(missing.error?.code, "not_found");
  const wrong = await client.POST("/v1/applications", { body: { company: "", job_title: " ", salary_min: -1 } });
  assert.equal(wrong.error?.code, "invalid_fields");
  const pointers = (wrong.error?.errors ?? []).map((fault) => fault.pointer).sort();
  assert.deepEqual(pointers, ["/company", "/job_title", "/salary_min"]);
}

/** What ends sessions; schemathesis is kept away from it, since its own would end as well. */
async function leave(client: Client): Promise<void> {
  const anyone = createClient<paths>({ baseUrl });
  const credentials = { email, password };
  const elsewhere = must(await anyone.POST("/v1/auth/login", { body: credentials }));
  const other = clientFor(elsewhere.access_token);
  const sessions = must(await client.GET("/v1/me/sessions"));
  const theirs = sessions.data.filter((session) => !session.current);
  assert.equal(theirs.length, 1);
  for (const { id } of theirs) {
    const ended = await client.DELETE("/v1/me/sessions/{id}", { params: { path: { id } } });
    assert.equal(ended.response.status, 204);
  }
  const shut = await other.GET("/v1/me");
  assert.equal(shut.response.status, 401);
  assert.match(shut.response.headers.get("WWW-Authenticate") ?? "", /^Bearer/);

  const third = must(await anyone.POST("/v1/auth/login", { body: credentials }));
  const next = must(await anyone.POST("/v1/auth/refresh", { body: { refresh_token: third.refresh_token } }));
  const out = await anyone.POST("/v1/auth/logout", { body: { refresh_token: next.refresh_token } });
  assert.equal(out.response.status, 204);
  assert.equal((await clientFor(next.access_token).GET("/v1/me")).response.status, 401);

  const changed = await client.POST("/v1/me/password", { body: { current_password: password, new_password: newPassword } });
  assert.equal(changed.response.status, 204);
  const refused = await client.DELETE("/v1/me", { body: { password } });
  assert.equal(refused.error?.code, "wrong_password");
  const gone = await client.DELETE("/v1/me", { body: { password: newPassword } });
  assert.equal(gone.response.status, 204);
  assert.equal((await client.GET("/v1/me")).response.status, 401);
}

const client = await register();
const application = await create(client);
await list(client, application);
await change(client, application.id);
await move(client, application);
await meetProblems(client);
await leave(client);
console.log("    register, create, list, page, patch, move, handle problems, leave: done");
