import assert from 'node:assert/strict';
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, test } from 'node:test';
import { noRedis } from '../remote/no-redis.js';
import { freePort } from '../remote/redis-server.js';
import { vaeSweep } from '../cli/command.js';
import { resultHashes } from '../faults/command.js';
import { commandOf, readCompose } from './compose-file.js';
import { waitUntil } from '../wait-until.js';

const ROOT = path.join(import.meta.dirname, '../../..');
const FILE = path.join(ROOT, 'examples/compose/compose.yaml');
const PASSWORD = 'a-secret-of-the-test';

const { services = {}, networks, volumes } = readCompose(FILE);
const folder = mkdtempSync(path.join(tmpdir(), 'vae-sweep-compose-'));

describe('the Compose file', () => {
  test("matches Compose's schema, which rejects other files", () => {
    const change = (from: string, to: string): string => {
      const file = path.join(folder, 'changed.yaml');
      writeFileSync(file, readFileSync(FILE, 'utf8').replace(from, to));
      return file;
    };
    const misspelled = change('restart: unless-stopped', 'restarts: unless-stopped');
    assert.throws(() => readCompose(misspelled), /services\['redis'\] should NOT have additional properties/);
    const ofText = change('replicas: 2', 'replicas: two');
    assert.throws(() => readCompose(ofText), /deploy\.replicas should be integer/);
  });

  test('opens no port to the outside, and takes the password only from the environment', () => {
    for (const [name, service] of Object.entries(services)) {
      assert.deepEqual([service.ports, service.network_mode], [undefined, undefined], name);
      assert.deepEqual(service.networks, ['queue'], name);
      assert.equal(
        Object.values(service.environment ?? {}).join(),
        '${REDIS_PASSWORD:?set it in examples/compose/.env}',
      );
    }
    assert.deepEqual(networks, { queue: { internal: true } });
    assert.deepEqual(Object.keys(volumes ?? {}), ['redis', 'store']);
  });

  test(
    'gives the same bytes with its Redis, coordinator and workers as a run on one machine',
    {
      skip: noRedis,
      timeout: 120_000,
    },
    async () => {
      const sweep = path.join(folder, 'tiny.yaml');
      writeFileSync(
        sweep,
        'experiment: linear\ngrid: { dimensions: [[2, 4, 3]], seed: [1, 2, 3] }\nsettings: { steps: 200 }\n',
      );
      const undivided = path.join(folder, 'undivided');
      assert.equal(vaeSweep('run', sweep, '--out', undivided).status, 0);
      const port = String(await freePort());
      const store = path.join(folder, 'store');
      const start = (name: string): ChildProcess => startService(name, { port, sweep, store });
      const redis = start('redis');
      const started = [redis];
      try {
        await untilHealthy(port);
        assert.equal(askRedis(port, {}, 'PING').stdout, 'NOAUTH Authentication required.\n\n');
        for (const [name, value] of [
          ['appendonly', 'yes'],
          ['maxmemory-policy', 'noeviction'],
        ] as const)
          assert.equal(
            askRedis(port, { REDISCLI_AUTH: PASSWORD }, 'CONFIG', 'GET', name).stdout,
            `${name}\n${value}\n`,
          );
        const replicas = Array.from({ length: services['worker']?.deploy?.replicas ?? 0 }, () =>
          start('worker'),
        );
        started.push(...replicas);
        const coordinator = start('coordinator');
        started.push(coordinator);
        assert.equal((await once(coordinator, 'exit'))[0], 0);
        for (const worker of replicas) worker.kill('SIGTERM');
        for (const worker of replicas) if (worker.exitCode === null) await once(worker, 'exit');
        assert.deepEqual(
          replicas.map(({ exitCode }) => exitCode),
          [130, 130],
        );
        assert.deepEqual(resultHashes(store), resultHashes(undivided));
      } finally {
        for (const each of started) each.kill('SIGKILL');
      }
    },
  );
});

/** Starts a service's command as a process, with a folder and a port of this machine instead of the container's. */
function startService(
  name: string,
  { port, sweep, store }: Record<'port' | 'sweep' | 'store', string>,
): ChildProcess {
  const data = path.join(folder, 'data');
  mkdirSync(data, { recursive: true });
  const [program = '', ...args] = commandOf(services[name]).map((word) =>
    word
      .replace('redis-server -', `redis-server - --port ${port} --bind 127.0.0.1`)
      .replace('--dir /data', `--dir ${data}`)
      .replace('redis://redis:6379', `redis://127.0.0.1:${port}`)
      .replace('/store', store)
      .replace('sweeps/paper.yaml', sweep),
  );
  const secrets = Object.keys(services[name]?.environment ?? {}).map((variable) => [variable, PASSWORD]);
  const env = { ...process.env, ...(Object.fromEntries(secrets) as Record<string, string>) };
  return spawn(program, args, { cwd: ROOT, env, stdio: 'ignore' });
}

async function untilHealthy(port: string): Promise<void> {
  await waitUntil(
    'Redis answers',
    () => askRedis(port, { REDISCLI_AUTH: PASSWORD }, 'PING').stdout === 'PONG\n',
  );
}

function askRedis(port: string, env: Readonly<Record<string, string>>, ...command: readonly string[]) {
  return spawnSync('redis-cli', ['-p', port, ...command], {
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], ...env },
  });
}
