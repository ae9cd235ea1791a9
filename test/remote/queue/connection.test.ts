import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { noRedis } from '../no-redis.js';
import { RedisServer } from '../redis-server.js';
import { parseQueueUrl } from '../../../src/remote/queue/address.js';
import { QueueConnection } from '../../../src/remote/queue/connection.js';
import { TEST_TIMING } from './fleet.js';
import { waitUntil } from '../../wait-until.js';

describe('a connection to Redis', { skip: noRedis, timeout: 60_000 }, () => {
  test('ends with its pending commands when it is closed during an outage', async () => {
    const redis = await RedisServer.start();
    const connection = await QueueConnection.open(parseQueueUrl(redis.url), TEST_TIMING, () => undefined);
    const other = connection.client.duplicate();
    await other.ping();
    const inFlight = other.blpop('nothing', 0);
    await redis.kill();
    for (const client of [connection.client, other])
      await waitUntil('the client reconnects', () => client.status === 'reconnecting', 1);
    const waiting = connection.client.get('key');
    connection.close(Promise.resolve(other));
    await assert.rejects(waiting, /Connection is closed/);
    await assert.rejects(inFlight, /Connection is closed/);
    assert.deepEqual([connection.client.status, other.status], ['end', 'end']);
    await redis.remove();
  });

  test('counts as lost without answers, and pending commands are answered once Redis is back', async () => {
    const redis = await RedisServer.start();
    const printed: string[] = [];
    const connection = await QueueConnection.open(parseQueueUrl(redis.url), TEST_TIMING, (line) => {
      printed.push(line);
    });
    redis.pause();
    const waiting = connection.client.get('key');
    await waitUntil('the connection counts as lost', () => !connection.isReady);
    assert.match(
      printed[0] ?? '',
      /^lost the connection to the queue at .* \(Socket timeout.*\): reconnecting$/,
    );
    redis.resume();
    assert.equal(await waiting, null);
    assert.match(printed.at(-1) ?? '', /^reconnected to the queue at .* after /);
    connection.close();
    await redis.remove();
  });
});
