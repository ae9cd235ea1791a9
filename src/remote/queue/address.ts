import { InputError } from '../../errors.js';

/** The address of a queue. Only `shown` may be printed or logged. */
export interface QueueAddress {
  /** The URL with user name and password. */
  readonly url: string;
  /** The address as shown to people, for example `redis://host:6379/0`. */
  readonly shown: string;
  /** The number of the database. */
  readonly database: string;
}

/** Returns the command that drops all waiting tasks of the queue. */
export function dropCommand({ database }: Pick<QueueAddress, 'database'>): string {
  return `redis-cli -n ${database} flushdb`;
}

/** The environment variable with the password, which keeps the password out of process listings. */
export const PASSWORD_VARIABLE = 'VAE_SWEEP_QUEUE_PASSWORD';

const EXPECTED =
  'expected redis://HOST:PORT or, for TLS, rediss://HOST:PORT, for example redis://:PASSWORD@host:6379/0';

/**
 * Parses the argument of `--queue`.
 * @throws an InputError, which does not repeat the text, because it may contain a password
 */
export function parseQueueUrl(text: string, password = process.env[PASSWORD_VARIABLE]): QueueAddress {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !/^rediss?:$/.test(url.protocol) || url.hostname === '')
    throw new InputError(`--queue: ${EXPECTED}`);
  const digits = /^\/?(\d{0,5})$/.exec(url.pathname)?.[1];
  if (digits === undefined || url.search !== '' || url.hash !== '')
    throw new InputError(`--queue: ${EXPECTED}; only a database number may follow the port`);
  if (![url.username, url.password].every(isDecodable))
    throw new InputError(`--queue: ${EXPECTED}; write a % in the user name or password as %25`);
  // Without encoding, a % would start an escape sequence.
  if (url.password === '' && password !== undefined) url.password = encodeURIComponent(password);
  const database = digits === '' ? '0' : digits;
  const shown = `${url.protocol}//${url.hostname}:${url.port === '' ? '6379' : url.port}/${database}`;
  return { url: url.href, shown, database };
}

/** Returns whether the text is valid percent-encoding. Otherwise ioredis would throw an error that does not name the option. */
function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}
