import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, release, totalmem, type } from 'node:os';
import { installedTensorFlow } from '../src/store/installation.js';
import type { Result } from './result.js';

export function describeMachine(): Result['machine'] {
  return {
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: availableParallelism(),
    memoryBytes: totalmem(),
    system: `${type()} ${release()}`,
    loadBefore: loadavg(),
    pinnedCore: coreToPin(),
  };
}

export function describeVersions(): Result['versions'] {
  const { version, source } = installedTensorFlow();
  return { 'vae-sweep': packageVersion(), node: process.versions.node, tensorflow: `${version} (${source})` };
}

/** Returns the last core that this process may use, because the first core serves most interrupts; null without taskset. */
export function coreToPin(): number | null {
  if (spawnSync('taskset', ['--version']).status !== 0) return null;
  const allowed = /^Cpus_allowed_list:.*?(\d+)$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
  return allowed === undefined ? null : Number(allowed);
}

/** Returns the package's version, with the commit if there is one. */
function packageVersion(): string {
  const root = new URL('../../', import.meta.url);
  const { version } = JSON.parse(readFileSync(new URL('package.json', root), 'utf8')) as { version: string };
  const git = spawnSync('git', ['describe', '--always', '--dirty', '--exclude', '*'], {
    cwd: root,
    encoding: 'utf8',
  });
  return git.status === 0 ? `${version} (${git.stdout.trim()})` : version;
}
