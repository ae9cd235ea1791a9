import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Every file of the package matches one of these. */
const ALLOWED = [
  /^(package\.json|README\.md|LICENSE|ARCHITECTURE\.md|CHANGELOG\.md|SECURITY\.md)$/,
  /^bin\/[\w-]+\.mjs$/,
  /^scripts\/setup(\.mjs|\/[\w-]+\.(mjs|py))$/,
  /^dist\/(src|workers)\/.+\.(js|d\.ts|json)$/,
  /^dist\/tfjs\/(LICENSE|package\.json|[\w/-]+\.d\.ts)$/,
  /^tfjs\/package(-lock)?\.json$/,
  /^assets\/[\w./-]+\.(css|png|ttf|txt|md)$/,
  /^sweeps\/[\w-]+\.yaml$/,
  /^examples\/[\w./-]+$/,
  /^docs\/[\w.-]+\.(md|json)$/,
];

/** Files without which the package does not work, in addition to those that package.json names. */
const REQUIRED = [
  'LICENSE',
  'README.md',
  'scripts/setup.mjs',
  'scripts/setup/unpack.py',
  'dist/src/cli/main.js',
  'dist/src/dashboard/page/main.js',
  'dist/workers/train.js',
  'tfjs/package-lock.json',
  'assets/dashboard.css',
  'assets/fonts/Inter-Regular.ttf',
  'sweeps/quickstart.yaml',
];

/** A package of this size has something that does not belong in it. In 2026-11 it was 4,300 kB. */
const MAX_BYTES = 6_000_000;
/** Far fewer files than are expected say that a folder is missing. In 2026-11 there were 570 modules. */
const MIN_MODULES = 400;

/** Returns what is wrong with the packed files, each with its `path` and `size`; an empty list if nothing is. */
export function checkContents(folder, files) {
  const paths = new Set(files.map(({ path }) => path));
  const bytes = files.reduce((sum, { size }) => sum + size, 0);
  const modules = [...paths].filter((path) => /^dist\/.*\.js$/.test(path));
  return [
    ...[...REQUIRED, ...namedFiles(folder)]
      .filter((path) => !paths.has(path))
      .map((path) => `${path} is missing`),
    ...[...paths]
      .filter((path) => !ALLOWED.some((pattern) => pattern.test(path)))
      .map((path) => `${path} does not belong in the package`),
    ...files.filter(({ size }) => size === 0).map(({ path }) => `${path} is empty`),
    ...modules.flatMap((path) => brokenImports(folder, path)),
    ...(modules.length < MIN_MODULES
      ? [`it has ${modules.length} modules, expected at least ${MIN_MODULES}`]
      : []),
    ...(bytes > MAX_BYTES ? [`it has ${bytes} bytes, expected at most ${MAX_BYTES}`] : []),
  ];
}

/** Returns the files that package.json names, which are the commands and the exports. */
function namedFiles(folder) {
  const { bin, exports } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const targets = (entry) => (typeof entry === 'string' ? [entry] : Object.values(entry).flatMap(targets));
  return targets({ ...bin, ...exports }).map((path) => path.replace(/^\.\//, ''));
}

/** Returns a problem for each relative import of a module that leads to no file. */
function brokenImports(folder, path) {
  const text = readFileSync(join(folder, path), 'utf8');
  return [...text.matchAll(/^(?:import|export)[^'"\n]* from '(\.[^']+)';$|import\('(\.[^']+)'\)/gm)]
    .map(([, fixed, dynamic]) => fixed ?? dynamic)
    .filter((specifier) => !existsSync(join(folder, path, '..', specifier)))
    .map((specifier) => `${path} imports ${specifier}, which is missing`);
}
