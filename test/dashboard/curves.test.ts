import assert from 'node:assert/strict';
import { statSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { TASK_FILES, taskFolder } from '../../src/store/task-folder.js';
import type { SeriesReply } from '../../src/dashboard/page/protocol.js';
import { lossAt, OUTLIER_STEP, STEPS, UsedDashboard } from './sample-dashboard.js';

const used = new UsedDashboard();

async function series(query: Readonly<Record<string, string>>): Promise<SeriesReply> {
  return used.json(`/api/series?${new URLSearchParams({ sweep: 'sample', ...query }).toString()}`);
}

describe('curves of 150,000 steps', () => {
  test('have at most two points per pixel, and keep an outlier', async () => {
    const { curves } = await series({ task: used.taskId(0), metrics: 'loss', pixels: '400' });
    const [curve] = curves;
    assert.ok(curve);
    assert.equal(curve.isExact, false);
    assert.ok(curve.steps.length <= 802, `${curve.steps.length} points`);
    assert.equal(curve.values[curve.steps.indexOf(OUTLIER_STEP)], 1_000);
  });

  test('are exact when zoomed in', async () => {
    const { curves } = await series({
      task: used.taskId(0),
      metrics: 'loss',
      from: '77700',
      to: '77800',
      pixels: '400',
    });
    const [curve] = curves;
    assert.ok(curve);
    assert.equal(curve.isExact, true);
    const steps = Array.from({ length: 103 }, (_, index) => 77_699 + index);
    assert.deepEqual(curve.steps, steps);
    assert.deepEqual(
      curve.values,
      steps.map((step) => Math.fround(lossAt(step, 69))),
    );
  });

  test('exist for metrics of steps and of evaluations, the decoder variance, and each latent', async () => {
    const metrics = 'loss,reconstruction,kl,decoderVariance,manifoldError,encoderVariance';
    const { curves } = await series({ task: used.taskId(0), metrics });
    assert.deepEqual(
      curves.map(({ metric, component }) => `${metric}${component ?? ''}`),
      [
        ...['loss', 'reconstruction', 'kl', 'decoderVariance', 'manifoldError'],
        ...[0, 1, 2, 3, 4, 5].map((latent) => `encoderVariance${latent}`),
      ],
    );
    const variance = curves.find(({ metric }) => metric === 'decoderVariance');
    assert.equal(variance?.values.at(-1), Math.exp(-4));
    assert.equal(variance.steps.at(-1), STEPS);
  });

  test('of a log that is being written end with its last complete batch', async () => {
    const growing = used.sample.sweep.tasks[6];
    assert.ok(growing);
    const file = path.join(used.sample.outDir, 'tasks', growing.name, 'steps.arrows');
    const { size } = statSync(file);
    const { curves } = await series({ task: growing.id, metrics: 'loss' });
    assert.equal(curves[0]?.steps.at(-1), 5_000);
    writeFileSync(file, Buffer.alloc(1_000, 1), { flag: 'a' });
    const torn = await series({ task: growing.id, metrics: 'loss' });
    assert.equal(torn.curves[0]?.steps.at(-1), 5_000);
    assert.equal(statSync(file).size, size + 1_000);
  });

  test('of a log that is too large are an error', async () => {
    const growing = used.sample.sweep.tasks[6];
    assert.ok(growing);
    const file = path.join(taskFolder(used.sample.outDir, growing), TASK_FILES.stepsStream);
    const { size } = statSync(file);
    truncateSync(file, 300e6);
    const response = await used.get(`/api/series?sweep=sample&task=${growing.id}&metrics=loss`);
    truncateSync(file, size);
    assert.equal(response.status, 422);
    assert.match(
      await response.text(),
      /steps.arrows has 300 MB, but the dashboard reads logs of up to 250 MB/,
    );
  });

  test('of a corrupt log are an error, and others are still served', async () => {
    const response = await used.get(`/api/series?sweep=sample&task=${used.taskId(3)}&metrics=manifoldError`);
    assert.equal(response.status, 422);
    assert.match(await response.text(), /not a valid Arrow file/);
    assert.equal((await series({ task: used.taskId(1), metrics: 'loss' })).curves.length, 1);
  });
});
