import { createInterface } from 'node:readline';
import { StoreBusyError } from '../../src/errors.js';
import { acquireStoreLock, type StoreLock } from '../../src/store/lock.js';

/**
 * At each line of input tries to take the lock of the folder in its first argument, and says `held` or `busy`; says `lost` once it
 * is. The second argument is the time between beats. Gives the lock back when the input ends.
 */
const [outDir = '', beatEveryMs = '5000'] = process.argv.slice(2);
let held: StoreLock | undefined;

async function take(): Promise<string> {
  try {
    held = await acquireStoreLock(outDir, { beatEveryMs: Number(beatEveryMs) });
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
