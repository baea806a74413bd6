// A first hour with Rebound: an account, an application, a no, and what the service makes of it.
//   npm run quickstart            with a service at http://127.0.0.1:8080
//   REBOUND_URL=… npm run quickstart

import { createRebound, ok, Problem } from "rebound-client";

const rebound = createRebound({ baseUrl: process.env["REBOUND_URL"] ?? "http://127.0.0.1:8080" });

// Register, and sign what follows. The client renews the access token by itself.
const account = await ok(
  rebound.POST("/v1/auth/register", {
    body: { email: `you-${Date.now()}@example.com`, password: "correct horse battery staple", time_zone: "Europe/Berlin" },
  }),
);
if (!("access_token" in account)) throw new Error("This service wants the address proved first; see the mail.");
rebound.signedIn(account);

// An application that was sent.
const application = await ok(
  rebound.POST("/v1/applications", {
    body: { company: "Kite & Anchor", job_title: "Backend Engineer", status: "applied" },
  }),
);
console.log(`${application.company}: ${application.status}, may become ${application.allowed_transitions.join(", ")}`);

// It is a no. For a day nothing has to be done, and nothing is sent in a first heat.
const rejection = await ok(rebound.POST("/v1/rejections", { body: { application_id: application.id, channel: "email" } }));
console.log(`The rejection is ${rejection.state} until ${rejection.cooloff_until}`);

// Lists come page by page; `each` goes through all of them.
for (const company of ["Lantern Labs", "Moss & Daughters", "Northwind"]) {
  await ok(rebound.POST("/v1/applications", { body: { company, job_title: "Engineer" } }));
}
const companies: string[] = [];
for await (const { company } of rebound.each("/v1/applications", { query: { sort: "company", limit: 2 } })) {
  companies.push(company);
}
console.log(companies.join(", "));

// Whoever keeps a copy asks what has happened since the last time.
for await (const change of rebound.changes({ type: ["rejection.*"] })) console.log(`${change.type}: ${change.resource.url}`);

// A problem has a code to decide by.
try {
  await ok(
    rebound.POST("/v1/applications/{id}/transitions", {
      params: { path: { id: application.id } },
      body: { to: "interviewing" },
    }),
  );
} catch (error) {
  if (!Problem.is(error, "illegal_transition")) throw error;
  console.log(`${error.code}: ${error.body.detail}`);
}
