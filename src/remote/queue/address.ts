import { InputError } from '../../errors.js';

/** Where the queue is. Only `shown` may be printed or logged. */
export interface QueueAddress {
  /** With its user and password. */
  readonly url: string;
  /** For example `redis://host:6379/0`. */
  readonly shown: string;
  /** Its number. */
  readonly database: string;
}

/** Drops what waits in the queue. */
export function dropCommand({ database }: Pick<QueueAddress, 'database'>): string {
  return `redis-cli -n ${database} flushdb`;
}

/** Gives the password where the URL has none, so that no list of processes shows it. */
export const PASSWORD_VARIABLE = 'VAE_SWEEP_QUEUE_PASSWORD';

const EXPECTED =
  'expected redis://HOST:PORT or, for TLS, rediss://HOST:PORT, for example redis://:PASSWORD@host:6379/0';

/** What was received is not repeated in the error: it may hold a password. */
export function parseQueueUrl(text: string, password = process.env[PASSWORD_VARIABLE]): QueueAddress {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !/^rediss?:$/.test(url.protocol) || url.hostname === '')
    throw new InputError(`--queue: ${EXPECTED}`);
  const given = /^\/?(\d{0,5})$/.exec(url.pathname)?.[1];
  if (given === undefined || url.search !== '' || url.hash !== '')
    throw new InputError(`--queue: ${EXPECTED}; after the port only the number of a database may stand`);
  if (![url.username, url.password].every(isDecodable))
    throw new InputError(`--queue: ${EXPECTED}; a % in the user or the password is written as %25`);
  // Else a % would be read as the beginning of an escape.
  if (url.password === '' && password !== undefined) url.password = encodeURIComponent(password);
  const database = given === '' ? '0' : given;
  const shown = `${url.protocol}//${url.hostname}:${url.port === '' ? '6379' : url.port}/${database}`;
  return { url: url.href, shown, database };
}

/** What is not would end ioredis with an error that names no option. */
function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}
