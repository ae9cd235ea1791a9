import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, statfsSync } from 'node:fs';
import { homedir, hostname } from 'node:os';
import { basename, isAbsolute, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { downloadWheel } from './download.mjs';
import { SetupError, timed } from './report.mjs';
import { outputOf, requireTool } from './tools.mjs';
import { isComplete, KEPT_FILES, LIBRARY_BYTES, verifyWheel, WHEEL } from './wheel.mjs';

/** The folder with TensorFlow's libraries and headers, in the user's cache: downloaded once, shared by all clones. */
export async function cachedTensorFlow() {
  const cache = join(cacheHome(), 'vae-sweep');
  const folder = join(cache, `tensorflow-${WHEEL.version}`);
  if (!isComplete(folder)) await fill(cache, folder);
  return folder;
}

/** As the XDG specification has it: a relative path is to be ignored. */
function cacheHome() {
  const { XDG_CACHE_HOME = '' } = process.env;
  return isAbsolute(XDG_CACHE_HOME) ? XDG_CACHE_HOME : join(homedir(), '.cache');
}

/** Works in a folder beside `folder` and renames it at the end, so that `folder` is whole whenever it is there. */
async function fill(cache, folder) {
  const work = makeWorkFolder(cache);
  try {
    const wheel = await downloadWheel(work);
    await timed(`TensorFlow ${WHEEL.version}: checking and unpacking into ${folder}`, async () => {
      await verifyWheel(wheel);
      const unpacked = join(work, 'unpacked');
      unpack(wheel, unpacked);
      commit(unpacked, folder);
    });
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

function makeWorkFolder(cache) {
  const prefix = `partial-${hostname()}-`;
  try {
    mkdirSync(cache, { recursive: true });
    // Left by set-ups of this machine that were killed: a live one would hold the lock.
    for (const name of readdirSync(cache).filter((entry) => entry.startsWith(prefix))) {
      rmSync(join(cache, name), { recursive: true, force: true });
    }
    requireSpace(cache);
    return mkdtempSync(join(cache, prefix));
  } catch (error) {
    if (error instanceof SetupError) throw error;
    throw new SetupError(
      `the cache folder ${cache} can't be written (${error.message})`,
      'name another one: `XDG_CACHE_HOME=/some/folder npm run setup`',
    );
  }
}

function requireSpace(cache) {
  const needed = Object.values(LIBRARY_BYTES).reduce((sum, bytes) => sum + bytes, WHEEL.bytes);
  const { bavail, bsize } = statfsSync(cache);
  const free = bavail * bsize;
  if (free >= needed) return;
  throw new SetupError(
    `TensorFlow ${WHEEL.version} needs ${Math.ceil(needed / 1e6)} MB in ${cache}, where ${Math.floor(free / 1e6)} MB are free`,
    'free some space, or name another folder: `XDG_CACHE_HOME=/some/folder npm run setup`',
  );
}

function unpack(wheel, folder) {
  const python = requireTool(
    [['python3'], ['python']],
    'Python, which unpacks TensorFlow,',
    'sudo apt-get install python3',
  );
  const script = fileURLToPath(new URL('unpack.py', import.meta.url));
  const result = spawnSync(python[0], [script, wheel, folder, ...KEPT_FILES], { encoding: 'utf8' });
  if (result.status === 0 && isComplete(folder)) return;
  throw new SetupError(
    `${basename(wheel)} could not be unpacked (the output is above)`,
    'see whether the disk is full, then run `npm run setup`',
    outputOf(result),
  );
}

/** Another machine with the same home folder may have been faster; its copy is as good. */
function commit(unpacked, folder) {
  if (isComplete(folder)) return;
  rmSync(folder, { recursive: true, force: true });
  try {
    renameSync(unpacked, folder);
  } catch (error) {
    if (!isComplete(folder)) throw error;
  }
}
