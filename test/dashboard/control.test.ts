import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { request } from 'node:http';
import { after, before, describe, test } from 'node:test';
import type { Dashboard } from '../../src/dashboard/server.js';
import { acquireStoreLock, type StoreLock } from '../../src/store/lock.js';
import { RunInbox } from '../../src/store/run-requests.js';
import { sampleDashboard, type SampleDashboard } from './sample-dashboard.js';

const STOP = JSON.stringify({ sweep: 'sample', request: { action: 'stop' } });

interface Reply {
  readonly status: number;
  readonly text: string;
}

/** Sends a POST request with exactly these headers. */
function post(url: string, body: string, headers: Readonly<Record<string, string>>): Promise<Reply> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    request({ host: hostname, port, path: '/api/control', method: 'POST', headers }, (response) => {
      let text = '';
      response.on('data', (chunk: Buffer) => (text += chunk.toString()));
      response.on('end', () => {
        resolve({ status: response.statusCode ?? 0, text });
      });
    })
      .on('error', reject)
      .end(body);
  });
}

/** Returns the headers that the page of this dashboard sends. */
async function pageHeaders({ url }: Dashboard): Promise<Record<string, string>> {
  const { headers } = await fetch(url, { redirect: 'manual' });
  const cookie = headers.get('set-cookie')?.split(';')[0] ?? '';
  return { cookie, origin: new URL(url).origin, 'content-type': 'application/json' };
}

describe('requests to control a run', () => {
  let sample: SampleDashboard;
  let dashboard: Dashboard;
  let lock: StoreLock;
  let inbox: RunInbox;
  let own: Record<string, string>;

  before(async () => {
    sample = sampleDashboard();
    dashboard = await sample.start({ control: true });
    lock = await acquireStoreLock(sample.outDir);
    inbox = new RunInbox(sample.outDir, lock.nonce, 'sample');
    own = await pageHeaders(dashboard);
  });
  after(async () => {
    inbox.close();
    await lock.release();
    await dashboard.close();
  });

  test('reach the run with the address of who asked', async () => {
    const task = sample.sweep.tasks[7]?.id ?? '';
    const bodies = [
      STOP,
      JSON.stringify({ sweep: 'sample', request: { action: 'next', task } }),
      JSON.stringify({ sweep: 'sample', request: { action: 'retry', task: null } }),
    ];
    for (const body of bodies) assert.equal((await post(dashboard.url, body, own)).status, 202);
    assert.deepEqual(inbox.take(), [
      { request: { action: 'stop' }, from: '127.0.0.1' },
      { request: { action: 'next', task }, from: '127.0.0.1' },
      { request: { action: 'retry', task: null }, from: '127.0.0.1' },
    ]);
  });

  test('are rejected without the token, with a wrong one, from other origins, and as forms', async () => {
    const { cookie = '', origin = '', ...rest } = own;
    const wrong = cookie.replace(/=.*/, '=wrong');
    const cases: readonly (readonly [number, Record<string, string>])[] = [
      [401, { ...rest, origin }],
      [401, { ...rest, origin, cookie: wrong }],
      [403, { ...rest, cookie }],
      [403, { ...rest, cookie, origin: 'null' }],
      [403, { ...rest, cookie, origin: 'http://evil.example' }],
      // Another server on this host: browsers send it the cookie.
      [403, { ...rest, cookie, origin: 'http://127.0.0.1:1' }],
      [403, { ...rest, cookie, origin, host: `evil.example:${new URL(origin).port}` }],
      [415, { cookie, origin, 'content-type': 'application/x-www-form-urlencoded' }],
      [415, { cookie, origin, 'content-type': 'multipart/form-data; boundary=x' }],
      [415, { cookie, origin, 'content-type': 'text/plain' }],
    ];
    for (const [status, headers] of cases)
      assert.equal((await post(dashboard.url, STOP, headers)).status, status, JSON.stringify(headers));
    assert.deepEqual(inbox.take(), []);
  });

  test('are validated', async () => {
    const requests = [
      { action: 'delete' },
      { action: 'cancel' },
      { action: 'cancel', task: '../../../x' },
      { action: 'cancel', task: '0123456789abcdef' },
      { action: 'stop', task: 'x' },
    ];
    const bodies = requests.map((each) => JSON.stringify({ sweep: 'sample', request: each }));
    for (const body of [...bodies, STOP.replace('sample', 'other'), '{}', 'null'])
      assert.equal((await post(dashboard.url, body, own)).status, 400, body);
    assert.equal((await post(dashboard.url, 'x'.repeat(2 << 20), own)).status, 413);
    assert.deepEqual(inbox.take(), []);
  });

  test('the page learns whether it may control the run', async () => {
    const refusal = async (headers: Record<string, string>) => {
      const response = await fetch(new URL('/api/control', dashboard.url), { headers });
      return ((await response.json()) as { refusal: string | null }).refusal;
    };
    assert.equal(await refusal({ cookie: own['cookie'] ?? '' }), null);
    assert.match((await refusal({})) ?? '', /open the address that vae-sweep printed/);
  });

  test('without the token, the page on the loopback address can still be read', async () => {
    const { origin } = new URL(dashboard.url);
    for (const route of ['/', '/?token=wrong'])
      assert.equal((await fetch(`${origin}${route}`, { redirect: 'manual' })).status, 200, route);
  });

  test('can be switched off', async () => {
    const closed = await sample.start({ control: false });
    try {
      assert.equal(new URL(closed.url).search, '');
      const headers = { ...own, origin: new URL(closed.url).origin };
      const reply = await post(closed.url, STOP, headers);
      assert.deepEqual(reply, {
        status: 403,
        text: JSON.stringify({ error: 'This page is read-only because of --no-control.' }),
      });
    } finally {
      await closed.close();
    }
    assert.deepEqual(inbox.take(), []);
  });
});

test('without an active run, a request is refused with the command that starts one, and nothing is written', async () => {
  const sample = sampleDashboard();
  const dashboard = await sample.start({ control: true });
  try {
    const before = readdirSync(sample.outDir, { recursive: true }).sort();
    const reply = await post(dashboard.url, STOP, await pageHeaders(dashboard));
    assert.equal(reply.status, 409);
    assert.match(reply.text, /no run is active: start one with vae-sweep run /);
    assert.deepEqual(readdirSync(sample.outDir, { recursive: true }).sort(), before);
  } finally {
    await dashboard.close();
  }
});
