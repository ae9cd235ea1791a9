import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SetupError, timed } from './report.mjs';
import { outputOf } from './tools.mjs';

const SOURCE_FOLDERS = ['src', 'workers', 'test', 'bench'];
/** What runs in Node, and the dashboard's page, which runs in browsers. */
const PROJECTS = ['tsconfig.json', 'src/dashboard/page/tsconfig.json'];

/** Compiles the TypeScript into dist/ if a source changed since the last build that succeeded. */
export function buildStep(root) {
  const stampFile = join(root, 'dist', '.built-from');
  return {
    isDone: () => readIfThere(stampFile) === stampOf(root) && missingOutputs(root).length === 0,
    perform: () =>
      timed('TypeScript: compiling', () => {
        const stamp = stampOf(root);
        removeStaleOutputs(root);
        // An incremental tsc does not write again what it believes to have written.
        if (missingOutputs(root).length > 0) forgetBuilds(root);
        compile(root);
        mkdirSync(join(root, 'dist'), { recursive: true });
        writeFileSync(stampFile, stamp);
      }),
  };
}

function compile(root) {
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  for (const project of PROJECTS) {
    const args = [tsc, '--project', join(root, project)];
    const result = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8' });
    if (result.status === 0) continue;
    throw new SetupError(
      'the TypeScript does not compile (the errors are above)',
      'correct these lines, then run `npm run setup`',
      outputOf(result),
    );
  }
}

function forgetBuilds(root) {
  for (const name of ['.tsbuildinfo', '.tsbuildinfo-page']) rmSync(join(root, 'dist', name), { force: true });
}

/** Changes with any source's path, size or time, and with what else decides the output. */
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

/** Without this a deleted test would go on running. */
function removeStaleOutputs(root) {
  for (const file of outputs(root)) {
    const source = join(root, file.replace(/\.js(\.map)?$/, ''));
    if (!['.ts', '.tsx'].some((extension) => existsSync(source + extension)))
      rmSync(join(root, 'dist', file));
  }
}

/** Paths relative to `base` of the files under `base/folder`, sorted. */
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
