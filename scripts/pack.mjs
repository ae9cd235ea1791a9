#!/usr/bin/env node
/**
 * Makes the npm package of a clone: compiles its files into an empty folder, packs them, checks what is in the tarball, and prints its
 * SHA-256. Beside the tarball it writes the bill of materials. The same files give the same bytes. `npm pack` can't do it, because
 * `.npmrc` switches off all scripts that npm would run by itself, and so it would pack whatever dist/ contains.
 *
 * Usage: npm run pack [-- FOLDER], where FOLDER, by default the current one, is for the tarball.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { checkContents } from './pack/contents.mjs';
import { writeSbom } from './pack/sbom.mjs';
import { packFolder, stage } from './pack/stage.mjs';
import { withSetupLock } from './setup/lock.mjs';
import { packagesStep } from './setup/packages.mjs';
import { say, SetupError } from './setup/report.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const target = resolve(process.argv[2] ?? '.');
const staging = mkdtempSync(join(tmpdir(), 'vae-sweep-pack-'));

try {
  process.umask(0o022);
  await installPackages();
  await stage(root, staging);
  mkdirSync(target, { recursive: true });
  const { name, version, filename, files, size, unpackedSize } = packFolder(staging, target);
  const tarball = join(target, filename);
  const problems = checkContents(staging, files);
  if (problems.length > 0) {
    rmSync(tarball);
    throw new SetupError(
      `${filename} is not complete, and was deleted:\n  ${problems.join('\n  ')}`,
      'change `files` in package.json, or the rules in scripts/pack/contents.mjs',
    );
  }
  const sbom = tarball.replace(/tgz$/, 'cdx.json');
  writeSbom(root, { name, version }, sbom);
  say(
    `${tarball}: ${files.length} files, ${kilobytes(size)} kB, ${kilobytes(unpackedSize)} kB unpacked\nSHA-256 ${sha256(tarball)}\nBill of materials (CycloneDX): ${sbom}`,
  );
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  say(`${error.detail ? `${error.detail}\n` : ''}Packing failed: ${error.message}\nFix: ${error.remedy}`);
  process.exitCode = 1;
} finally {
  rmSync(staging, { recursive: true, force: true });
}

/** Installs the locked packages, because the compiler's version decides about the bytes. */
async function installPackages() {
  const step = packagesStep(root);
  if (step.isDone()) return;
  await withSetupLock(async () => {
    if (!step.isDone()) await step.perform();
  });
}

function sha256(file) {
  return createHash('sha256').update(readFileSync(file)).digest('hex');
}

function kilobytes(bytes) {
  return Math.round(bytes / 1000);
}
