import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SetupError, timed } from './report.mjs';
import { outputOf } from './tools.mjs';

const SOURCE_FOLDERS = ['src', 'workers', 'test', 'bench'];
/** The code for Node, and the dashboard's page for browsers. */
const PROJECTS = ['tsconfig.json', 'src/dashboard/page/tsconfig.json'];

/** Compiles TypeScript into dist/ if a source changed since the last successful build. */
export function buildStep(root) {
  const stampFile = join(root, 'dist', '.built-from');
  return {
    isDone: () => readIfThere(stampFile) === stampOf(root) && missingOutputs(root).length === 0,
    perform: () =>
      timed('TypeScript: compiling', () => {
        const stamp = stampOf(root);
        removeStaleOutputs(root);
        // An incremental tsc does not restore outputs that were deleted.
        if (missingOutputs(root).length > 0) forgetBuilds(root);
        compile(root, PROJECTS);
        mkdirSync(join(root, 'dist'), { recursive: true });
        writeFileSync(stampFile, stamp);
      }),
  };
}

/** Runs the compiler for each project file. @param options further options of tsc */
export function compile(root, projects, options = []) {
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  for (const project of projects) {
    const args = [tsc, '--project', join(root, project), ...options];
    const result = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8' });
    if (result.status === 0) continue;
    throw new SetupError(
      'TypeScript reported errors (see above)',
      'correct the errors, then run `npm run setup`',
      outputOf(result),
    );
  }
}

function forgetBuilds(root) {
  for (const name of ['.tsbuildinfo', '.tsbuildinfo-page']) rmSync(join(root, 'dist', name), { force: true });
}

/** Returns a hash of all sources' paths, sizes and times, and of everything else that influences the output. */
function stampOf(root) {
  const hash = createHash('sha256');
  for (const file of [...PROJECTS, 'package-lock.json', ...sources(root)]) {
    const { size, mtimeMs } = statSync(join(root, file));
    hash.update(`${file} ${size} ${mtimeMs}\n`);
  }
  return hash.digest('hex');
}

function sources(root) {
  return SOURCE_FOLDERS.flatMap((folder) => filesUnder(root, folder)).filter((file) => /\.tsx?$/.test(file));
}

function outputs(root) {
  return SOURCE_FOLDERS.flatMap((folder) => filesUnder(join(root, 'dist'), folder)).filter((file) =>
    /\.js(\.map)?$/.test(file),
  );
}

function missingOutputs(root) {
  return sources(root).filter(
    (file) => !file.endsWith('.d.ts') && !existsSync(join(root, 'dist', file.replace(/\.tsx?$/, '.js'))),
  );
}

/** Removes outputs of deleted sources; otherwise deleted tests would still run. */
function removeStaleOutputs(root) {
  for (const file of outputs(root)) {
    const source = join(root, file.replace(/\.js(\.map)?$/, ''));
    if (!['.ts', '.tsx'].some((extension) => existsSync(source + extension)))
      rmSync(join(root, 'dist', file));
  }
}

/** Returns the sorted paths, relative to `base`, of the files in `base/folder`. */
function filesUnder(base, folder) {
  if (!existsSync(join(base, folder))) return [];
  return readdirSync(join(base, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(join(base, '/').length))
    .sort();
}

function readIfThere(file) {
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}
