import type { components } from "./schema.js";

/** The body of an error as the document describes it (RFC 9457). */
export type ProblemBody = components["schemas"]["Problem"];

/** An error of the API. `code` is stable and what a program decides by; `detail` is a sentence for people. */
export class Problem extends Error {
  override readonly name = "Problem";

  constructor(
    /** The whole body; some codes bring members of their own, such as `allowed` or `cooloff_until`. */
    readonly body: ProblemBody,
    /** The answer, for its headers. */
    readonly response: Response,
  ) {
    super(`${body.status} ${body.code}: ${body.detail ?? body.title}`);
  }

  get code(): string {
    return this.body.code;
  }

  get status(): number {
    return this.body.status;
  }

  /** The id under which the service logged the request. */
  get requestId(): string {
    return this.body.request_id;
  }

  /** Every wrong field by its JSON Pointer, when the code is `invalid_fields`. */
  get fields(): ReadonlyMap<string, string> {
    return new Map((this.body.errors ?? []).map((fault) => [fault.pointer, fault.detail]));
  }

  /** A problem of this code? */
  static is(error: unknown, code: ProblemBody["code"]): error is Problem {
    return error instanceof Problem && error.code === code;
  }

  /** What an answer says of its failure; something between us and the service may have written another page. */
  static of(body: unknown, response: Response): Problem {
    if (typeof body === "object" && body !== null && "code" in body && "request_id" in body) {
      return new Problem(body as ProblemBody, response);
    }
    return new Problem(
      {
        type: "about:blank",
        title: response.statusText || "The answer is none of the service's",
        status: response.status,
        detail: "The answer is none of the service's.",
        code: "unknown",
        request_id: response.headers.get("X-Request-Id") ?? "",
      } as ProblemBody,
      response,
    );
  }
}
