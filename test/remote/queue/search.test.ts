import assert from 'node:assert/strict';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { noRedis } from '../no-redis.js';
import { RedisServer } from '../redis-server.js';
import { resultHashes, runCommand, startCommand } from '../../faults/command.js';
import { decisionsIn, searchFolder } from '../../faults/searches.js';

describe(
  'a search with three queue workers takes the decisions of a local run, with the same bytes:',
  {
    skip: noRedis,
    timeout: 300_000,
  },
  () => {
    let redis: RedisServer;

    before(async () => {
      redis = await RedisServer.start();
    });

    after(async () => redis.remove());

    for (const name of ['halving', 'tpe'])
      test(name, async () => {
        const folder = searchFolder();
        const [local, queued] = [path.join(folder, 'local'), path.join(folder, 'queued')];
        const plugin = ['--plugin', path.join(folder, 'plugin.mjs')];
        const run = ['run', path.join(folder, `${name}.yaml`), ...plugin];
        const alone = await runCommand([...run, '--out', local, '--workers', '1']);
        assert.equal(alone.code, 0, alone.stderr);
        const work = ['worker', '--queue', redis.url, '--out', queued, '--workers', '1', ...plugin];
        const workers = [1, 2, 3].map(() => startCommand(work));
        try {
          const shared = await runCommand([...run, '--out', queued, '--queue', redis.url]);
          assert.equal(shared.code, 0, shared.stderr);
        } finally {
          for (const { child } of workers) child.kill('SIGTERM');
          await Promise.all(workers.map(async ({ ended }) => ended));
        }
        assert.equal(Object.keys(decisionsIn(local, name)).length, 3);
        assert.deepEqual(decisionsIn(queued, name), decisionsIn(local, name));
        assert.deepEqual(resultHashes(queued), resultHashes(local));
      });
  },
);
