import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, it } from 'node:test';
import { promisify } from 'node:util';
import { Notifier, parseNotifyUrls } from '../../src/cli/notifier.js';
import type { Settlement } from '../../src/run/settle.js';
import type { TaskFailure } from '../../src/task/outcome.js';
import { sampleTask } from '../store/sample-task.js';
import { MAIN } from './command.js';

type Answer = (response: ServerResponse, attempt: number) => void;

/** Starts a server that answers as given. @returns the bodies that it received, its URL, and a function that closes it */
async function webhook(answer: Answer) {
  const received: Record<string, unknown>[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      assert.equal(request.method, 'POST');
      assert.equal(request.headers['content-type'], 'application/json');
      received.push(JSON.parse(body) as Record<string, unknown>);
      answer(response, received.length);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    received,
    url: `http://127.0.0.1:${port}/secret`,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

const accept: Answer = (response) => response.end('ok');

/** Sends the end of a run to a server. @returns what the server received, and what was printed */
async function endOfRun(answer: Answer, timeoutMs = 5_000, flushMs = 10_000) {
  const hook = await webhook(answer);
  const lines: string[] = [];
  const notifier = new Notifier({
    urls: parseNotifyUrls([hook.url]),
    sweep: 'mine',
    print: (line) => lines.push(line),
    now: () => new Date('2026-11-30T12:00:00Z'),
    timeoutMs,
    retryAfterMs: [1, 1],
    flushMs,
  });
  notifier.ended({ done: 3, failed: [], corrupt: [], interrupted: false });
  await notifier.flush();
  hook.close();
  return { received: hook.received, lines, origin: new URL(hook.url).origin };
}

function failedWith(reason: TaskFailure['reason'], type: 'retry' | 'failed'): Settlement {
  const failure: TaskFailure = { reason, message: 'why', step: 3, attempts: 1, lastFinite: null };
  return type === 'retry' ? { type, blame: 1, failure, stack: null } : { type, failure, stack: null };
}

describe('a notification', () => {
  it('has a text for people, and fields for programs', async () => {
    const { received, lines } = await endOfRun(accept);
    const [{ text, host, ...fields } = {}] = received;
    assert.match(String(text), /^vae-sweep: mine on .+ ended after .*: 3 done$/);
    assert.equal(typeof host, 'string');
    assert.deepEqual(fields, {
      event: 'end',
      sweep: 'mine',
      time: '2026-11-30T12:00:00.000Z',
      done: 3,
      failed: 0,
      corrupt: 0,
      elapsedMs: 0,
    });
    assert.deepEqual(lines, []);
  });

  it('is sent again after an error of the server, but not after a refusal', async () => {
    const busy = await endOfRun((response, attempt) => {
      response.statusCode = attempt < 3 ? 503 : 200;
      response.end();
    });
    assert.deepEqual([busy.received.length, busy.lines], [3, []]);
    const refused = await endOfRun((response) => {
      response.statusCode = 404;
      response.end();
    });
    assert.deepEqual(refused.lines, [`--notify: ${refused.origin}: answered with status 404`]);
    assert.equal(refused.received.length, 1);
  });

  it('is given up if nothing answers, and the message does not contain the secret part of the URL', async () => {
    const silent = await endOfRun(() => undefined, 50);
    assert.equal(silent.received.length, 3);
    assert.deepEqual(silent.lines, [`--notify: ${silent.origin}: no answer`]);
  });

  it('is given up at the end of the run if its deliveries take too long', async () => {
    const silent = await endOfRun(() => undefined, 60_000, 100);
    assert.deepEqual(silent.lines, ['--notify: gave up after 100 ms']);
  });

  it('names each URL that can not be reached, once', async () => {
    const hooks = await Promise.all([webhook(accept), webhook(accept)]);
    for (const { close } of hooks) close();
    const lines: string[] = [];
    const notifier = new Notifier({
      urls: parseNotifyUrls(hooks.map(({ url }) => url)),
      sweep: 'mine',
      print: (line) => lines.push(line),
      now: () => new Date(0),
      retryAfterMs: [],
    });
    notifier.failed(new Error('why'));
    notifier.failed(new Error('why'));
    await notifier.flush();
    const named = lines.map((line) => line.replace(/: connect.*/, '')).sort();
    assert.deepEqual(named, hooks.map(({ url }) => `--notify: ${new URL(url).origin}`).sort());
  });

  it('is sent once about a stall and once about a failed task', async () => {
    const hook = await webhook(accept);
    const notifier = new Notifier({
      urls: parseNotifyUrls([hook.url]),
      sweep: 'mine',
      print: (line) => assert.fail(line),
      now: () => new Date(0),
    });
    const settled: Settlement[] = [];
    const { settled: settle } = notifier.watch({
      line: () => undefined,
      settled: (_task, settlement) => settled.push(settlement),
      stopping: () => undefined,
      showProgress: () => () => undefined,
    });
    const all = [
      failedWith('error', 'retry'),
      failedWith('stalled', 'retry'),
      failedWith('stalled', 'failed'),
      failedWith('error', 'failed'),
    ];
    for (const settlement of all) settle(sampleTask(1), settlement);
    await notifier.flush();
    hook.close();
    assert.deepEqual(settled, all);
    assert.deepEqual(
      hook.received.map(({ event, reason }) => [event, reason]),
      [
        ['stall', 'stalled'],
        ['first failure', 'stalled'],
      ],
    );
  });
});

it('a run posts to the URLs of the command and of the project, and succeeds if one of them fails', async () => {
  const closed = await webhook(accept);
  closed.close();
  const unused = new URL(closed.url).origin;
  const hook = await webhook(accept);
  const folder = mkdtempSync(path.join(tmpdir(), 'vae-sweep-notify-'));
  writeFileSync(
    path.join(folder, 'one.yaml'),
    'experiment: identities\nsettings: { identity: lemma1, seed: 1, draws: 5 }\n',
  );
  writeFileSync(path.join(folder, 'vae-sweep.config.yaml'), `notify: ['${hook.url}']\n`);
  const args = [MAIN, 'run', 'one.yaml', '--workers', '1', '--notify', `${unused}/x`];
  // Rejects if the exit code is not 0.
  const { stderr } = await promisify(execFile)(process.execPath, args, { cwd: folder });
  hook.close();
  assert.deepEqual(
    hook.received.map(({ event, done }) => [event, done]),
    [['end', 1]],
  );
  assert.match(stderr, new RegExp(`--notify: ${unused}: .*ECONNREFUSED`));
  const owners = readdirSync(path.join(folder, 'out', 'lock')).map((name) =>
    readFileSync(path.join(folder, 'out', 'lock', name), 'utf8'),
  );
  assert.ok(owners.some((owner) => owner.includes(`--notify ${unused}/...`)));
});

it('a text that is not an http URL, or has a password, is refused', () => {
  assert.throws(() => parseNotifyUrls(['https://me:secret@example.org/x']), {
    message: '--notify: expected a URL without a user name and password',
  });
  for (const text of ['hooks.slack.com/x', 'file:///etc/passwd', ''])
    assert.throws(() => parseNotifyUrls([text]), {
      name: 'InputError',
      message: `--notify: expected an http or https URL, for example https://hooks.slack.com/services/...`,
    });
});
