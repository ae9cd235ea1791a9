import { spawnSync } from 'node:child_process';
import { accessSync, closeSync, constants, existsSync } from 'node:fs';
import { availableParallelism, cpus, freemem, totalmem } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { CommandModule } from 'yargs';
import { EXIT } from '../errors.js';
import { cacheFolder } from '../compiler/c/build.js';
import { openFolder } from '../compiler/c/program-cache.js';
import type { Diagnosis } from '../compiler/diagnosis-report.js';
import { cpuFeatures } from '../compiler/native/cpu.js';
import { setNativeEnvironment } from '../compiler/native/environment.js';
import { freeBytes } from '../store/disk-space.js';
import { installedTensorFlow } from '../store/installation.js';
import { formatBytes } from '../units.js';
import { columns } from './grid.js';
import { outOption } from './options.js';
import { packageVersion } from './package-version.js';

interface DoctorArguments {
  readonly out: string;
  readonly json: boolean;
}

/** The result of one check. */
interface Check {
  readonly name: string;
  readonly state: 'ok' | 'failed';
  readonly found: string;
  /** How to fix it; null where it is ok. */
  readonly remedy: string | null;
}

const OLDEST_NODE = [20, 19] as const;
const SET_UP_AGAIN = 'run `npx vae-sweep setup`';
/** The engines round differently; over a few steps no more than this. */
const LARGEST_DIFFERENCE = 1e-4;
const DIAGNOSIS_LIMIT_MS = 120_000;
const DIAGNOSIS = fileURLToPath(new URL('../../workers/diagnose.js', import.meta.url));

export const doctorCommand: CommandModule<object, DoctorArguments> = {
  command: 'doctor',
  describe: 'Show what is installed and test it',
  builder: (yargs) =>
    yargs
      .option('out', outOption)
      .option('json', { type: 'boolean', default: false, describe: 'Print JSON' })
      .example('$0 doctor', 'check this machine'),
  handler: ({ out, json }) => {
    const checks = [...program(), programCache(), ...tensorflow(), ...machine(), ...results(out)];
    process.stdout.write(json ? `${JSON.stringify(checks, null, 2)}\n` : asText(checks));
    if (checks.some(({ state }) => state === 'failed')) process.exitCode = EXIT.failure;
  },
};

function program(): Check[] {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const isNew = major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1]);
  return [
    ok('vae-sweep', packageVersion()),
    isNew
      ? ok('Node', `${process.versions.node}, ${process.platform} ${process.arch}`)
      : failed('Node', process.versions.node, `install Node ${OLDEST_NODE.join('.')} or later`),
  ];
}

function programCache(): Check {
  const name = 'program cache';
  const folder = cacheFolder();
  try {
    closeSync(openFolder(folder));
    return ok(name, folder);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return failed(name, why, 'follow the advice above');
  }
}

function tensorflow(): Check[] {
  try {
    const { version, source } = installedTensorFlow();
    return [ok('TensorFlow', `${version}, from ${source}`), ...proof(version)];
  } catch (error) {
    return [failed('TensorFlow', error instanceof Error ? error.message : String(error), SET_UP_AGAIN)];
  }
}

/** Runs in a process of its own, as a library for another CPU may end it. */
function proof(installed: string): Check[] {
  const { status, signal, stdout, stderr } = spawnSync(process.execPath, [DIAGNOSIS], {
    encoding: 'utf8',
    timeout: DIAGNOSIS_LIMIT_MS,
  });
  if (status !== 0) {
    const why = signal === null ? lastLine(stderr) : `it ended with ${signal}`;
    return [failed('native TensorFlow', `can't be loaded or does not compute: ${why}`, SET_UP_AGAIN)];
  }
  const found = JSON.parse(stdout) as Diagnosis;
  const agree = found.engineDifference < LARGEST_DIFFERENCE;
  const difference = `the engines differ by ${found.engineDifference.toExponential(1)}`;
  return [
    ok('tfjs-node', found.tfjsNode),
    found.tensorflow === installed
      ? ok('loaded TensorFlow', found.tensorflow)
      : failed('loaded TensorFlow', `${found.tensorflow}, but ${installed} was installed`, SET_UP_AGAIN),
    found.hasRandomNumbers
      ? ok('random numbers', "match JAX's")
      : failed('random numbers', "do not match JAX's", SET_UP_AGAIN),
    agree
      ? ok(
          'C engine',
          `compiled in ${found.compileMs.toFixed(0)} ms, ran in ${found.runMs.toFixed(1)} ms; ${difference}`,
        )
      : failed('C engine', difference, SET_UP_AGAIN),
  ];
}

function machine(): Check[] {
  const environment: NodeJS.ProcessEnv = {};
  setNativeEnvironment(environment);
  const threads = Object.entries(environment).map(([name, value]) => `${name}=${value ?? ''}`);
  const cores = availableParallelism();
  return [
    ok('CPU', `${cpus()[0]?.model.trim() ?? 'unknown'}; ${cpuFeatures()}`),
    ok('cores', `${cores}: workers by default`),
    ok('threads', `one per worker: ${threads.join(' ')}`),
    ok('memory', `${formatBytes(freemem())} free of ${formatBytes(totalmem())}`),
  ];
}

function results(out: string): Check[] {
  let folder = path.resolve(out);
  while (!existsSync(folder)) folder = path.dirname(folder);
  const place = `${path.resolve(out)}, ${formatBytes(freeBytes(out))} free`;
  try {
    accessSync(path.join(folder, '.'), constants.W_OK | constants.X_OK);
    return [ok('results', place)];
  } catch {
    return [
      failed(
        'results',
        `${folder} can't be written`,
        'make it writable, or choose another folder with --out',
      ),
    ];
  }
}

function ok(name: string, found: string): Check {
  return { name, state: 'ok', found, remedy: null };
}

function failed(name: string, found: string, remedy: string): Check {
  return { name, state: 'failed', found, remedy };
}

function asText(checks: readonly Check[]): string {
  return columns(
    checks.map(({ name, state, found, remedy }) => [
      state,
      name,
      remedy === null ? found : `${found}\nFix: ${remedy}`,
    ]),
  );
}

function lastLine(text: string): string {
  return (
    text
      .trim()
      .split('\n')
      .filter((line) => /Error|error/.test(line))
      .at(-1) ??
    text.trim().split('\n').at(-1) ??
    ''
  );
}
