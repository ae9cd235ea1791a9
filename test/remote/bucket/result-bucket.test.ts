import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, beforeEach, describe, test } from 'node:test';
import { parseBucketUrl } from '../../../src/remote/bucket/address.js';
import { mergeBucket } from '../../../src/remote/bucket/merge-bucket.js';
import { ResultBucket } from '../../../src/remote/bucket/result-bucket.js';
import { BucketError, StoreError } from '../../../src/errors.js';
import { TASK_FILES, taskFolder, verifyTask } from '../../../src/store/task-folder.js';
import { resultHashes } from '../../faults/command.js';
import { finish, interrupt } from '../../store/sample-store.js';
import { identifiedTask } from '../../store/sample-task.js';
import { noS3, S3Server } from './s3-server.js';

/** Starts a proxy that forwards requests to a local server and records them. */
async function startRecorder(port: number) {
  const seen: string[] = [];
  const proxy = createServer((incoming, response) => {
    const { method = '', url = '', headers } = incoming;
    seen.push(`${method} ${url}`);
    const forwarded = request({ port, host: '127.0.0.1', method, path: url, headers }, (got) => {
      response.writeHead(got.statusCode ?? 500, got.headers);
      got.pipe(response);
    });
    incoming.pipe(forwarded);
  }).listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  const url = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
  const close = (): void => {
    proxy.closeAllConnections();
    proxy.close();
  };
  return { url, seen, close };
}

const task = identifiedTask(1);
const never = new AbortController().signal;

