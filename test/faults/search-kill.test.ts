import assert from 'node:assert/strict';
import path from 'node:path';
import { describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { mersenne } from 'pure-rand/generator/mersenne';
import { resultHashes, runCommand, startCommand } from './command.js';
import { decisionsIn, searchFolder } from './searches.js';
import { SEED } from '../seed.js';
import { reportResult } from '../soak/figures.js';

/** Number of kills of each search; `npm run test:soak` sets hundreds. */
const KILLS = Number(process.env['VAE_SWEEP_KILLS'] ?? 2);
/** Times of kills after the start of Node. */
const EARLIEST_KILL_MS = 500;
const LATEST_KILL_MS = 3_000;

describe(`a search that is killed ${KILLS} times (seed ${SEED}) takes the same decisions, with the same bytes:`, () => {
  const random = mersenne(SEED);
  for (const [name, decisions] of [
    ['halving', 3],
    ['tpe', 3],
  ] as const)
    test(name, { timeout: 120_000 + KILLS * 20_000 }, async () => {
      const folder = searchFolder();
      const argumentsFor = (out: string, workers: number) => [
        ...['run', path.join(folder, `${name}.yaml`), '--plugin', path.join(folder, 'plugin.mjs')],
        ...['--out', path.join(folder, out), '--workers', String(workers), '--checkpoint-every', '0.1'],
      ];
      const undisturbed = await runCommand(argumentsFor('undisturbed', 1));
      assert.equal(undisturbed.code, 0, undisturbed.stderr);
      const expected = path.join(folder, 'undisturbed');
      assert.equal(Object.keys(decisionsIn(expected, name)).length, decisions);
      let kills = 0;
      // A search that is done despite the kills is followed by another one in a new store.
      for (let searches = 1; kills < KILLS; searches++) {
        const run = argumentsFor(`killed-${searches}`, 2);
        while (kills < KILLS && (await isKilled(run, uniformInt(random, EARLIEST_KILL_MS, LATEST_KILL_MS))))
          kills += 1;
        const last = await runCommand(run);
        assert.equal(last.code, 0, last.stderr);
        const actual = path.join(folder, `killed-${searches}`);
        assert.deepEqual(decisionsIn(actual, name), decisionsIn(expected, name));
        assert.deepEqual(resultHashes(actual), resultHashes(expected));
      }
      reportResult(`kills of a search by ${name}: ${kills}, the same decisions and bytes`);
    });
});

/** Kills a run with all of its processes, like a crash of the machine. @returns false if it ended before */
async function isKilled(run: readonly string[], afterMs: number): Promise<boolean> {
  const { child, ended } = startCommand(run);
  await Promise.race([ended, delay(afterMs)]);
  if (child.exitCode !== null) return false;
  process.kill(-(child.pid ?? 0), 'SIGKILL');
  await ended;
  return true;
}
