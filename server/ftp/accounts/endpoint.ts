/**
 * Accounts that live elsewhere: an HTTP endpoint of the administrator's own is
 * asked who somebody is.
 *
 * It gets a POST with a JSON object `{user, password, remote, host, tls}`, and
 * answers 200 with `{"allow": true, "account": {…}}`, the keys being those of
 * an account in a configuration file, or `{"allow": false}`; 401 and 403 are
 * no, too. Anything else is no answer.
 *
 * @module
 */

import { unpadded } from "../../../lib/password/hash.ts";
import type { AuthQuestion, Identify, Identity } from "./identify.ts";
import type { AccountSettings } from "../settings.ts";
import { webProblem, webTarget } from "../operations/web_target.ts";
import type { AuthSettings } from "../settings_parts.ts";

/** Options for {@linkcode endpoint}. */
export interface EndpointOptions {
  /** What `account` of an answer means; throws an `Error` when it can't be. */
  readAccount(name: string, table: Record<string, unknown>): AccountSettings;
  /** Sends requests. @default {fetch} */
  readonly send?: ((request: Request) => Promise<Response>) | undefined;
  /** Milliseconds of a clock. @default {performance.now} */
  now?(this: void): number;
}

/** Bytes of the longest answer. */
const LARGEST_ANSWER = 1 << 16;
/** Refusals that are remembered. */
const MOST_REFUSALS = 4096;
const STRANGER: Identity = { kind: "stranger" };

/**
 * Asks an endpoint. Refusals are remembered for `cache` milliseconds, so that
 * a guesser's repetitions do not reach it; what lets somebody in never is.
 *
 * @example
 * ```ts
 * import { endpoint } from "./endpoint.ts";
 * const ask = endpoint(
 *   { url: "http://127.0.0.1:1/", root: "/srv", timeout: 1000, cache: 0 },
 *   {
 *     send: () => Promise.resolve(Response.json({ allow: false })),
 *     readAccount: () => ({ name: "", password: null, write: false, root: "/" }),
 *   },
 * );
 * const who = { user: "a", password: "b", remote: "::1", tls: true };
 * console.assert((await ask(who)).kind === "stranger");
 * ```
 */
export function endpoint(
  settings: AuthSettings,
  options: EndpointOptions,
): Identify {
  const { now = () => performance.now() } = options;
  const refusals = memoryOf(settings.cache, now);
  return async (question) => {
    const key = await refusals.keyOf(question);
    if (refusals.has(key)) return STRANGER;
    const identity = await inquire(question, settings, options);
    if (identity.kind === "stranger") refusals.add(key);
    return identity;
  };
}

/** Asks, and makes sense of the answer. */
async function inquire(
  question: AuthQuestion,
  settings: AuthSettings,
  { readAccount, send = (request) => fetch(request) }: EndpointOptions,
): Promise<Identity> {
  const late = new AbortController();
  const timer = setTimeout(
    () => late.abort(new Error("no answer in time")),
    settings.timeout,
  );
  try {
    const response = await send(requestOf(question, settings, late.signal));
    const { status } = response;
    if (status !== 200) {
      await response.body?.cancel();
      if (status === 401 || status === 403) return STRANGER;
      throw new Error(`it answered with status ${status}`);
    }
    const table = accountTable(await jsonOf(response));
    if (table === null) return STRANGER;
    const account = readAccount(question.user, table);
    return { kind: "account", account: placed(account, settings.root) };
  } catch (error) {
    return { kind: "unavailable", reason: `--auth-url: ${webProblem(error)}` };
  } finally {
    clearTimeout(timer);
  }
}

function requestOf(
  { user, password, remote, host, tls }: AuthQuestion,
  settings: AuthSettings,
  signal: AbortSignal,
): Request {
  const { url, authorization } = webTarget(settings);
  return new Request(url, {
    method: "POST",
    // Only the host of the URL may be asked.
    redirect: "manual",
    signal,
    headers: {
      "accept": "application/json",
      "content-type": "application/json",
      ...authorization !== undefined && { authorization },
    },
    body: JSON.stringify({ user, password, remote, host: host ?? null, tls }),
  });
}

async function jsonOf(response: Response): Promise<unknown> {
  const text = await textOf(response);
  try {
    return JSON.parse(text);
  } catch {
    throw new Error("its answer is not JSON");
  }
}

async function textOf({ body }: Response): Promise<string> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let text = "";
  let length = 0;
  for await (const bytes of body ?? []) {
    length += bytes.length;
    if (length > LARGEST_ANSWER) {
      throw new Error("its answer has more than 64 KiB");
    }
    text += decoder.decode(bytes, { stream: true });
  }
  return text + decoder.decode();
}

/** The account that an answer allows, or `null`. */
function accountTable(answer: unknown): Record<string, unknown> | null {
  const { allow, account } = isTable(answer) ? answer : {};
  if (allow === false) return null;
  if (allow !== true) throw new Error('its answer has no "allow"');
  if (!isTable(account)) throw new Error('its answer has no "account"');
  return account;
}

function isTable(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Folders that are not absolute are below the one set aside. */
function placed(account: AccountSettings, base: string): AccountSettings {
  const { mounts } = account;
  return {
    ...account,
    root: below(base, account.root),
    ...mounts && {
      mounts: mounts.map((mount) => ({
        ...mount,
        root: below(base, mount.root),
      })),
    },
  };
}

function below(base: string, root: string): string {
  return /^([/\\]|[A-Za-z]:)/.test(root) ? root : `${base}/${root}`;
}

/** Remembers refusals for a while, and nothing that a password can be found by. */
function memoryOf(duration: number, now: () => number) {
  const salt = crypto.getRandomValues(new Uint8Array(16));
  const until = new Map<string, number>();
  return {
    async keyOf(question: AuthQuestion): Promise<string> {
      if (duration === 0) return "";
      const { user, password, remote, host, tls } = question;
      const text = JSON.stringify([...salt, user, password, remote, host, tls]);
      const bytes = new TextEncoder().encode(text);
      const digest = await crypto.subtle.digest("SHA-256", bytes);
      return unpadded(new Uint8Array(digest));
    },
    has: (key: string) => (until.get(key) ?? -Infinity) > now(),
    add(key: string): void {
      if (duration === 0) return;
      until.delete(key);
      until.set(key, now() + duration);
      if (until.size > MOST_REFUSALS) until.delete(until.keys().next().value!);
    },
  };
}
