import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { before, describe, test } from 'node:test';
import type { Field } from 'apache-arrow';
import { readLog } from '../../src/logs/read.js';
import { vaeSweep } from '../cli/command.js';
import { assertGolden } from '../golden.js';
import { shortSettings, stoppingClock, temporaryFolder, trainHere } from './vae/training/harness.js';

/** One task of each experiment, with the settings that only some tasks store, and one task that diverges. */
const SWEEPS: Readonly<Record<string, string>> = {
  'linear.yaml': 'experiment: linear\nsettings: { dimensions: [1, 3, 2], seed: 1, steps: 20 }\n',
  'sigmoid.yaml':
    'experiment: sigmoid\nsettings: { dimensions: [1, 3, 2], seed: 1, steps: 20, badOptimumExtraDims: 1, logEverySteps: 2 }\n',
  'sphere.yaml':
    'experiment: sphere\nsettings: { dimensions: [1, 3, 2], seed: 1, steps: 20, decoderVarianceThreshold: e^-4, randomStreams: released-code }\n',
  'diverges.yaml':
    'experiment: linear\nsettings: { dimensions: [1, 3, 2], seed: 1, steps: 100, learningRate: 10, initialDecoderLogVariance: -80 }\n',
  'gradient-flow.yaml':
    'experiment: gradient-flow\nsettings: { dimensions: [3, 1, 2], seed: 1, maxSteps: 50 }\n',
  'landscape.yaml': 'experiment: landscape\nsettings: { dimensions: [3, 1, 4], zeroColumns: 2, seed: 1 }\n',
  'landscape-converse.yaml':
    'experiment: landscape-converse\nsettings: { dimensions: [3, 1, 4], seed: 1, draws: 10 }\n',
  'bad-optimum.yaml':
    'experiment: bad-optimum\nsettings: { dimensions: [3, 7, 6], extraDims: 1, seed: 1, points: 100 }\n',
  'identities.yaml': 'experiment: identities\nsettings: { identity: eq8, seed: 1, draws: 20 }\n',
};

describe('a store that the command line writes', () => {
  let folders: readonly string[];

  before(() => {
    const folder = mkdtempSync(path.join(tmpdir(), 'vae-sweep-golden-'));
    for (const [name, text] of Object.entries(SWEEPS)) writeFileSync(path.join(folder, name), text);
    const list = path.join(folder, 'all.yaml');
    writeFileSync(list, `sweeps: [${Object.keys(SWEEPS).join(', ')}]\n`);
    const out = path.join(folder, 'out');
    const { stderr } = vaeSweep('run', list, '--out', out, '--workers', '2');
    const tasks = path.join(out, 'tasks');
    folders = readdirSync(tasks).map((name) => path.join(tasks, name));
    assert.equal(folders.length, Object.keys(SWEEPS).length, stderr);
  });

  test('has the same task.json for every experiment, including the order of its fields', () => {
    assertGolden('task-records.txt', folders.map((folder) => textOf(folder, 'task.json')).join(''));
  });

  test('has logs with the same columns, metadata and schema bytes', () => {
    const logs = folders.flatMap((folder) =>
      readdirSync(folder)
        .filter((name) => name.endsWith('.arrow'))
        .map((name) => describeLog(path.join(folder, name))),
    );
    assert.equal(logs.length, 3 * 3 + 5);
    assertGolden('log-schemas.json', `${JSON.stringify(logs, null, 1)}\n`);
  });

  test('has the same files in each folder, and the same fields in markers, verdicts and failures', () => {
    const texts = folders.flatMap((folder) => [
      `${path.basename(folder)}: ${readdirSync(folder).sort().join(' ')}\n`,
      ...['done.json', 'verdict.json', 'failed.json']
        .filter((name) => readdirSync(folder).includes(name))
        .map((name) => withoutNumbers(textOf(folder, name))),
    ]);
    assertGolden('task-folders.txt', texts.join(''));
  });
});

test('a checkpoint has the same metadata and arrays in the same order', () => {
  const { path: folder, remove } = temporaryFolder();
  const stop = new Int32Array(new SharedArrayBuffer(8));
  const outcome = trainHere(folder, shortSettings, { stop, clock: stoppingClock(stop, 2) });
  assert.equal(outcome.type, 'stopped');
  const bytes = readFileSync(path.join(folder, 'checkpoint.safetensors'));
  const header = bytes.toString('utf8', 8, 8 + Number(bytes.readBigUInt64LE()));
  remove();
  const portable = header.replace(/[0-9a-f]{64}/g, 'SHA-256').replace(/"cpu":"[^"]*"/, '"cpu":"CPU"');
  assertGolden('checkpoint-header.txt', `${portable.replaceAll('},', '},\n').trimEnd()}\n`);
});

function textOf(folder: string, name: string): string {
  return readFileSync(path.join(folder, name), 'utf8');
}

/** Losses and checksums differ between CPUs. */
function withoutNumbers(text: string): string {
  return text.replace(/[0-9a-f]{64}/g, 'SHA-256').replaceAll(/-?\d+([.]\d+)?(e[+-]?\d+)?\b(?!")/g, 'N');
}

/** Describes the schema of a log. The file starts with a padded magic and the schema message: a marker, a length and the metadata. */
function describeLog(file: string): object {
  const bytes = readFileSync(file);
  const schemaBytes = bytes.subarray(8, 16 + bytes.readInt32LE(12));
  const { fields, metadata } = readLog(file).schema;
  const task = path.basename(path.dirname(file));
  return {
    log: `${task}/${path.basename(file)}`,
    schemaBytes: `${schemaBytes.length}, SHA-256 ${createHash('sha256').update(schemaBytes).digest('hex')}`,
    metadata: Object.fromEntries(metadata),
    fields: fields.map(describeField),
  };
}

function describeField({ name, type, nullable, metadata }: Field): string {
  const { unit, description } = Object.fromEntries(metadata);
  return `${name}: ${String(type)}${nullable ? '?' : ''}, ${String(unit)}, ${String(description)}`;
}
