import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { compile } from '../setup/build.mjs';
import { SetupError } from '../setup/report.mjs';
import { outputOf, runNpm } from '../setup/tools.mjs';
import { bundleTypes } from './types.mjs';

/** The code for Node without tests, and the dashboard's page for browsers. */
const PROJECTS = ['scripts/pack/tsconfig.json', 'src/dashboard/page/tsconfig.json'];
const FROM_SCRATCH = ['--incremental', 'false', '--tsBuildInfoFile', 'null', '--sourceMap', 'false'];

/** What only a clone needs. */
const FOR_CLONES = ['private', 'scripts', 'devDependencies', 'overrides'];

/** Fills `folder` with the package: the compiled code, and those files of the clone that git does not ignore. */
export async function stage(root, folder) {
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  compile(root, PROJECTS, ['--outDir', join(folder, 'dist'), ...FROM_SCRATCH]);
  await bundleTypes(root, folder);
  for (const file of sourceFiles(root, [...manifest.files, 'README.md', 'LICENSE'])) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    copyFileSync(join(root, file), join(folder, file));
    // The modes of a clone depend on its user's umask, and would be part of the bytes.
    chmodSync(join(folder, file), file.startsWith('bin/') ? 0o755 : 0o644);
  }
  const published = Object.entries(manifest).filter(([key]) => !FOR_CLONES.includes(key));
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify(Object.fromEntries(published), null, 2)}\n`);
}

/** Packs a folder. @returns npm's description of the tarball, with its `filename`, `files`, `size` and `unpackedSize` */
export function packFolder(folder, target) {
  const result = runNpm(folder, ['pack', '--json', '--ignore-scripts', '--pack-destination', target]);
  if (result.status === 0) return JSON.parse(result.stdout)[0];
  throw new SetupError(
    '`npm pack` failed (see its output above)',
    'check that the folder of the tarball can be written, and the version of npm (`npm --version`)',
    outputOf(result),
  );
}

/** Returns the files under these paths that git tracks, or would track. Generated files of the clone are not among them. */
function sourceFiles(root, paths) {
  const args = ['ls-files', '-z', '--cached', '--others', '--exclude-standard', '--', ...paths];
  const result = spawnSync('git', args, { cwd: root, encoding: 'utf8' });
  if (result.status === 0) return result.stdout.split('\0').filter(Boolean);
  throw new SetupError('git could not list the files of the clone', 'run it in a clone', outputOf(result));
}
