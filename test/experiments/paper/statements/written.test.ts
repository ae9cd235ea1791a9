import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { makeReport } from '../../../../src/report/report.js';
import { examineTheory } from '../../../../src/experiments/paper/statements/registry.js';
import { writeReport } from '../../../../src/report/write.js';
import { sampleSweep } from '../../../report/sample-sweep.js';
import { loadDetails } from '../../../../src/task/registry.js';
import { readRun, toParts } from '../../../../src/report/runs.js';
import { reports } from '../../../../src/experiments/reports.js';
import { computedTask, computeInto, readComputed } from './computed-runs.js';

const FLOW = { kind: 'gradient-flow', ambientDim: 5, rank: 2, latentDim: 3 } as const;
const LANDSCAPE = { kind: 'landscape', ambientDim: 5, rank: 2, latentDim: 6, zeroColumns: 2 } as const;

test('real computations are judged and written as tables, figures and a page', async () => {
  const { sweep, outDir } = sampleSweep('experiment: linear\nsettings: { dimensions: [1, 2, 2], seed: 5 }\n');
  const tasks = [
    computeInto(outDir, { ...FLOW, seed: 1 }),
    computeInto(outDir, { ...FLOW, seed: 2 }),
    computeInto(outDir, { ...FLOW, objective: 'l', stepSize: 1e-3, smallestDeviation: 0.2, maxSteps: 50 }),
    computeInto(outDir, LANDSCAPE),
    computeInto(outDir, { ...LANDSCAPE, reconstruction: 'broken' }),
    computeInto(outDir, {
      kind: 'bad-optimum',
      intrinsicDim: 2,
      ambientDim: 6,
      latentDim: 5,
      extraDims: 2,
      points: 500,
    }),
    computeInto(outDir, { kind: 'identities', identity: 'lemma3', draws: 20 }),
    computedTask({ kind: 'identities', identity: 'eq7' }),
  ];
  const computed = readComputed(outDir, tasks);
  const theory = examineTheory({ computed, parts: [] });
  assert.deepEqual(
    theory.map(({ name, outcome }) => [name, outcome]),
    [
      ['theory-gradient-flow', 'holds'],
      ['theory-gradient-descent', 'holds as far as computed'],
      ['theory-landscape', 'holds'],
      ['theory-bad-optimum', 'holds'],
      ['theory-identities', 'not enough tasks'],
    ],
  );
  const folder = mkdtempSync(path.join(tmpdir(), 'vae-sweep-theory-'));
  const part = {
    name: 'theory',
    title: null,
    file: '',
    experiment: '',
    table: null,
    varying: [],
    space: [],
    tasks,
  };
  const detailsOf = await loadDetails(tasks);
  const read = tasks.map((task) => [task.id, readRun(task, outDir, detailsOf(task))] as const);
  const parts = toParts({ parts: [part] }, new Map(read), detailsOf);
  const report = {
    ...(await makeReport(sweep, outDir)),
    parts,
    partTables: [],
    sections: reports.flatMap((contribution) => contribution.sections?.(parts) ?? []),
    sweep: { ...sweep, tasks },
  };
  const page = readFileSync(
    (await writeReport(report, { folder, seed: undefined, command: 'report' })).page,
    'utf8',
  );
  assert.match(page, /<section id="theory">/);
  assert.match(
    page,
    new RegExp(`${tasks.length - 1} of ${tasks.length} have finished.*\\(theory version 1\\)`),
  );
  assert.match(page, /: not finished</);
  assert.doesNotMatch(page, /<script|<link|src=/);
  const figures = readdirSync(path.join(folder, 'figures'));
  const tables = readdirSync(path.join(folder, 'tables'));
  for (const { name } of theory) {
    assert.ok(figures.includes(`${name}.svg`) && figures.includes(`${name}.png`), name);
    assert.ok(page.includes(`<figure id="${name}">`), name);
    assert.ok(tables.includes(`${name}.md`) && tables.includes(`${name}-runs.arrow`), name);
  }
});
