import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, statfsSync } from 'node:fs';
import { homedir, hostname } from 'node:os';
import { basename, isAbsolute, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { downloadWheel } from './download.mjs';
import { SetupError, timed } from './report.mjs';
import { outputOf, requireTool } from './tools.mjs';
import { isComplete, KEPT_FILES, verifyWheel, WHEEL } from './wheel.mjs';

/** Returns the folder with TensorFlow's libraries and headers in the user's cache, which all clones share. Downloads it if it is missing. */
export async function cachedTensorFlow() {
  const cache = join(cacheHome(), 'vae-sweep');
  const folder = join(cache, WHEEL.cacheFolder);
  if (!isComplete(folder)) await fill(cache, folder);
  return folder;
}

/** Returns the cache folder according to the XDG specification, which says to ignore relative paths. */
function cacheHome() {
  const { XDG_CACHE_HOME = '' } = process.env;
  return isAbsolute(XDG_CACHE_HOME) ? XDG_CACHE_HOME : join(homedir(), '.cache');
}

/** Fills a temporary folder and renames it to `folder` at the end, so that `folder` is always complete. */
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
    // Setups of this machine that were killed left these folders: a running one would hold the lock.
    for (const name of readdirSync(cache).filter((entry) => entry.startsWith(prefix))) {
      rmSync(join(cache, name), { recursive: true, force: true });
    }
    requireSpace(cache);
    return mkdtempSync(join(cache, prefix));
  } catch (error) {
    if (error instanceof SetupError) throw error;
    throw new SetupError(
      `the cache folder ${cache} can't be written (${error.message})`,
      'choose another folder: `XDG_CACHE_HOME=/some/folder npm run setup`',
    );
  }
}

function requireSpace(cache) {
  const needed = Object.values(WHEEL.libraryBytes).reduce((sum, bytes) => sum + bytes, WHEEL.bytes);
  const { bavail, bsize } = statfsSync(cache);
  const free = bavail * bsize;
  if (free >= needed) return;
  throw new SetupError(
    `TensorFlow ${WHEEL.version} needs ${Math.ceil(needed / 1e6)} MB in ${cache}, but only ${Math.floor(free / 1e6)} MB are free`,
    'free some space, or choose another folder: `XDG_CACHE_HOME=/some/folder npm run setup`',
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
    `${basename(wheel)} could not be unpacked (see the output above)`,
    'check whether the disk is full, then run `npm run setup`',
    outputOf(result),
  );
}

/** Renames the folder. If another machine with the same home folder was faster, its copy is used. */
function commit(unpacked, folder) {
  if (isComplete(folder)) return;
  rmSync(folder, { recursive: true, force: true });
  try {
    renameSync(unpacked, folder);
  } catch (error) {
    if (!isComplete(folder)) throw error;
  }
}
