import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { before, describe, test } from 'node:test';
import { MAIN, vaeSweep } from './command.js';

/** Packages that only some commands need. The largest take longer to load than everything else in a command. */
const HEAVY =
  /^(@aws-sdk|@fastify|@resvg|@tensorflow|apache-arrow|bullmq|fastify|hyparquet-writer|ioredis|ml-matrix|preact|vega|vega-lite)\b/;
const PARTS = {
  'linear.yaml':
    'experiment: linear\nsettings: { dimensions: [1, 3, 2], seed: 1, steps: 10, engine: eager }\n',
  'flow.yaml': 'experiment: gradient-flow\nsettings: { dimensions: [3, 1, 2], seed: 1, maxSteps: 10 }\n',
};
/** The heavy packages that each command may load. A run prints tables of its results, so it loads logs, metrics and reports. */
const ALLOWED = { plan: [], status: [], ls: [], run: ['apache-arrow', 'ml-matrix', 'preact'] } as const;

describe('if all tasks are done, only the heavy packages that it needs are loaded by', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'vae-sweep-loads-'));
  const out = path.join(folder, 'out');
  const sweep = path.join(folder, 'both.yaml');

  before(() => {
    for (const [name, text] of Object.entries(PARTS)) writeFileSync(path.join(folder, name), text);
    writeFileSync(sweep, `sweeps: [${Object.keys(PARTS).join(', ')}]\n`);
    const { status, stderr } = vaeSweep('run', sweep, '--out', out);
    assert.equal(status, 0, stderr);
  });

  for (const [command, allowed] of Object.entries(ALLOWED)) {
    test(command, () => {
      const args = command === 'ls' ? [command] : [command, sweep];
      const loads = loadsOf(path.join(folder, `${command}.loads`), [...args, '--out', out]);
      assert.ok(loads.some((load) => load.endsWith('/src/cli/main.js')));
      const packages = loads.flatMap((load) => /.*node_modules[/](.*)/.exec(load)?.[1] ?? []);
      assert.ok(packages.some((file) => file.startsWith('yargs/')));
      const heavy = new Set(packages.flatMap((file) => HEAVY.exec(file)?.[1] ?? []));
      assert.deepEqual([...heavy].sort(), allowed);
    });
  }
});

function loadsOf(record: string, args: readonly string[]): string[] {
  writeFileSync(record, '');
  const hook = new URL('./recorded-loads.js', import.meta.url).href;
  const { status, stderr } = spawnSync(process.execPath, ['--import', hook, MAIN, ...args], {
    encoding: 'utf8',
    env: { ...process.env, VAE_SWEEP_LOADS: record },
  });
  assert.equal(status, 0, stderr);
  return readFileSync(record, 'utf8').split('\n');
}
