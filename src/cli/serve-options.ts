import type { Argv } from 'yargs';
import { InputError } from '../errors.js';
import { received } from './options.js';

export const FIRST_PORT = 8080;
export const MAX_PORT = 65_535;

/** Where the dashboard listens. */
export interface ServeOptions {
  readonly host: string;
  readonly port: number;
  readonly control: boolean;
}

export function withServeOptions<T>(yargs: Argv<T>): Argv<T & ServeOptions> {
  return yargs
    .option('host', {
      type: 'string',
      default: '127.0.0.1',
      requiresArg: true,
      describe: 'Address of the dashboard; one that other machines can reach, e.g. 0.0.0.0, requires a token',
    })
    .option('port', {
      type: 'number',
      default: FIRST_PORT,
      requiresArg: true,
      coerce: checkPort,
      describe: 'Port of the dashboard; 0 chooses a free one',
    })
    .option('control', {
      type: 'boolean',
      default: true,
      describe:
        'Let pages that were opened with the token control the run and edit tags and notes; --no-control prevents it',
    });
}

function checkPort(port: number): number {
  if (Number.isInteger(port) && port >= 0 && port <= MAX_PORT) return port;
  throw new InputError(`--port: expected a whole number from 0 to ${MAX_PORT}${received(port)}`);
}
