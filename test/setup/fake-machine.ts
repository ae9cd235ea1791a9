import assert from 'node:assert/strict';
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  appendFileSync,
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

const ROOT = path.join(import.meta.dirname, '../../..');

interface PinnedWheel {
  readonly WHEEL: {
    readonly project: string;
    readonly version: string;
    readonly file: string;
    readonly cacheFolder: string;
  };
  readonly KEPT_FILES: readonly string[];
}
export const { WHEEL, KEPT_FILES } = (await import(
  pathToFileURL(path.join(ROOT, 'scripts/setup/wheel.mjs')).href
)) as PinnedWheel;

export const VERSION = WHEEL.version;
export const WHEEL_FILE = WHEEL.file;

/** Creates `node_modules` with the locked packages, and a `tsc` that writes empty files. */
const PACKAGES = {
  '.package-lock.json': JSON.stringify({
    packages: { 'node_modules/typescript': { integrity: 'sha512-t' } },
  }),
  '@tensorflow/tfjs-node/package.json': '{}',
  'typescript/bin/tsc': `
    const { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } = require('node:fs');
    appendFileSync(process.env.CALLS, 'tsc\\n');
    if (readFileSync('src/cli/main.ts', 'utf8').includes('wrong')) {
      console.log("src/cli/main.ts(1,1): error TS2304: Cannot find name 'wrong'.");
      process.exit(2);
    }
    mkdirSync('dist/src/cli', { recursive: true });
    for (const name of ['main', 'other'])
      if (existsSync('src/cli/' + name + '.ts')) writeFileSync('dist/src/cli/' + name + '.js', '');`,
};

/** Preloaded into every Node process of the machine: bindings are JavaScript texts, and variables override what the process says about itself. */
const PRELOAD = `
  const { readFileSync } = require('node:fs');
  require('node:module')._extensions['.node'] = (module, file) => module._compile(readFileSync(file, 'utf8'), file);
  const { NODE_VERSION, NODE_SYSTEM } = process.env;
  const override = (name, value) => Object.defineProperty(process, name, { value });
  if (NODE_VERSION) override('versions', { ...process.versions, node: NODE_VERSION });
  if (NODE_SYSTEM) {
    const [platform, arch, libc] = NODE_SYSTEM.split(' ');
    override('platform', platform);
    override('arch', arch);
    process.report.getReport = () => ({ header: libc === 'glibc' ? { glibcVersionRuntime: '2.36' } : {} });
  }`;

export interface Outcome {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export class SetUp {
  readonly ended: Promise<Outcome>;
  readonly #child: ChildProcess;
  readonly #output = { stdout: '', stderr: '' };

