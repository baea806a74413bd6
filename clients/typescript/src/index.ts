/** A typed client of the Rebound API; see the README. The types come from the API document. */

import createClient, { type Client } from "openapi-fetch";
import { Problem, type ProblemBody } from "./problem.js";
import type { components, paths } from "./schema.js";
import { Session, type SessionOptions, type Tokens } from "./session.js";

export { Problem, type ProblemBody } from "./problem.js";
export type { components, operations, paths } from "./schema.js";
export type { SessionOptions, Tokens } from "./session.js";

/** The schemas of the document by name, such as `Schemas["Application"]`. */
export type Schemas = components["schemas"];

/** The answer of a list. */
interface Page {
  data: unknown[];
  next_cursor: string | null;
}

// The change feed has no end and is read by `changes` instead: it takes no cursor.
type ListOf<P extends keyof paths> = paths[P] extends {
  get: {
    parameters: { query?: { cursor?: string } };
    responses: { 200: { content: { "application/json": infer Answer extends Page } } };
  };
}
  ? Answer
  : never;

/** The paths that answer a GET with a list. */
export type Lists = { [P in keyof paths]: [ListOf<P>] extends [never] ? never : P }[keyof paths];

/** What a list consists of. */
export type Item<P extends Lists> = ListOf<P>["data"][number];

/** The parameters of a list but for the cursor, which `each` sees to. */
export type ListParams<P extends Lists> = paths[P] extends {
  get: { parameters: infer Parameters extends { query?: unknown; path?: unknown } };
}
  ? {
      [K in keyof Parameters as K extends "query" | "path" ? K : never]: K extends "query"
        ? Omit<NonNullable<Parameters[K]>, "cursor">
        : Parameters[K];
    }
  : never;

/** What of the change feed is asked for. */
export type ChangesQuery = NonNullable<paths["/v1/events"]["get"]["parameters"]["query"]>;

export interface Rebound extends Client<paths> {
  /** Signs the following requests with these tokens, and renews them when they expire. */
  signedIn(tokens: Tokens): void;
  /** Every item of a list, however many pages it has. */
  each<P extends Lists>(path: P, params?: ListParams<P>): AsyncGenerator<Item<P>, void, void>;
  /** What has happened since `after` (the id of the last event that you know, or `"now"`), the oldest first, up to now. */
  changes(query?: ChangesQuery): AsyncGenerator<Schemas["Event"], void, void>;
}

/** What the service answered, or an exception with the problem that it named. */
export async function ok<T>(answer: Promise<{ data?: T; error?: ProblemBody; response: Response }>): Promise<T> {
  const { data, error, response } = await answer;
  if (error !== undefined || (!response.ok && response.status !== 304)) throw Problem.of(error, response);
  return data as T;
}

/** A client of the service at an address. Its methods are those of openapi-fetch: `GET`, `POST`, `PATCH`, … */
export function createRebound(options: SessionOptions): Rebound {
  const session = new Session(options);
  const client = createClient<paths>({ baseUrl: options.baseUrl, fetch: session.send });

  async function* each<P extends Lists>(path: P, params?: ListParams<P>): AsyncGenerator<Item<P>, void, void> {
    // Which parameters a path takes has been checked where `each` was called.
    const get = client.GET as (path: P, init: object) => Promise<{ data?: Page; error?: ProblemBody; response: Response }>;
    const { path: ids, query } = (params ?? {}) as { path?: object; query?: object };
    let cursor: string | null = null;
    do {
      const all: object = cursor === null ? { ...query } : { ...query, cursor };
      const page: Page = await ok(get(path, { params: { path: ids, query: all } }));
      yield* page.data as Item<P>[];
      cursor = page.next_cursor;
    } while (cursor !== null);
  }

  async function* changes(query?: ChangesQuery): AsyncGenerator<Schemas["Event"], void, void> {
    let page = await ok(client.GET("/v1/events", { params: { query: { ...query } } }));
    while (page.data.length > 0) {
      yield* page.data;
      page = await ok(client.GET("/v1/events", { params: { query: { ...query, after: page.next_cursor } } }));
    }
  }

  return Object.assign(client, { signedIn: (tokens: Tokens) => session.adopt(tokens), each, changes });
}
