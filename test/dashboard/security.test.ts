import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, renameSync, symlinkSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { TASK_FILES, taskFolder } from '../../src/store/task-folder.js';
import { sampleDashboard, UsedDashboard } from './sample-dashboard.js';

const used = new UsedDashboard();

test('every response has a strict content security policy that allows only the server itself', async () => {
  for (const route of ['/', '/page/main.js', '/api/tables?sweep=sample', '/nothing']) {
    const { headers } = await used.get(route);
    const policy = headers.get('content-security-policy') ?? '';
    assert.match(policy, /default-src 'none'/, route);
    assert.doesNotMatch(policy, /unsafe|\*|http/, route);
    assert.equal(headers.get('x-content-type-options'), 'nosniff', route);
  }
});

test('requests are validated and never used as paths', async () => {
  const bad = [
    '/api/series?sweep=sample&task=../../etc&metrics=loss',
    '/api/series?sweep=../sample&task=0000000000000000&metrics=loss',
    `/api/series?sweep=sample&task=${used.taskId(0)}&metrics=loss&pixels=1000000`,
    `/api/series?sweep=sample&task=${used.taskId(0)}&metrics=${Array(17).fill('loss').join()}`,
    `/api/series?sweep=sample&task=${used.taskId(0)}&metrics=__proto__`,
    '/api/task?sweep=sample&task=0000000000000000',
    '/api/compare?sweep=sample&a=x&b=y',
    `/api/compare?sweep=sample&a=${Array(257).fill(used.taskId(0)).join()}&b=${used.taskId(0)}`,
    '/api/tables',
  ];
  for (const route of bad) assert.equal((await used.get(route)).status, 400, route);
});

test('no path leads out of the folder of the page', async () => {
  const port = new URL(used.url).port;
  const escapes = [
    '/page/../server.js',
    '/page/%2e%2e/server.js',
    '/page/..%2fserver.js',
    '/page/..%5cserver.js',
    '/page//etc/passwd',
    '/packages/../../../package.json',
    '/assets/fonts/Inter-Regular.ttf',
    '/page/',
  ];
  for (const route of escapes) {
    const status = await rawStatus(port, route);
    assert.ok([400, 403, 404].includes(status), `${route}: ${status}`);
  }
});

test('a store cannot expose files outside it through symbolic links', async (t) => {
  const own = sampleDashboard();
  const outside = mkdtempSync(path.join(tmpdir(), 'vae-sweep-outside-'));
  const [first, second] = own.sweep.tasks;
  assert.ok(first && second);
  const put = (file: string, link: string) => {
    renameSync(link, path.join(outside, file));
    symlinkSync(path.join(outside, file), link);
  };
  put('steps', path.join(taskFolder(own.outDir, first), TASK_FILES.steps));
  put('folder', taskFolder(own.outDir, second));
  const server = await own.start();
  t.after(() => server.close());
  for (const { id } of [first, second])
    for (const route of [`series?metrics=loss&`, 'task?']) {
      const response = await fetch(new URL(`/api/${route}sweep=sample&task=${id}`, server.url));
      assert.equal(response.status, 422, route);
      assert.match(await response.text(), /is a symbolic link, which a store must not contain/);
    }
  const tables = await fetch(new URL('/api/tables?sweep=sample', server.url));
  const text = await tables.text();
  assert.match(text, /seed 69 missing: [^"]*steps.arrow is a symbolic link/);
  assert.match(text, /seed 24 missing: [^"]* is a symbolic link/);
  const compared = await fetch(
    new URL(`/api/compare?sweep=sample&a=${first.id},${second.id}&b=${first.id}`, server.url),
  );
  assert.doesNotMatch(await compared.text(), /0\.0851/);
});

test('requests for other host names are rejected', async () => {
  const port = new URL(used.url).port;
  assert.equal(await rawStatus(port, '/', { host: `evil.example:${port}` }), 403);
  assert.equal(await rawStatus(port, '/', { host: `localhost:${port}` }), 200);
});

test('on an address that others can reach, it requires a token, which is then kept in a cookie', async () => {
  const open = await used.sample.start({ host: '0.0.0.0' });
  try {
    const { port, searchParams } = new URL(open.url);
    const at = (route: string, headers = {}) =>
      fetch(`http://127.0.0.1:${port}${route}`, { redirect: 'manual', headers });
    for (const route of ['/', '/page/main.js', '/api/events', '/api/tables?sweep=sample', '/?token=x'])
      assert.equal((await at(route)).status, 401, route);
    const entered = await at(`/?token=${searchParams.get('token') ?? ''}`);
    assert.equal(entered.status, 303);
    assert.equal(entered.headers.get('location'), '/');
    const cookie = entered.headers.get('set-cookie') ?? '';
    assert.match(cookie, /HttpOnly; SameSite=Strict/);
    assert.equal((await at('/', { cookie: cookie.split(';')[0] ?? '' })).status, 200);
  } finally {
    await open.close();
  }
});

test('two dashboards on one host have separate cookies', async () => {
  const both = [await used.sample.start({ host: '0.0.0.0' }), await used.sample.start({ host: '0.0.0.0' })];
  const cookies = await Promise.all(
    both.map(async ({ url }) => {
      const { port, search } = new URL(url);
      const { headers } = await fetch(`http://127.0.0.1:${port}/${search}`, { redirect: 'manual' });
      return headers.get('set-cookie')?.split(';')[0] ?? '';
    }),
  );
  assert.equal(new Set(cookies.map((cookie) => cookie.split('=')[0])).size, 2);
  for (const { url, close } of both) {
    const { port } = new URL(url);
    const { status } = await fetch(`http://127.0.0.1:${port}/`, { headers: { cookie: cookies.join('; ') } });
    assert.equal(status, 200);
    await close();
  }
});

test('it accepts 32 pages, and rejects another', async () => {
  const stop = new AbortController();
  const follow = () =>
    used.get('/api/events', { headers: { accept: 'text/event-stream' }, signal: stop.signal });
  const open = await Promise.all(Array.from({ length: 32 }, follow));
  assert.ok(open.every(({ status }) => status === 200));
  assert.equal((await follow()).status, 503);
  stop.abort();
});

test('it writes nothing and takes no lock', async () => {
  const own = sampleDashboard();
  const paths = () => readdirSync(own.outDir, { recursive: true }).sort();
  const before = paths();
  const server = await own.start();
  await fetch(new URL('/api/tables?sweep=sample', server.url));
  await server.close();
  assert.deepEqual(paths(), before);
});

/** Sends a raw request, because `fetch` would resolve the path and set the Host header itself. */
function rawStatus(
  port: string,
  route: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<number> {
  return new Promise((resolve, reject) => {
    request({ host: '127.0.0.1', port, path: route, headers }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    })
      .on('error', reject)
      .end();
  });
}
