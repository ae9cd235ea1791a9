import pRetry from 'p-retry';
import { z } from 'zod';
import { TrackingError } from '../../errors.js';

export interface ClientOptions {
  /** The address of the server, for example `http://localhost:5000`. */
  readonly url: URL;
  /** Ends the current request and all retries when it aborts. */
  readonly signal: AbortSignal;
  /** The value of the header `authorization`; null if the server needs none. */
  readonly authorization: string | null;
  /** Time after which an attempt is given up. @default 30,000 */
  readonly timeoutMs?: number;
  /** @default 6 */
  readonly retries?: number;
  /** The wait before the second attempt; it doubles with each attempt. @default 1,000 */
  readonly firstWaitMs?: number;
}

interface Request {
  readonly method: 'GET' | 'POST' | 'PUT';
  /** The path below `/api/2.0/`. */
  readonly path: string;
  readonly body?: string | Uint8Array<ArrayBuffer>;
}

const problemSchema = z.object({ error_code: z.string(), message: z.string() });

/** The server refused a request, for example because something does not exist. */
export class RefusedError extends TrackingError {
  /** MLflow's name of the problem, such as `RESOURCE_DOES_NOT_EXIST`; null if the answer has none. */
  readonly code: string | null;

  constructor(message: string, code: string | null) {
    super(message);
    this.code = code;
  }
}

/** The server did not answer, or not properly. It may or may not have done what was asked. */
class UnavailableError extends TrackingError {}

/** Calls the REST API of an MLflow server. */
export class MlflowClient {
  readonly #options: Required<ClientOptions>;

  constructor(options: ClientOptions) {
    this.#options = { timeoutMs: 30_000, retries: 6, firstWaitMs: 1_000, ...options };
  }

  /**
   * Runs an action that can be repeated until the server answers all of its requests.
   * @throws a TrackingError if the server refuses a request, or doesn't answer after all retries; or the signal's reason
   */
  async repeat<T>(action: () => Promise<T>): Promise<T> {
    const { retries, firstWaitMs, signal } = this.#options;
    return pRetry(action, {
      retries,
      minTimeout: firstWaitMs,
      signal,
      shouldRetry: ({ error }) => error instanceof UnavailableError,
    });
  }

  /** Sends one request. `repeat` repeats it. @returns the answer */
  async send<T>(request: Request, schema: z.ZodType<T>): Promise<T> {
    const { ok, status, text } = await this.#fetch(request);
    if (!ok) throw this.#problem(status, text);
    try {
      return schema.parse(text === '' ? {} : JSON.parse(text));
    } catch (error) {
      throw new TrackingError(
        `${this.#name} does not answer as MLflow's REST API does (${request.path}): check the address, which is that of MLflow's web page`,
        { cause: error },
      );
    }
  }

  /** The name and the port of the server. */
  get host(): string {
    return this.#options.url.host;
  }

  get #name(): string {
    return this.#options.url.href.replace(/\/$/, '');
  }

  async #fetch({ method, path, body }: Request): Promise<{ ok: boolean; status: number; text: string }> {
    const { authorization, signal, timeoutMs } = this.#options;
    try {
      const response = await fetch(`${this.#name}/api/2.0/${path}`, {
        method,
        headers: {
          ...(authorization !== null && { authorization }),
          ...(body !== undefined && {
            'content-type': typeof body === 'string' ? 'application/json' : 'application/octet-stream',
          }),
        },
        body: body ?? null,
        redirect: 'manual',
        signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
      });
      return { ok: response.ok, status: response.status, text: await response.text() };
    } catch (error) {
      signal.throwIfAborted();
      const { cause, name, message } = error instanceof Error ? error : new Error();
      const reason = cause instanceof Error ? cause.message : message;
      throw this.#unavailable(name === 'TimeoutError' ? `no answer within ${timeoutMs / 1000} s` : reason);
    }
  }

  #problem(status: number, text: string): TrackingError {
    const answer = problemSchema.safeParse(parseJson(text));
    const reason = answer.success ? answer.data.message.split('\n')[0] : `status ${status}`;
    if (status === 429 || status >= 500) return this.#unavailable(reason ?? '');
    if (status === 401 || status === 403)
      return new TrackingError(
        `${this.#name} refuses access (status ${status}): set MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, or MLFLOW_TRACKING_TOKEN`,
      );
    const remedy = answer.success ? '' : ": check the address, which is that of MLflow's web page";
    return new RefusedError(
      `${this.#name} refuses a request (${reason ?? ''})${remedy}`,
      answer.success ? answer.data.error_code : null,
    );
  }

  #unavailable(reason: string): UnavailableError {
    return new UnavailableError(
      `can't use the MLflow server ${this.#name} (${reason}): start it or check the address, then run the same command again to send the rest`,
    );
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
