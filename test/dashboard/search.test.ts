import assert from 'node:assert/strict';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { Browser } from 'playwright-core';
import '../../src/experiments/index.js';
import { isTraining } from '../../src/experiments/vae/settings/task.js';
import type { SweepChange } from '../../src/dashboard/page/protocol.js';
import { startDashboard } from '../../src/dashboard/server.js';
import { storedSweeps } from '../../src/dashboard/stored-sweeps.js';
import { SweepWatch } from '../../src/dashboard/watch.js';
import { openSweep, type StoredSweep } from '../../src/run/stored-sweep.js';
import { prepareSweepFolder, writeManifest } from '../../src/store/sweep-folder.js';
import { stepsOf } from '../../src/task/cost.js';
import type { Task } from '../../src/task/task.js';
import { writeFinishedRun } from '../report/finished-run.js';
import { fail } from '../store/sample-store.js';
import { sweepFolderWith, VERSIONS } from '../sweep/sweep-folder.js';
import { launch, open, screenshot, violations, WITHOUT_BROWSER } from './browser.js';

const HALVING = `
title: A halving
experiment: linear
grid: { dimensions: [[2, 4, 3]], seed: [1, 2] }
sample: { count: 9 }
space: { learningRate: { logUniform: [1.0e-4, 1.0e-1] } }
halving: { metric: loss, goal: min, min: 1000, max: 9000, factor: 3 }
`;

interface OpenedSearch {
  readonly opened: StoredSweep;
  readonly file: string;
  readonly outDir: string;
  /** Returns the tasks of a rung, as far as they are known by now. */
  readonly rung: (steps: number) => readonly Task[];
}

async function openSearch(): Promise<OpenedSearch> {
  const folder = sweepFolderWith({ 'halving.yaml': HALVING });
  const file = path.join(folder, 'halving.yaml');
  const outDir = mkdtempSync(path.join(tmpdir(), 'vae-sweep-serve-'));
  const opened = await openSweep(file, outDir, { versions: VERSIONS });
  const rung = (steps: number) =>
    (opened.reload?.() ?? opened.sweep).tasks.filter(({ settings }) => stepsOf(settings) === steps);
  return { opened, file, outDir, rung };
}

/** Finishes tasks, of which the first have the smallest losses. */
function finish(outDir: string, tasks: readonly Task[], firstLoss = 1): void {
  for (const [i, task] of tasks.entries()) {
    assert.ok(isTraining(task));
    const steps = stepsOf(task.settings);
    writeFinishedRun(outDir, task, { evaluations: [{ step: steps, loss: firstLoss + i }] });
  }
}

test('the watch of a search finds the tasks of later stages, and reports each decision once', async () => {
  const { opened, outDir, rung } = await openSearch();
  const watch = new SweepWatch(opened, { outDir, workers: 1 });
  assert.equal(watch.state().tasks.length, 18);
  const changes: SweepChange[] = [];
  const stop = watch.listen((change) => changes.push(change));
  const first = rung(1_000);
  finish(outDir, first.slice(0, 17));
  watch.refresh();
  finish(outDir, first.slice(17), 18);
  watch.refresh();
  watch.refresh();
  finish(outDir, rung(3_000));
  watch.refresh();
  stop();
  assert.deepEqual(
    changes.map(({ known, tasks }) => [known === null, tasks.length]),
    [
      [true, 17],
      // The last task of rung 1, and the new ones of rung 2.
      [false, 1 + 6],
      [false, 6 + 2],
    ],
  );
  const [search] = changes[1]?.known?.searches ?? [];
  assert.deepEqual(
    search?.stages.map(({ name, tasks, maxTasks, decision }) => [name, tasks.length, maxTasks, decision]),
    [
      ['rung 1 of 3 (1,000 steps)', 18, 18, 'best of 9 candidates 1.5, 3 promoted'],
      ['rung 2 of 3 (3,000 steps)', 6, 6, null],
      ['rung 3 of 3 (9,000 steps)', 0, 2, null],
    ],
  );
  assert.equal(search.best.body.length, 5);
  assert.equal(watch.sweep.tasks.length, 18 + 6 + 2);
  assert.equal(watch.state().parts[0]?.rows.length, 9 + 3 + 1);
});

test('a search of the store is followed as far as the manifest of its run', async () => {
  const { opened, file, outDir, rung } = await openSearch();
  prepareSweepFolder(outDir, 'halving');
  const prepare = (tasks: readonly Task[]): void => {
    writeManifest(outDir, { name: 'halving', file, startedAt: '2026-01-01T00:00:00Z', tasks });
  };
  const [, ...chosen] = rung(1_000);
  prepare(chosen);
  const [stored] = await storedSweeps(outDir, () => opened);
  assert.equal(stored?.sweep.tasks.length, 17);
  finish(outDir, rung(1_000));
  assert.equal(stored.reload?.().tasks.length, 17);
  prepare([...chosen, ...rung(3_000)]);
  assert.equal(stored.reload().tasks.length, 17 + 6);
});

describe('the page of a search', { skip: WITHOUT_BROWSER }, () => {
  let browser: Browser;

  before(async () => {
    browser = await launch();
  });
  after(() => browser.close());

  test('shows the rungs with their states and the best settings, and follows them', async (t) => {
    const { opened, outDir, rung } = await openSearch();
    const first = rung(1_000);
    finish(outDir, first.slice(0, 5));
    if (first[17]) fail(outDir, first[17], 'diverged');
    const options = { outDir, host: '127.0.0.1', port: 0, workers: 1 };
    const dashboard = await startDashboard([opened], options);
    t.after(() => dashboard.close());
    const { page, complaints } = await open(browser, dashboard.url, { bypassCSP: true });
    const stage = (place: number) => page.locator('.stages li').nth(place);
    assert.equal(await page.locator('.search h3').innerText(), 'halving, min loss');
    assert.match(await stage(0).innerText(), /^rung 1 of 3 \(1,000 steps\)\s+5 done, 12 pending, 1 failed$/);
    assert.match(await stage(2).innerText(), /^rung 3 of 3 \(9,000 steps\)\s+waiting, at most 2 tasks$/);
    await page.getByText('halving has no results yet').waitFor();
    assert.equal(await page.locator('.cell').count(), 18);

    finish(outDir, first.slice(5, 17), 6);
    dashboard.refresh();
    await page.locator('.stages li[data-stage="open"]', { hasText: 'rung 2' }).waitFor();
    assert.match(await stage(0).innerText(), /17 done, 1 failed\s+best of 9 candidates 1\.5, 3 promoted$/);
    assert.match(await stage(1).innerText(), /6 pending$/);
    assert.equal(await page.locator('.cell').count(), 18 + 6);
    await page.getByText('17 of 24 done').waitFor();
    const best = page.locator('.best tbody tr');
    assert.equal(await best.count(), 5);
    assert.match(await best.first().innerText(), /^1\s.*\s1\.5\s+0\.5\s+2$/);

    finish(outDir, rung(3_000), -6);
    dashboard.refresh();
    await page.locator('.stages li[data-stage="decided"]', { hasText: 'rung 2' }).waitFor();
    await page.locator('.best h3', { hasText: 'rung 2 of 3' }).waitFor();
    assert.equal(await page.locator('.cell').count(), 18 + 6 + 2);
    await screenshot(page, 'search', true);
    assert.deepEqual(await violations(page), []);
    assert.deepEqual(complaints, []);
    await page.context().close();
  });
});
