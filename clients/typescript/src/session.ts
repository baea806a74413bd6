/** What a sign-in gives. */
export interface Tokens {
  access_token: string;
  refresh_token: string;
}

export interface SessionOptions {
  baseUrl: string;
  /** An access token. */
  token?: string;
  /** With it a new access token is fetched when the old one has expired. */
  refreshToken?: string;
  /** Told of every new pair of tokens, to keep them. */
  onTokens?: (tokens: Tokens) => void;
  /** How often a request is repeated that was not answered, or answered with 429 or 503. */
  retries?: number;
  /** The longest wait before a repetition, in seconds; what has to wait longer is answered as it is. */
  longestWait?: number;
  fetch?: typeof globalThis.fetch;
}

/** Sends requests: signs them, repeats what may be repeated, and renews the access token. */
export class Session {
  #options: SessionOptions;
  #tokens: Partial<Tokens> = {};
  #renewal: Promise<boolean> | undefined;

  constructor(options: SessionOptions) {
    this.#options = options;
    if (options.token !== undefined) this.#tokens.access_token = options.token;
    if (options.refreshToken !== undefined) this.#tokens.refresh_token = options.refreshToken;
  }

  adopt(tokens: Tokens): void {
    this.#tokens = { access_token: tokens.access_token, refresh_token: tokens.refresh_token };
    this.#options.onTokens?.({ access_token: tokens.access_token, refresh_token: tokens.refresh_token });
  }

  /** A `fetch` for this session. */
  send = async (request: Request): Promise<Response> => {
    const signsIn = new URL(request.url).pathname.includes("/v1/auth/");
    if (request.method === "POST" && !signsIn && !request.headers.has("Idempotency-Key")) {
      // With a key a repetition gets the first answer again instead of doing it twice.
      request.headers.set("Idempotency-Key", crypto.randomUUID());
    }
    if (signsIn) return this.#insist(request);
    const token = this.#tokens.access_token;
    const response = await this.#insist(this.#signed(request));
    if (response.status !== 401 || this.#tokens.refresh_token === undefined) return response;
    // Somebody else may have renewed it meanwhile.
    const renewed = token !== this.#tokens.access_token || (await this.#renew());
    return renewed ? this.#insist(this.#signed(request)) : response;
  };

  #signed(request: Request): Request {
    const signed = request.clone();
    const token = this.#tokens.access_token;
    if (token !== undefined) signed.headers.set("Authorization", `Bearer ${token}`);
    return signed;
  }

  async #insist(request: Request): Promise<Response> {
    const { retries = 2, longestWait = 10 } = this.#options;
    const send = this.#options.fetch ?? globalThis.fetch;
    // A merge patch or a registration whose answer got lost may have happened. A refresh may be repeated.
    const keyed = request.headers.has("Idempotency-Key") || request.url.endsWith("/v1/auth/refresh");
    const repeatable = request.method !== "PATCH" && (request.method !== "POST" || keyed);
    for (let attempt = 0; ; attempt += 1) {
      let wait = 0.2 * 2 ** attempt;
      try {
        const response = await send(request.clone());
        if (attempt >= retries || !(await isWorthRepeating(response))) return response;
        wait = Number(response.headers.get("Retry-After") ?? wait);
        if (!(wait <= longestWait)) return response;
      } catch (error) {
        if (attempt >= retries || !repeatable || request.signal.aborted) throw error;
      }
      await new Promise((resolve) => setTimeout(resolve, wait * 1000));
    }
  }

  /** One renewal at a time, for however many requests wait for it: a refresh token works once. */
  #renew(): Promise<boolean> {
    this.#renewal ??= this.#renewOnce().finally(() => (this.#renewal = undefined));
    return this.#renewal;
  }

  async #renewOnce(): Promise<boolean> {
    const request = new Request(new URL("/v1/auth/refresh", this.#options.baseUrl), {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ refresh_token: this.#tokens.refresh_token }),
    });
    const response = await this.#insist(request);
    if (!response.ok) return false;
    this.adopt((await response.json()) as Tokens);
    return true;
  }
}

/** Too much at once, the database away, or the same request still running. */
async function isWorthRepeating(response: Response): Promise<boolean> {
  if (response.status === 429 || response.status === 503) return true;
  if (response.status !== 409 || !response.headers.has("Retry-After")) return false;
  const problem = (await response.clone().json().catch(() => ({}))) as { code?: string };
  return problem.code === "request_in_progress";
}
