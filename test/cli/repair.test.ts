import '../../src/experiments/index.js';
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { before, beforeEach, describe, test } from 'node:test';
import { TASK_FILES, taskFolder } from '../../src/store/task-folder.js';
import { loadSweep } from '../../src/sweep/load.js';
import { installedVersions } from '../../src/task/registry.js';
import type { Task } from '../../src/task/task.js';
import { options, projectWith, taskFolderOf } from '../experiments/user/command-project.js';
import { skipWithout } from '../required-tool.js';
import { MAIN, vaeSweep, type Outcome } from './command.js';
import { onTerminal, Terminal } from './terminal.js';

const SWEEPS = {
  'linear.yaml':
    'experiment: linear\ngrid: { dimensions: [[2, 4, 3]], seed: [1, 2, 3, 4, 5, 6] }\nsettings: { steps: 25, evaluateEverySteps: 10, engine: eager }\n',
  // The last step of these random streams differs from the same step of a longer task.
  'sphere.yaml':
    'experiment: sphere\nsettings: { dimensions: [2, 4, 3], seed: 1, steps: 25, evaluateEverySteps: 10, hiddenWidths: [4], randomStreams: released-code, engine: eager }\n',
  'rows.yaml': 'experiment: identities\nsettings: { identity: lemma3, seed: 1, draws: 2 }\n',
  'all.yaml': 'sweeps: [linear.yaml, sphere.yaml, rows.yaml]\n',
};

/** `script` gives a command a terminal. */
const noTerminal = skipWithout(
  spawnSync('script', ['--version']).status === 0 ? false : 'the command `script` is not installed',
);

type Damage = (folder: string) => void;

let folder: string;
let file: string;
let intact: string;
let outDir: string;
let tasks: readonly Task[];

before(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'vae-sweep-repair-'));
  for (const [name, text] of Object.entries(SWEEPS)) writeFileSync(path.join(folder, name), text);
  file = path.join(folder, 'all.yaml');
  intact = path.join(folder, 'intact');
  tasks = loadSweep(file, { versions: installedVersions() }).tasks;
  assert.equal(vaeSweep('run', file, '--out', intact).status, 0);
});

beforeEach(() => {
  outDir = mkdtempSync(path.join(folder, 'out-'));
  cpSync(intact, outDir, { recursive: true });
});

function damage(damages: readonly Damage[]): void {
  for (const [index, each] of damages.entries()) each(taskFolder(outDir, taskAt(index)));
}

function taskAt(index: number): Task {
  const task = tasks[index];
  assert.ok(task !== undefined);
  return task;
}

function repair(...options: readonly string[]): Outcome {
  return vaeSweep('verify', file, '--out', outDir, '--repair', '--workers', '1', ...options);
}

/** Returns all files of the tasks, by path. */
function filesIn(store: string, ignored = /$^/): Record<string, string> {
  const root = path.join(store, 'tasks');
  const names = readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)))
    .filter((name) => !ignored.test(name))
    .sort();
  return Object.fromEntries(names.map((name) => [name, readFileSync(path.join(root, name), 'base64')]));
}

function changing(name: string, change: (bytes: Buffer) => Buffer): Damage {
  return (task) => {
    const target = path.join(task, name);
    writeFileSync(target, change(readFileSync(target)));
  };
}

function removing(...names: readonly string[]): Damage {
  return (task) => {
    for (const name of names) rmSync(path.join(task, name));
  };
}

