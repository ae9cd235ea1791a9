import '../../src/experiments/index.js';
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { before, describe, test } from 'node:test';
import { COMMAND_NAMES } from '../../src/cli/commands.js';
import { installPlugins } from '../../src/input/plugins.js';
import { loadSweep } from '../../src/sweep/load.js';
import { installedVersions } from '../../src/task/registry.js';
import { pages, readPage, ROOT, samples, type Sample } from './pages.js';

const ENTRY_POINTS = ['src/api/index.ts', 'src/api/experiment.ts', 'src/compiler/index.ts'];
/** Where the symbols of the entry points have their examples. */
const DOCUMENTED = [
  ...ENTRY_POINTS,
  'src/api/run-sweep.ts',
  'src/api/open-sweep.ts',
  'src/api/read-logs.ts',
  'src/compiler/random/keys.ts',
  'src/compiler/random/distributions.ts',
  'src/compiler/gather.ts',
];
/** Sweeps of the plugins in samples, by a text that names the plugin. */
const SWEEPS_OF_PLUGINS = {
  'monte-carlo-pi': 'experiment: monte-carlo-pi\ngrid: { seed: [1, 2] }\n',
  'coin-flips': 'experiment: coin-flips\ngrid: { seed: [1, 2] }\n',
  'flat-torus':
    'experiment: flat-torus\ngrid: { dimensions: [[1, 4, 2]], seed: [1] }\nsettings: { steps: 20, evaluateEverySteps: 10 }\n',
} as const;

let folder: string;

before(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'vae-sweep-samples-'));
  mkdirSync(path.join(folder, 'node_modules'));
  symlinkSync(ROOT, path.join(folder, 'node_modules', 'vae-sweep'));
  cpSync(path.join(ROOT, 'sweeps'), path.join(folder, 'sweeps'), { recursive: true });
  // The programs train this sweep. A hundredth of its steps is enough to see that they run.
  const quickstart = path.join(folder, 'sweeps/quickstart.yaml');
  const text = readFileSync(quickstart, 'utf8');
  assert.ok(text.includes('steps: 20000 '));
  writeFileSync(quickstart, text.replace('steps: 20000 ', 'steps: 200 '));
});

describe('a program in the documentation runs:', () => {
  const programs = [...pages(), ...DOCUMENTED].flatMap((file) => samples(file, 'js'));
  for (const [index, sample] of programs.entries())
    test(sample.name, () => {
      const file = path.join(folder, `sample-${index}.mjs`);
      writeFileSync(file, sample.text);
      if (sample.text.includes('export default')) runPlugin(file, sample);
      else run(process.execPath, [file]);
    });
  test('and there is one for every entry point', () => {
    for (const entry of ENTRY_POINTS) assert.notEqual(samples(entry, 'js').length, 0, entry);
  });
});

describe('a sweep file in the documentation is valid:', () => {
  before(async () => {
    await installPlugins([path.join(ROOT, 'examples/experiments/command/experiment.yaml')]);
  });
  const sweeps = pages()
    .flatMap((file) => samples(file, 'yaml'))
    .filter(({ text }) => /^experiment:/m.test(text));
  assert.notEqual(sweeps.length, 0);
  for (const [index, { name, text }] of sweeps.entries())
    test(name, () => {
      const file = path.join(folder, `sweep-${index}.yaml`);
      writeFileSync(file, text);
      assert.notEqual(loadSweep(file, { versions: installedVersions() }).tasks.length, 0);
    });
});

test('commands in the documentation have names and options that exist', () => {
  const options = new Map(COMMAND_NAMES.map((name) => [name, optionsOf(name)]));
  assert.ok(options.get('run')?.has('--workers'));
  const commands = pages().flatMap((page) =>
    [...readPage(page).matchAll(/(?:npx |`|\$ )vae-sweep ([a-z]+)((?: [^`\n|#]*)?)/g)].map(
      ([text, name = '', rest = '']) => ({ page, text, name, rest }),
    ),
  );
  assert.ok(commands.length > 50);
  const wrong = commands.filter(({ name, rest }) => {
    const known = options.get(name);
    if (known === undefined) return true;
    return [...rest.matchAll(/(?<= )--[a-z][a-z-]*/g)].some(([option]) => !known.has(option));
  });
  assert.deepEqual(wrong, []);
});

/** Returns the options of a command from the page that shows the output of `--help`, which test/cli/help.test.ts keeps current. */
function optionsOf(command: string): Set<string> {
  const [, help = ''] = readPage('docs/commands.md').split(`## ${command}\n`);
  const [own = ''] = help.split('\n## ');
  return new Set([...own.matchAll(/--[a-z][a-z-]*/g)].map(([option]) => option));
}

function runPlugin(plugin: string, { name, text }: Sample): void {
  const [, sweep] = Object.entries(SWEEPS_OF_PLUGINS).find(([known]) => text.includes(known)) ?? [];
  assert.ok(sweep !== undefined, `${name}: add a sweep for it`);
  const file = plugin.replace('.mjs', '.yaml');
  writeFileSync(file, sweep);
  run(process.execPath, [
    path.join(ROOT, 'bin/vae-sweep.mjs'),
    'run',
    file,
    '--workers',
    '1',
    '--plugin',
    plugin,
  ]);
}

function run(program: string, args: readonly string[]): void {
  const { status, stdout, stderr } = spawnSync(program, args, {
    cwd: folder,
    encoding: 'utf8',
    timeout: 120_000,
  });
  assert.equal(status, 0, `${stdout}\n${stderr}`);
}
