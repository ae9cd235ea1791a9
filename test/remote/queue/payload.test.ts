import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { failureOf } from '../../../src/task/outcome.js';
import { PASSWORD_VARIABLE, parseQueueUrl } from '../../../src/remote/queue/address.js';
import { parseDone, parseFailure, parseProgress } from '../../../src/remote/queue/messages.js';
import { decodePayload, encodePayload, QUEUE_PROTOCOL } from '../../../src/remote/queue/payload.js';
import { commandLine } from '../../../src/store/lock-owner.js';
import { identify } from '../../../src/task/identity.js';
import { queueTask } from './fleet.js';

const VERSIONS = { tensorflow: '2.21.0', numerics: 1, theory: 1 };
const payload = { task: queueTask(3, 'succeeds'), predecessorSteps: 50, failures: 2 };

/** Returns the value as it arrives from Redis. */
function sent(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

function problemOf(data: unknown): string {
  const decoded = decodePayload(sent(data), VERSIONS);
  assert.ok(decoded.type === 'invalid');
  return decoded.problem;
}

describe('a payload', () => {
  const { task } = payload;
  const encoded = encodePayload(payload);

  test('is decoded to what was encoded', () => {
    assert.deepEqual(decodePayload(sent(encoded), VERSIONS), {
      type: 'payload',
      payload: { protocol: 1, ...payload },
    });
  });

  test('with another protocol or other versions is left to other workers', () => {
    assert.deepEqual(decodePayload({ protocol: QUEUE_PROTOCOL + 1, whatever: [] }, VERSIONS), {
      type: 'other version',
      theirs: 'queue protocol 2',
      ours: 'queue protocol 1',
    });
    assert.deepEqual(decodePayload(sent(encoded), { ...VERSIONS, tensorflow: '2.20.0' }), {
      type: 'other version',
      theirs: 'tensorflow 2.21.0',
      ours: 'tensorflow 2.20.0',
    });
  });

  test('that is invalid is rejected', () => {
    for (const data of [null, 7, 'train', [], {}, { protocol: 'one' }])
      assert.equal(problemOf(data), 'it is not a task of vae-sweep');
    assert.match(problemOf({ ...encoded, extra: 1 }), /Unrecognized key/);
    assert.match(problemOf({ ...encoded, failures: -1 }), /^failures: /);
    assert.match(
      problemOf({ ...encoded, padding: 'x'.repeat(20_000) }),
      /^it has \d+ characters, more than the maximum of 16384$/,
    );
  });

  test('cannot name a folder other than that of its settings', () => {
    const escaping = { ...task, name: `../../../tmp/x-${task.id}` };
    assert.match(problemOf(encodePayload({ ...payload, task: escaping })), /^its settings belong to linear-/);
    const other = identify({ ...task.settings, seed: 4 }, task.versions);
    assert.match(
      problemOf(encodePayload({ ...payload, task: { ...task, id: other.id, name: other.name } })),
      /^its settings belong to linear-/,
    );
  });

  test('cannot continue from a task that does not have fewer steps', () => {
    for (const predecessorSteps of [task.settings.steps, task.settings.steps + 1])
      assert.match(
        problemOf(encodePayload({ ...payload, predecessorSteps })),
        /^its predecessor has \d+ steps, which is not fewer than its own$/,
      );
  });

  test('with settings that could exhaust the memory is rejected', () => {
    for (const settings of [{ latentDim: 2 ** 40 }, { hiddenWidths: Array<number>(101).fill(1) }]) {
      const huge = identify({ ...task.settings, ...settings }, task.versions);
      assert.match(
        problemOf(encodePayload({ ...payload, task: huge })),
        /exceeds the limits of sweep files$/,
      );
    }
  });
});

describe('the report of a worker', () => {
  test('is validated, and ignored if it is invalid', () => {
    const progress = { type: 'training', worker: 'host-1', fromStep: 0, step: 5 };
    assert.deepEqual(parseProgress(progress), progress);
    assert.equal(parseProgress({ ...progress, step: -1 }), null);
    assert.equal(parseProgress(5), null);
    assert.equal(parseDone({ worker: 'host-1' }), null);
  });

  test('has a truncated message if it is too long', () => {
    const failure = failureOf({ type: 'failed', message: 'x'.repeat(10_000), stack: null }, 3);
    const report = { type: 'failed', worker: 'host-1', failure };
    assert.deepEqual(parseFailure(JSON.stringify(report)), report);
    assert.match(failure.message, /^x{3996} \.\.\.$/);
  });

  test("can be BullMQ's own message", () => {
    const report = parseFailure('job stalled more than allowable limit');
    assert.ok(report.type === 'failed');
    assert.deepEqual(
      [report.failure.reason, report.failure.message],
      ['crashed', 'job stalled more than allowable limit'],
    );
  });
});

describe('the address of a queue', () => {
  test('is shown without user name and password', () => {
    assert.deepEqual(parseQueueUrl('redis://user:secret@host'), {
      url: 'redis://user:secret@host',
      shown: 'redis://host:6379/0',
      database: '0',
    });
    assert.equal(parseQueueUrl('rediss://:secret@host:7000/3').shown, 'rediss://host:7000/3');
    assert.equal(parseQueueUrl('redis://[::1]:7000').shown, 'redis://[::1]:7000/0');
  });

  test('takes the password from the environment if the URL has none', () => {
    assert.equal(PASSWORD_VARIABLE, 'VAE_SWEEP_QUEUE_PASSWORD');
    assert.equal(parseQueueUrl('redis://host', 'a b').url, 'redis://:a%20b@host');
    assert.equal(parseQueueUrl('redis://host', '50%41@%').url, 'redis://:50%2541%40%25@host');
    assert.equal(parseQueueUrl('redis://:own@host', 'other').url, 'redis://:own@host');
  });

  test('is not repeated in the error if it is invalid', () => {
    for (const text of [
      'host:6379',
      'http://:secret@host',
      'redis://',
      'redis://:secret@host/x',
      'redis://:secret@host?a=b',
      'redis://:secret%zz@host',
      'redis://secret%@host',
    ])
      assert.throws(
        () => parseQueueUrl(text),
        ({ message }: Error) =>
          message.startsWith('--queue: expected redis://HOST:PORT') && !message.includes('secret'),
      );
  });

  test('is in the lock without user name and password', () => {
    const args = [
      'vae-sweep',
      'run',
      'a@b.yaml',
      '--queue',
      'rediss://user:se@c ret@host:1/2',
      '--out',
      '/x/@y',
    ];
    assert.equal(commandLine(args), 'vae-sweep run a@b.yaml --queue rediss://host:1/2 --out /x/@y');
  });
});