const cut = (bytes: Buffer) => bytes.subarray(0, bytes.length / 2);
const zeros = (bytes: Buffer) => Buffer.alloc(bytes.length);
const flipped = (bytes: Buffer) => {
  const copy = Buffer.from(bytes);
  const at = bytes.length >> 1;
  copy.writeUInt8(copy.readUInt8(at) ^ 1, at);
  return copy;
};
const otherHash = (bytes: Buffer) =>
  Buffer.from(
    bytes.toString().replace(/"sha256": "(.)/, (_, digit) => `"sha256": "${digit === 'a' ? 'b' : 'a'}`),
  );
const otherTask = () => readFileSync(path.join(taskFolder(intact, taskAt(0)), TASK_FILES.done));

describe('vae-sweep verify --repair', () => {
  test('restores a missing or damaged done.json if run.json confirms the results', () => {
    damage([
      removing(TASK_FILES.done),
      changing(TASK_FILES.done, cut),
      changing(TASK_FILES.done, zeros),
      changing(TASK_FILES.done, otherHash),
      changing(TASK_FILES.done, otherTask),
      removing(TASK_FILES.done, TASK_FILES.task),
      changing(TASK_FILES.done, flipped),
      removing(TASK_FILES.done),
    ]);
    const found = vaeSweep('verify', file, '--out', outDir);
    assert.match(
      found.stdout,
      /^0 of 8 tasks verified.*\nRepairable \(8\):\n(.*\n){8} {2}To repair them, run .* --repair`\.\n$/,
    );
    assert.equal(found.status, 1);
    const { status, stdout } = repair();
    assert.match(stdout, /\nRepaired \(8\):\n {2}linear-.*: done\.json is missing\n(.*\n){7}$/);
    assert.equal(status, 0);
    assert.deepEqual(filesIn(outDir), filesIn(intact));
  });

  test('makes the last evaluation again if only the samples are damaged', () => {
    damage([
      removing(TASK_FILES.samples),
      changing(TASK_FILES.samples, cut),
      changing(TASK_FILES.samples, zeros),
      changing(TASK_FILES.samples, flipped),
      () => undefined,
      () => undefined,
      changing(TASK_FILES.samples, flipped),
    ]);
    const { status, stdout, stderr } = repair();
    assert.match(stdout, /^3 of 8 .*\nRepaired \(5\):\n {2}linear-.*: samples\.arrow is missing\n(.*\n){4}$/);
    assert.equal(status, 0, stderr);
    assert.deepEqual(filesIn(outDir), filesIn(intact));
    assert.deepEqual(readdirSync(outDir).sort(), ['lock', 'sweeps', 'tasks']);
  });

  test('refuses to restore a done.json that nothing confirms', () => {
    damage([
      (task) => {
        removing(TASK_FILES.done)(task);
        changing(TASK_FILES.evaluations, flipped)(task);
      },
      (task) => {
        changing(TASK_FILES.done, cut)(task);
        changing(TASK_FILES.run, cut)(task);
      },
      // It is like a task that was killed before its end: the next run executes it.
      removing(TASK_FILES.done, TASK_FILES.run),
      // All its files belong to another task.
      (task) => {
        cpSync(taskFolder(intact, taskAt(0)), task, { recursive: true });
        removing(TASK_FILES.done)(task);
      },
    ]);
    const before = filesIn(outDir);
    const { status, stdout } = repair();
    const names = [0, 1, 3].map((index) => taskAt(index).name);
    assert.equal(
      stdout.replace(/about .* on/, 'about N on').replace(/\(not JSON.*\)/, '(not JSON)'),
      `4 of 8 tasks verified: all checksums match.
Only executing them again restores (3):
  ${names[0]}: done.json is missing, and run.json does not match the results
  ${names[1]}: done.json is invalid (not JSON)
  ${names[2]}: done.json is missing, and run.json does not match the results
  This takes about N on 1 worker.
  Nothing was executed. Pass --yes to execute these tasks again.
`,
    );
    assert.equal(status, 1);
    assert.deepEqual(filesIn(outDir), before);
  });

  test(
    'executes only the tasks again whose results nothing restores, once a user agrees on a terminal',
    { skip: noTerminal },
    () => {
      damage([
        changing(TASK_FILES.steps, flipped),
        changing(TASK_FILES.evaluations, cut),
        removing(TASK_FILES.parameters),
        (task) => {
          changing(TASK_FILES.samples, flipped)(task);
          changing(TASK_FILES.evaluations, flipped)(task);
        },
        removing(TASK_FILES.done),
        () => undefined,
        () => undefined,
        changing(TASK_FILES.verdict, flipped),
      ]);
      for (const input of ['n\n', '\n', 'yesterday\n']) {
        const { status, stdout } = onTerminal(repairArguments(), input);
        assert.match(
          stdout,
          /Only executing them again restores \(5\):[^]*Execute them again now\? \[y\/N\]/,
        );
        assert.equal(status, 1);
        assert.deepEqual(readdirSync(path.join(outDir, 'tasks')), readdirSync(path.join(intact, 'tasks')));
      }
      const { status, stdout } = onTerminal(repairArguments(), 'y\n');
      assert.equal(status, 0, stdout);
      const changes = /\.corrupt-1\/|run\.json$/;
      assert.deepEqual(filesIn(outDir, changes), filesIn(intact, changes));
      const aside = readdirSync(path.join(outDir, 'tasks')).filter((name) => name.endsWith('.corrupt-1'));
      assert.deepEqual(
        aside.sort(),
        [0, 1, 2, 3, 7].map((index) => `${taskAt(index).name}.corrupt-1`).sort(),
      );
    },
  );

  test('executes them without a question if --yes is passed', () => {
    damage([changing(TASK_FILES.steps, zeros)]);
    const { status, stdout } = repair('--yes');
    assert.match(
      stdout,
      /Only executing them again restores \(1\):\n.*\n {2}This takes about .* on 1 worker\.\n$/,
    );
    assert.equal(status, 0);
    const changes = /\.corrupt-1\/|run\.json$/;
    assert.deepEqual(filesIn(outDir, changes), filesIn(intact, changes));
    const manifest = readFileSync(path.join(outDir, 'sweeps', 'all', 'sweep.json'), 'utf8');
    for (const { name } of tasks) assert.ok(manifest.includes(name), `the manifest lacks ${name}`);
  });

  for (const [what, stop] of [
    [
      'Ctrl-C',
      (terminal: Terminal) => {
        terminal.type('\x03');
      },
    ],
    [
      'SIGTERM',
      (terminal: Terminal) => {
        terminal.kill('SIGTERM');
      },
    ],
  ] as const)
    test(`${what} at the question stops at once with exit code 130`, { skip: noTerminal }, async () => {
      damage([changing(TASK_FILES.steps, flipped)]);
      const before = filesIn(outDir);
      const terminal = new Terminal(repairArguments());
      await terminal.untilPrinted(/again now\? \[y\/N\]/);
      stop(terminal);
      assert.equal(await terminal.ended(), 130, terminal.output);
      assert.deepEqual(filesIn(outDir), before);
    });

  test('reports a task that fails when it is executed again, and exits with 1', () => {
    const project = projectWith(
      `import { existsSync } from 'node:fs';
if (existsSync(process.env.VAE_SWEEP_FAILS)) process.exit(65);
console.log('{"n": 1, "square": 1}');`,
    );
    const fails = path.join(project.folder, 'fails');
    const command = (...args: readonly string[]): Outcome =>
      outcomeOf([MAIN, ...args], { VAE_SWEEP_FAILS: fails });
    const inProject = options(project);
    assert.equal(command('run', ...inProject, '--workers', '1').status, 0);
    changing(TASK_FILES.rows, flipped)(taskFolderOf(project));
    writeFileSync(fails, '');
    const { status, stdout, stderr } = command('verify', ...inProject, '--repair', '--yes', '--workers', '1');
    assert.match(stdout, /\nNot restored \(1\):\n {2}count-\S+: .*65.*\n$/, stderr);
    assert.equal(status, 1);
  });
});

function outcomeOf(args: readonly string[], variables: Readonly<Record<string, string>>): Outcome {
  const env = { ...process.env, ...variables };
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    encoding: 'utf8',
    timeout: 300_000,
    env,
  });
  return { status, stdout, stderr };
}

function repairArguments(): string[] {
  return ['verify', file, '--out', outDir, '--repair', '--workers', '1'];
}
