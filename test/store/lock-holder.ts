import { StoreBusyError } from '../../src/errors.js';
import { acquireStoreLock } from '../../src/store/lock.js';

/** Takes the lock of the folder in its arguments, says `held` or `busy`, and keeps it until its input ends. */
const [outDir = ''] = process.argv.slice(2);
try {
  const lock = await acquireStoreLock(outDir);
  process.stdout.write('held\n');
  process.stdin.resume().on('end', () => void lock.release());
} catch (error) {
  if (!(error instanceof StoreBusyError)) throw error;
  process.stdout.write('busy\n');
}
