import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import { loadPlugin } from '../../../src/input/load-plugin.js';
import { installPlugins } from '../../../src/input/plugins.js';
import { vaeSweep } from '../../cli/command.js';
import { attempt, numbersOf, options, projectWith, taskFolderOf } from './command-project.js';

const COUNT = `
import { readFileSync } from 'node:fs';
const { lastNumber } = JSON.parse(readFileSync(process.env.VAE_SWEEP_SETTINGS, 'utf8'));
console.log('a message, not a row');
for (let n = 1; n <= lastNumber; n++) console.log(JSON.stringify({ n, square: n * n }));
`;

describe('a command', () => {
  it('writes rows as JSON lines, of which the last is the result, and other lines are messages', () => {
    const project = projectWith(COUNT);
    const { status, stdout, stderr } = vaeSweep('run', ...options(project));
    assert.equal(status, 0, stderr);
    assert.match(stderr, /, 3 rows in /);
    assert.deepEqual(numbersOf(project, 'square'), [1, 4, 9]);
    assert.match(stdout, /square \(m\)[^]*│ 9 /);
    const log = readFileSync(path.join(project.folder, 'out', 'sweeps', 'sweep', 'log.jsonl'), 'utf8');
    assert.match(log, /a message, not a row/);
    assert.deepEqual(readdirSync(taskFolderOf(project)).sort(), [
      'done.json',
      'rows.arrow',
      'run.json',
      'task.json',
      'verdict.json',
    ]);
  });

  it('receives its settings as environment variables too, and can write numbers that are not finite', async () => {
    const project = projectWith(
      'console.log(`{"n": NaN, "square": ${process.env.VAE_SWEEP_SETTING_LAST_NUMBER}}\\n{"n": -Infinity, "square": null}`);',
    );
    assert.equal((await attempt(project)).type, 'done');
    assert.deepEqual(numbersOf(project, 'n'), [NaN, -Infinity]);
    assert.deepEqual(numbersOf(project, 'square'), [3, NaN]);
  });

  it('can omit the last line break', async () => {
    const project = projectWith('process.stdout.write(\'{"n": 1, "square": 1}\\n{"n": 2, "square": 4}\');');
    assert.equal((await attempt(project)).type, 'done');
    assert.deepEqual(numbersOf(project, 'square'), [1, 4]);
  });

  it('fails if a column of its Arrow file is not numeric', async () => {
    const project = projectWith(`
import { writeFileSync } from 'node:fs';
import { tableFromArrays, tableToIPC } from ${JSON.stringify(import.meta.resolve('apache-arrow'))};
const table = tableFromArrays({ square: Float32Array.from([1]), n: ['1'] });
writeFileSync(process.env.VAE_SWEEP_FOLDER + '/rows.arrow', tableToIPC(table, 'file'));
`);
    const outcome = await attempt(project);
    assert.equal(outcome.type, 'failed');
    assert.match(outcome.message, /rows\.arrow has a column n that is not numeric/);
  });

  it('can write its rows as an Arrow file with numeric columns of any type', async () => {
    const project = projectWith(`
import { writeFileSync } from 'node:fs';
import { tableFromArrays, tableToIPC } from ${JSON.stringify(import.meta.resolve('apache-arrow'))};
const table = tableFromArrays({ square: Float32Array.from([1, 4]), other: ['a', 'b'], n: BigInt64Array.from([1n, 2n]) });
writeFileSync(process.env.VAE_SWEEP_FOLDER + '/rows.arrow', tableToIPC(table, 'file'));
`);
    assert.equal((await attempt(project)).type, 'done');
    assert.deepEqual(numbersOf(project, 'n'), [1, 2]);
    assert.deepEqual(numbersOf(project, 'square'), [1, 4]);
  });

  const wrong: Readonly<Record<string, readonly [program: string, message: RegExp]>> = {
    'the last lines of its standard error': [
      "console.error('first'); console.error('the reason'); process.exit(3);",
      /^count-\d+ exited with code 3: first\nthe reason$/,
    ],
    'the signal that killed it': ["process.kill(process.pid, 'SIGKILL');", /was killed by SIGKILL/],
    'a row that is not JSON': [
      "console.log('{n: 1}');",
      /^a row of count-\d+ is not a valid JSON object: \{n: 1\}$/,
    ],
    'a row with another column': ['console.log(\'{"n": 1, "m": 1}\');', /^a row of count-\d+: .*"m"/],
    'more rows than it declares': [
      'for (;;) console.log(\'{"n": 1, "square": 1}\');',
      /wrote more rows than the maximum of 3 that `rows` declares/,
    ],
    'no rows': ['', /wrote no rows: expected at least one JSON line/],
  };
  for (const [name, [program, message]] of Object.entries(wrong))
    it(`fails with ${name}`, async () => {
      const outcome = await attempt(projectWith(program));
      assert.equal(outcome.type, 'failed');
      assert.match(outcome.message, message);
    });

  it('fails if its program does not exist', async () => {
    const outcome = await attempt(projectWith('', { command: ['no-such-program'] }));
    assert.equal(outcome.type, 'failed');
    assert.match(outcome.message, /exited with code 127: .*no-such-program/);
  });

  it('is not retried if it exits with 65', async () => {
    const outcome = await attempt(projectWith("console.error('no such data'); process.exit(65);"));
    assert.equal(outcome.type, 'failed');
    assert.equal(outcome.isPermanent, true);
    assert.match(outcome.message, /exited with code 65: no such data/);
  });

  it('fails if a listed file was edited after the run started', async () => {
    const project = projectWith(COUNT);
    await installPlugins([project.plugin]);
    writeFileSync(path.join(project.folder, 'program.mjs'), `${COUNT}// changed`);
    const outcome = await attempt(project);
    assert.equal(outcome.type, 'failed');
    assert.match(outcome.message, /was edited after the run started/);
  });

  it('creates different tasks after a listed file has changed', async () => {
    const { folder, plugin } = projectWith(COUNT);
    const before = await loadPlugin(plugin);
    writeFileSync(path.join(folder, 'program.mjs'), `${COUNT}// changed`);
    assert.notEqual((await loadPlugin(plugin)).hash, before.hash);
  });

  it('is rejected with the line of an invalid declaration', async () => {
    const rejected: readonly (readonly [Readonly<Record<string, unknown>>, RegExp])[] = [
      [{ comand: [] }, /count\.yaml:1:\d+: comand: unknown key; did you mean "command"\?/],
      [{ rows: 'n' }, /count\.yaml:1:\d+: rows: expected a whole number, or the name of a setting/],
      [{ files: ['/etc/passwd'] }, /files\[0\]: expected a path relative to this file/],
      [{ files: ['missing.py'] }, /count\.yaml: files: missing\.py can't be read \(ENOENT\)/],
    ];
    for (const [declaration, message] of rejected)
      await assert.rejects(loadPlugin(projectWith(COUNT, declaration).plugin), { message });
  });
});