  constructor(child: ChildProcess) {
    this.#child = child;
    child.stdout?.on('data', (data: Buffer) => (this.#output.stdout += data.toString()));
    child.stderr?.on('data', (data: Buffer) => (this.#output.stderr += data.toString()));
    this.ended = new Promise((resolve, reject) => {
      child.on('error', reject);
      child.on('close', (status) => {
        resolve({ status, ...this.#output });
      });
    });
  }

  async said(text: string): Promise<void> {
    const ended = this.ended.then(() => 'ended');
    while (!this.#output.stderr.includes(text)) {
      const more = new Promise((resolve) => this.#child.stderr?.once('data', resolve));
      if ((await Promise.race([more, ended])) === 'ended') {
        assert.ok(this.#output.stderr.includes(text), `ended without "${text}":\n${this.#output.stderr}`);
      }
    }
  }

  /** Kills the setup together with its child processes, like a forced close of the terminal. */
  async kill(): Promise<void> {
    process.kill(-(this.#child.pid ?? assert.fail('not started')), 'SIGKILL');
    await this.ended;
  }
}

/**
 * A temporary home, cache and PATH. It uses the real Node and the real Python for unpacking; all other commands are fakes that record
 * their calls. Its clones pin a wheel of a few kilobytes, and use a separate setup lock.
 */
export class FakeMachine {
  readonly folder = mkdtempSync(path.join(tmpdir(), 'vae-sweep-setup-'));
  readonly cache = path.join(this.folder, 'cache', 'vae-sweep');
  readonly tensorflow = path.join(this.cache, WHEEL.cacheFolder);
  readonly #bin = path.join(this.folder, 'bin');
  readonly #callsFile = path.join(this.folder, 'calls');
  readonly #wheel = path.join(this.folder, WHEEL_FILE);
  readonly #python = realPython();

  constructor() {
    for (const [file, text] of Object.entries(PACKAGES)) this.#write(`registry/node_modules/${file}`, text);
    this.#write('preload.cjs', PRELOAD);
    this.#write('calls', '');
    this.#makeWheel();
    this.fake('npm', {
      'ci --include=dev': `cp -r '${this.folder}/registry/node_modules' .`,
    });
    this.fake('g++', {
      '--version': '',
      '*': `for last; do :; done; echo "exports.TF_Version = '${VERSION}'" > "$last"`,
    });
    this.fakePip(`cp '${this.#wheel}' "$last"`);
  }

  /** Adds a fake command. `cases` map shell patterns of the arguments to actions. */
  fake(command: string, cases: Record<string, string>): void {
    const patterns = Object.entries(cases).map(([pattern, action]) => {
      const quoted = pattern
        .split('*')
        .map((part) => part && `'${part}'`)
        .join('*');
      return `${quoted}) ${action || ':'} ;;`;
    });
    const lines = [
      '#!/bin/sh',
      'PATH=/usr/bin:/bin',
      `echo "${command} $*" >> "$CALLS"`,
      'case "$*" in',
      ...patterns,
      '*) exit 1 ;;',
      'esac',
    ];
    this.#write(`bin/${command}`, `${lines.join('\n')}\n`);
    chmodSync(path.join(this.#bin, command), 0o755);
  }

  /** Adds a `python3` whose pip performs `download` with the folder in `$last`. Other calls run the real Python. */
  fakePip(download: string): void {
    this.fake('python3', {
      '-m pip --version': '',
      '-m pip download *': `for last; do :; done; ${download}`,
      '-m pip *': 'exit 1',
      '*': `exec '${this.#python}' "$@"`,
    });
  }

  /** Adds a `python3` without pip. */
  removePip(): void {
    this.fake('python3', {
      '-m pip *': `echo 'No module named pip' >&2; exit 1`,
      '*': `exec '${this.#python}' "$@"`,
    });
  }

  /** Makes pip pause before it finishes. The returned function waits until pip has paused, and lets it continue. */
  haltPip(): () => void {
    const gate = path.join(this.folder, 'gate');
    assert.equal(spawnSync('mkfifo', [gate]).status, 0);
    this.fakePip(`echo half > "$last/half"; read -r _ < '${gate}'; cp '${this.#wheel}' "$last"`);
    return () => {
      appendFileSync(gate, '\n');
      rmSync(gate);
    };
  }

  /** Makes pip download a file that is not the pinned wheel. */
  spoilWheel(): void {
    appendFileSync(this.#wheel, 'x');
  }

  wheelSha256(): string {
    return createHash('sha256').update(readFileSync(this.#wheel)).digest('hex');
  }

  remove(command: string): void {
    rmSync(path.join(this.#bin, command));
  }

  /** Returns the recorded calls that begin with `prefix`. */
  calls(prefix = ''): string[] {
    const lines = readFileSync(this.#callsFile, 'utf8').split('\n').filter(Boolean);
    return lines.filter((line) => line.startsWith(prefix));
  }

  /** Creates a clone like git, with one source file. */
  clone(name = 'clone'): string {
    const root = path.join(this.folder, name);
    for (const folder of ['scripts', 'bin'])
      cpSync(path.join(ROOT, folder), path.join(root, folder), { recursive: true });
    substitute(
      path.join(root, 'scripts/setup/lock.mjs'),
      /vae-sweep-setup-/g,
      `${path.basename(this.folder)}-`,
    );
    const pins = path.join(root, 'scripts/setup/wheel.mjs');
    substitute(pins, /sha256: '[0-9a-f]{64}'/g, `sha256: '${this.wheelSha256()}'`);
    substitute(pins, /(?<='libtensorflow\w+[.]so[.]2'): [\d_]+/g, `: ${LIBRARY_TEXT.length}`);
    substitute(pins, /(?<=\n {4}bytes): [\d_]+/g, `: ${readFileSync(this.#wheel).length}`);
    this.#write(`${name}/package.json`, '{}');
    this.#write(`${name}/package-lock.json`, PACKAGES['.package-lock.json']);
    this.#write(`${name}/tsconfig.json`, '{}');
    this.#write(`${name}/src/dashboard/page/tsconfig.json`, '{}');
    this.#write(`${name}/src/cli/main.ts`, '');
    return root;
  }

  start(root: string, { program = 'scripts/setup.mjs', nodeVersion = '', system = '' } = {}): SetUp {
    const env = {
      PATH: this.#bin,
      HOME: this.folder,
      XDG_CACHE_HOME: path.join(this.folder, 'cache'),
      NODE_OPTIONS: `--require "${path.join(this.folder, 'preload.cjs')}"`,
      NODE_VERSION: nodeVersion,
      NODE_SYSTEM: system,
      CALLS: this.#callsFile,
    };
    const child = spawn(process.execPath, [path.join(root, program)], { env, cwd: root, detached: true });
    return new SetUp(child);
  }

  async setUp(root: string, options = {}): Promise<Outcome> {
    return this.start(root, options).ended;
  }

  /** Creates a clone, sets it up, and clears the recorded calls. */
  async readyClone(name = 'clone'): Promise<string> {
    const root = this.clone(name);
    const { status, stderr } = await this.setUp(root);
    assert.equal(status, 0, stderr);
    this.forgetCalls();
    return root;
  }

  forgetCalls(): void {
    this.#write('calls', '');
  }

  destroy(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  #write(file: string, text: string): void {
    const target = path.join(this.folder, file);
    mkdirSync(path.dirname(target), { recursive: true });
    writeFileSync(target, text);
  }

  #makeWheel(): void {
    const program = [
      'import sys, zipfile',
      'with zipfile.ZipFile(sys.argv[1], "w") as archive:',
      '    for file in sys.argv[3:]: archive.writestr("tensorflow/" + file, sys.argv[2])',
    ].join('\n');
    const files = [...KEPT_FILES, 'python/not_kept.py'];
    const { status, stderr } = spawnSync(this.#python, ['-c', program, this.#wheel, LIBRARY_TEXT, ...files], {
      encoding: 'utf8',
    });
    assert.equal(status, 0, stderr);
    assert.ok(existsSync(this.#wheel));
  }
}

const LIBRARY_TEXT = 'a library';

function realPython(): string {
  const { stdout } = spawnSync('python3', ['-c', 'import sys; print(sys.executable)'], { encoding: 'utf8' });
  return stdout.trim();
}

function substitute(file: string, pattern: RegExp, text: string): void {
  const before = readFileSync(file, 'utf8');
  const after = before.replace(pattern, text);
  assert.notEqual(after, before, `${pattern} is not in ${file}`);
  writeFileSync(file, after);
}