describe('a bucket of results', { skip: noS3, timeout: 60_000 }, () => {
  let server: S3Server;
  let name: string;
  let bucket: ResultBucket;
  let from: string;
  let outDir: string;
  let count = 0;

  before(async () => {
    server = await S3Server.start();
  });

  after(async () => {
    await server.kill();
  });

  beforeEach(async () => {
    count += 1;
    name = `results-${count}`;
    await server.createBucket(name);
    bucket = await open(`s3://${name}/paper`);
    [from, outDir] = ['from', 'out'].map((each) =>
      mkdtempSync(path.join(tmpdir(), `vae-sweep-bucket-${each}-`)),
    ) as [string, string];
  });

  async function open(url: string): Promise<ResultBucket> {
    return ResultBucket.open(parseBucketUrl(url), never);
  }

  function key(file: string): string {
    return `paper/tasks/${task.name}/${file}`;
  }

  test('transfers the same files to another store, under the same keys as their paths in a store', async () => {
    const folder = finish(from, task);
    writeFileSync(path.join(folder, TASK_FILES.run), '[]');
    interrupt(outDir, task, 40);
    assert.equal(await bucket.has(task), false);
    await bucket.send(task, from);
    assert.deepEqual(await server.keys(name), readdirSync(folder).map(key).sort());
    assert.equal(await bucket.has(task), true);
    assert.deepEqual([...(await bucket.finished())], [task.name]);
    assert.deepEqual(await bucket.download(task, outDir), { type: 'downloaded' });
    assert.deepEqual(resultHashes(outDir), resultHashes(from));
    assert.equal(verifyTask(taskFolder(outDir, task), task.id).state, 'done');
    assert.deepEqual(readdirSync(outDir), ['tasks']);
  });

  test('transfers a file in several parts', async () => {
    const folder = finish(from, task, 'x'.repeat(11 << 20));
    await bucket.send(task, from);
    assert.deepEqual(await bucket.download(task, outDir), { type: 'downloaded' });
    assert.deepEqual(
      readFileSync(path.join(taskFolder(outDir, task), TASK_FILES.steps)),
      readFileSync(path.join(folder, TASK_FILES.steps)),
    );
  });

  test('receives the marker last', async () => {
    finish(from, task);
    const proxy = await startRecorder(server.port);
    const endpoint = process.env['AWS_ENDPOINT_URL'];
    process.env['AWS_ENDPOINT_URL'] = proxy.url;
    await (await open(`s3://${name}/paper`)).send(task, from);
    process.env['AWS_ENDPOINT_URL'] = endpoint;
    proxy.close();
    const puts = proxy.seen.filter((each) => each.startsWith('PUT')).map((each) => path.basename(each));
    assert.equal(puts.length, 6);
    assert.match(puts.at(-1) ?? '', /^done[.]json/);
  });

  test('is queried task by task for few tasks, and listed for many', async () => {
    const tasks = Array.from({ length: 31 }, (_, seed) => identifiedTask(seed));
    const there = [tasks[3], tasks[30]].flatMap((each) => each?.name ?? []);
    for (const each of there) await server.put(name, `paper/tasks/${each}/done.json`, 'x');
    const proxy = await startRecorder(server.port);
    const endpoint = process.env['AWS_ENDPOINT_URL'];
    process.env['AWS_ENDPOINT_URL'] = proxy.url;
    const recorded = await open(`s3://${name}/paper`);
    process.env['AWS_ENDPOINT_URL'] = endpoint;
    assert.deepEqual([...(await recorded.finishedOf(tasks))].sort(), there.sort());
    assert.equal(proxy.seen.length, 2, String(proxy.seen));
    assert.deepEqual([...(await recorded.finishedOf(tasks.slice(0, 5)))], [tasks[3]?.name]);
    assert.equal(proxy.seen.filter((each) => each.startsWith('HEAD')).length, 5);
    proxy.close();
  });

  test('is merged into a store with the same results by reading only the markers', async () => {
    finish(from, task);
    await bucket.send(task, from);
    const options = {
      outDir,
      dryRun: false,
      signal: never,
      onCount: () => undefined,
      onEntry: () => undefined,
    };
    const decisions = async (of: ResultBucket): Promise<string[]> =>
      (await mergeBucket(of, options)).map(({ decision }) => decision.type);
    assert.deepEqual(await decisions(bucket), ['copy']);
    const proxy = await startRecorder(server.port);
    const endpoint = process.env['AWS_ENDPOINT_URL'];
    process.env['AWS_ENDPOINT_URL'] = proxy.url;
    const recorded = await open(`s3://${name}/paper`);
    process.env['AWS_ENDPOINT_URL'] = endpoint;
    assert.deepEqual(await decisions(recorded), ['present']);
    const got = proxy.seen.filter((each) => each.includes(key('')));
    assert.deepEqual(
      got.map((each) => path.basename(each).split('?')[0]),
      [TASK_FILES.done],
    );
    proxy.close();
  });

  test('has no marker of a task that could not be sent completely', async () => {
    const folder = finish(from, task);
    mkdirSync(path.join(folder, TASK_FILES.run));
    await assert.rejects(bucket.send(task, from), StoreError);
    assert.equal(await bucket.has(task), false);
    assert.deepEqual(await bucket.download(task, outDir), { type: 'missing' });
  });

  test('keeps the result that arrived first', async () => {
    finish(from, task);
    await bucket.send(task, from);
    const other = mkdtempSync(path.join(tmpdir(), 'vae-sweep-bucket-'));
    finish(other, task, 'other');
    await bucket.send(task, other);
    await bucket.download(task, outDir);
    assert.deepEqual(resultHashes(outDir), resultHashes(from));
  });

  test('is not trusted: files that do not match the marker, or are too large, are rejected', async () => {
    finish(from, task);
    const marker = (files: object): string => JSON.stringify({ id: task.id, files });
    const huge = { bytes: 2 ** 50, sha256: '' };
    const cases: readonly (readonly [string, string | null, RegExp])[] = [
      [TASK_FILES.steps, 'steps.arrow CONTENT', /steps.arrow does not match its SHA-256 in done.json/],
      [TASK_FILES.steps, 'short', /steps.arrow has the wrong size \(5 instead of \d+ bytes\)/],
      [TASK_FILES.steps, 'x'.repeat(1_000_000), /steps.arrow has the wrong size \(more than \d+ bytes\)/],
      [TASK_FILES.steps, null, /steps.arrow is missing/],
      [TASK_FILES.done, '{}', /done.json is invalid/],
      [TASK_FILES.done, 'x'.repeat(2 << 20), /done.json is larger than 1\.05 MB/],
      [TASK_FILES.done, marker({ '../../x.arrow': huge }), /done.json is invalid/],
      [TASK_FILES.done, marker({ 'steps.arrow': huge }), /its files have .* more than the maximum of 4 GB/],
      [TASK_FILES.done, marker({ 'done.json': { bytes: 1, sha256: '' } }), /done.json lists done.json/],
      [TASK_FILES.task, '{"settings":{},"versions":{}}', /task.json does not match the task's id/],
      [TASK_FILES.task, null, /has no task.json/],
    ];
    for (const [file, content, problem] of cases) {
      await bucket.removeMarker(task);
      await bucket.send(task, from);
      await (content === null ? server.remove(name, key(file)) : server.put(name, key(file), content));
      const downloaded = await bucket.download(task, outDir);
      assert.equal(downloaded.type, 'corrupt', `${file}: ${content?.slice(0, 20) ?? ''}`);
      assert.match('problem' in downloaded ? downloaded.problem : '', problem);
      assert.equal(existsSync(taskFolder(outDir, task)), false);
    }
  });

  test('lists only the names of tasks, however many there are', async () => {
    const names = Array.from(
      { length: 1_001 },
      (_, index) => `linear-${index.toString(16).padStart(16, '0')}`,
    );
    const keys = [
      ...names.map((each) => `paper/tasks/${each}/done.json`),
      'paper/tasks/../done.json',
      'paper/tasks/a/b-0123456789abcdef/done.json',
      'paper/tasks/none/done.json',
      'tasks/linear-0123456789abcdef/done.json',
    ];
    await Promise.all(keys.map(async (each) => server.put(name, each, 'x')));
    assert.deepEqual([...(await bucket.finished())].sort(), names);
  });

  test('that does not exist, or has no server, throws when it is opened', async () => {
    const isBucketError = (reason: RegExp) => (error: Error) =>
      error instanceof BucketError && reason.test(error.message) && !error.message.includes('secret-key');
    await assert.rejects(
      open('s3://nowhere'),
      isBucketError(/^can't use the bucket at s3:\/\/nowhere \(NoSuchBucket: /),
    );
    const endpoint = process.env['AWS_ENDPOINT_URL'];
    process.env['AWS_ENDPOINT_URL'] = 'http://127.0.0.1:1';
    await assert.rejects(open(`s3://${name}`), isBucketError(/ECONNREFUSED/));
    process.env['AWS_ENDPOINT_URL'] = endpoint;
  });
});
