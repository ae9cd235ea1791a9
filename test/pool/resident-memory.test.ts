import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { residentBytesOf, residentBytesOfTree } from '../../src/pool/resident-memory.js';

const NOT_LINUX =
  process.platform === 'linux' ? false : 'only Linux reports the memory of a process in /proc';
const BYTES = 200e6;
const HOLD = `const held = Buffer.alloc(${BYTES}, 1); console.log('ready'); setInterval(() => held.length, 1000);`;
const START = `
const { spawn } = require('node:child_process');
const child = spawn(process.execPath, ['-e', ${JSON.stringify(HOLD)}], { stdio: 'inherit' });
process.on('exit', () => child.kill('SIGKILL'));
process.on('SIGTERM', () => process.exit());
`;

test('the memory of a tree includes the processes that its root started', { skip: NOT_LINUX }, async (t) => {
  const root = spawn(process.execPath, ['-e', START], { stdio: ['ignore', 'pipe', 'inherit'] });
  t.after(async () => terminate(root));
  await once(root.stdout, 'data');
  const pid = root.pid ?? 0;
  const own = residentBytesOf(pid);
  assert.ok(own > 10e6 && own < BYTES, `the root alone has ${own} bytes`);
  assert.ok(residentBytesOfTree(pid) > own + BYTES, 'the tree has what its child holds');
});

test('a process that has ended has no memory', { skip: NOT_LINUX }, async () => {
  const child = spawn(process.execPath, ['-e', ''], { stdio: 'ignore' });
  await once(child, 'exit');
  assert.equal(residentBytesOfTree(child.pid ?? 0), 0);
});

async function terminate(child: ChildProcess): Promise<void> {
  child.kill('SIGTERM');
  await once(child, 'exit');
}
