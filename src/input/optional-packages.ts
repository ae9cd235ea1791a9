import { readFileSync } from 'node:fs';
import { InputError } from '../errors.js';

/** Packages that npm does not install with this one, because only one part of it loads them. */
const PACKAGES = {
  queue: ['bullmq', 'ioredis'],
  bucket: ['@aws-sdk/client-s3', '@aws-sdk/lib-storage'],
  figures: ['vega', 'vega-lite', '@resvg/resvg-js'],
} as const;

type OptionalPart = keyof typeof PACKAGES;

/**
 * Returns what to install before a part can be used, for example `bullmq and ioredis: npm install bullmq@6.7.0 ioredis@6.0.0`; null if
 * its packages are installed. Loads none of them.
 */
export function missingPackages(part: OptionalPart): string | null {
  const names = PACKAGES[part];
  if (names.every(isInstalled)) return null;
  const versions = testedVersions();
  const list = `${names.slice(0, -1).join(', ')} and ${names.at(-1) ?? ''}`;
  return `${list}: npm install ${names.map((name) => `${name}@${versions[name] ?? 'latest'}`).join(' ')}`;
}

/**
 * Checks that a part can be used.
 * @param what what needs the part, for example an option
 * @throws an InputError that says what to install
 */
export function requirePackages(part: OptionalPart, what: string): void {
  const missing = missingPackages(part);
  if (missing !== null) throw new InputError(`${what} needs ${missing}`);
}

function isInstalled(name: string): boolean {
  try {
    import.meta.resolve(name);
    return true;
  } catch {
    return false;
  }
}

/** Returns the versions of the peer packages with which this version was tested: the lowest of each range. */
function testedVersions(): Readonly<Record<string, string>> {
  const file = new URL('../../../package.json', import.meta.url);
  const { peerDependencies } = JSON.parse(readFileSync(file, 'utf8')) as {
    readonly peerDependencies: Readonly<Record<string, string>>;
  };
  return Object.fromEntries(
    Object.entries(peerDependencies).map(([name, range]) => [name, range.replace('^', '')]),
  );
}
