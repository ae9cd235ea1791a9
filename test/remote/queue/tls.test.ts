import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { after, afterEach, before, describe, test } from 'node:test';
import { noRedis } from '../no-redis.js';
import { RedisServer } from '../redis-server.js';
import { MAIN } from '../../cli/command.js';
import { Authority, noOpenssl } from './authority.js';
import { newStore, QueueProcess, queueTask, stateOf } from './fleet.js';

const PASSWORD = 'a-secret-of-the-test';

describe('a queue with TLS', { skip: noRedis || noOpenssl, timeout: 60_000 }, () => {
  let authority: Authority;
  let redis: RedisServer;

  before(async () => {
    authority = new Authority();
    redis = await RedisServer.start({ password: PASSWORD, tls: authority.certify('IP:127.0.0.1') });
  });

  afterEach(() => {
    delete process.env['NODE_EXTRA_CA_CERTS'];
  });

  after(async () => redis.remove());

  /** Returns the error of a worker that trusts this authority in addition to the system's. */
  function refusedBy(url: string, trusted?: Authority): string {
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [MAIN, 'worker', '--queue', url, '--out', newStore()],
      {
        encoding: 'utf8',
        timeout: 20_000,
        env: { ...process.env, NODE_EXTRA_CA_CERTS: trusted?.certificate },
      },
    );
    assert.deepEqual([status, stdout, stderr.includes(PASSWORD)], [1, '', false], stderr);
    return stderr;
  }

  test('works with the certificate authority in NODE_EXTRA_CA_CERTS', async () => {
    process.env['NODE_EXTRA_CA_CERTS'] = authority.certificate;
    const tasks = [queueTask(1, 'succeeds'), queueTask(2, 'succeeds')];
    const spec = { redis: redis.url, outDir: newStore() };
    const worker = new QueueProcess('worker', spec);
    const coordinator = new QueueProcess('coordinator', { ...spec, tasks });
    assert.equal(await coordinator.ended(), 0, coordinator.output);
    assert.equal(await worker.kill('SIGTERM'), 130, worker.output);
    for (const task of tasks) assert.deepEqual(stateOf(spec.outDir, task), { state: 'done' });
    assert.equal(`${worker.output}${coordinator.output}`.includes(PASSWORD), false);
  });

  test('rejects a certificate of an unknown authority', () => {
    const wanted =
      /^vae-sweep: can't use the queue at rediss:\/\/127\.0\.0\.1:\d+\/0 \((self-signed certificate in certificate chain|unable to verify the first certificate|unable to get local issuer certificate)\): .*; for your own certificate authority, set NODE_EXTRA_CA_CERTS to its certificate's file\n$/;
    assert.match(refusedBy(redis.url), wanted);
    assert.match(refusedBy(redis.url, new Authority()), wanted);
  });

  test('rejects a certificate of another server', async () => {
    const other = await RedisServer.start({ tls: authority.certify('DNS:redis.example.com') });
    try {
      assert.match(refusedBy(other.url, authority), /\(Hostname\/IP does not match certificate's altnames: /);
    } finally {
      await other.remove();
    }
  });

  test('rejects a connection without TLS', () => {
    assert.match(
      refusedBy(redis.url.replace('rediss:', 'redis:')),
      /^vae-sweep: can't use the queue at redis:\/\/127\.0\.0\.1:\d+\/0 \(.+\): check that Redis is running there/,
    );
  });
});
