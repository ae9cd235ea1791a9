import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

const COMMAND = fileURLToPath(new URL('../../../bin/vae-sweep.mjs', import.meta.url));

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Starts the command in its own process group, so that `kill(-pid)` reaches all its processes. */
export function startCommand(
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): { child: ChildProcess; ended: Promise<Ended> } {
  const child = spawn(process.execPath, [COMMAND, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...environment },
    detached: true,
  });
  const ended = Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]).then(
    ([stdout, stderr]) => ({ code: child.exitCode, stdout, stderr }),
  );
  return { child, ended };
}

export async function runCommand(args: readonly string[]): Promise<Ended> {
  return startCommand(args).ended;
}

/** What a task no longer needs once it is done, but keeps if it is killed just after its marker was written. */
const LEFTOVERS = /[.](?:arrows|tmp)$|^checkpoint/;

/** Returns the SHA-256 of every result file in a store, by path. */
export function resultHashes(outDir: string): Record<string, string> {
  const tasks = path.join(outDir, 'tasks');
  const files = readdirSync(tasks).flatMap((task) => {
    const names = readdirSync(path.join(tasks, task));
    const kept = names.includes('done.json') ? names.filter((name) => !LEFTOVERS.test(name)) : names;
    return kept.map((name) => path.join(task, name));
  });
  // The time and place of execution are not part of a task's result.
  const results = files.filter((file) => !file.endsWith('run.json')).sort();
  return Object.fromEntries(
    results.map((file) => [
      file,
      createHash('sha256')
        .update(readFileSync(path.join(tasks, file)))
        .digest('hex'),
    ]),
  );
}
