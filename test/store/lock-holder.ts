import { createInterface } from 'node:readline';
import { StoreBusyError } from '../../src/errors.js';
import { acquireStoreLock, type StoreLock } from '../../src/store/lock.js';

/**
 * Tries to acquire the lock of a store at each line of input, and prints `held` or `busy`. Prints `lost` when it loses the lock.
 * Releases the lock when the input ends. Arguments: the out folder, and the milliseconds between heartbeats.
 */
const [outDir = '', heartbeatEveryMs = '5000'] = process.argv.slice(2);
let held: StoreLock | undefined;

async function take(): Promise<string> {
  try {
    held = await acquireStoreLock(outDir, { heartbeatEveryMs: Number(heartbeatEveryMs) });
    held.lost.addEventListener('abort', () => process.stdout.write('lost\n'));
    return 'held';
  } catch (error) {
    if (!(error instanceof StoreBusyError)) throw error;
    return 'busy';
  }
}

createInterface(process.stdin)
  .on('line', () => void take().then((answer) => process.stdout.write(`${answer}\n`)))
  .on('close', () => void held?.release());
process.stdout.write('ready\n');
