import assert from 'node:assert/strict';
import path from 'node:path';
import { describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { mersenne } from 'pure-rand/generator/mersenne';
import { resultHashes, runCommand, startCommand } from './command.js';
import { decisionsIn, searchFolder } from './searches.js';

/** Number of kills of each search; `npm run test:soak` sets hundreds. */
const KILLS = Number(process.env['VAE_SWEEP_KILLS'] ?? 2);
const SEED = Number(process.env['VAE_SWEEP_SEED'] ?? Date.now() % 1_000_000);
/** Latest time of a kill after the start of Node. */
const LATEST_KILL_MS = 3_000;

describe(`a search that is killed ${KILLS} times (seed ${SEED}) takes the same decisions, with the same bytes:`, () => {
  const random = mersenne(SEED);
  for (const [name, decisions] of [
    ['halving', 3],
    ['tpe', 3],
  ] as const)
    test(name, { timeout: 600_000 }, async () => {
      const folder = searchFolder();
      const run = (out: string, workers: number) => [
        ...['run', path.join(folder, `${name}.yaml`), '--plugin', path.join(folder, 'plugin.mjs')],
        ...['--out', path.join(folder, out), '--workers', String(workers), '--checkpoint-every', '0.1'],
      ];
      const undisturbed = await runCommand(run('undisturbed', 1));
      assert.equal(undisturbed.code, 0, undisturbed.stderr);
      for (let kills = 0; kills < KILLS; kills++) {
        const { child, ended } = startCommand(run('killed', 2));
        await Promise.race([ended, delay(uniformInt(random, 500, LATEST_KILL_MS))]);
        if (child.exitCode !== null) break;
        // The whole process group, like a crash of the machine.
        process.kill(-(child.pid ?? 0), 'SIGKILL');
        await ended;
      }
      const last = await runCommand(run('killed', 2));
      assert.equal(last.code, 0, last.stderr);
      const [expected, actual] = ['undisturbed', 'killed'].map((out) => path.join(folder, out));
      assert.deepEqual(decisionsIn(actual ?? '', name), decisionsIn(expected ?? '', name));
      assert.equal(Object.keys(decisionsIn(actual ?? '', name)).length, decisions);
      assert.deepEqual(resultHashes(actual ?? ''), resultHashes(expected ?? ''));
    });
});
