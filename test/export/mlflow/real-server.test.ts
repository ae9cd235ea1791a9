import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { tableFromIPC } from 'apache-arrow';
import { z } from 'zod';
import '../../../src/experiments/index.js';
import { TASK_FILES, taskFolder } from '../../../src/store/task-folder.js';
import { loadSweep, type Sweep } from '../../../src/sweep/load.js';
import { installedVersions } from '../../../src/task/registry.js';
import { vaeSweep } from '../../cli/command.js';
import { trainSweep, type TrainedSweep } from '../trained-sweep.js';
import { MlflowServer, noMlflow } from './mlflow-server.js';

const SWEEP =
  'experiment: linear\ngrid: { dimensions: [[2, 4, 3]], seed: [7, 8] }\nsettings: { steps: 300, evaluateEverySteps: 100 }\n';

const entries = z.array(z.object({ key: z.string(), value: z.string() }));
const runsSchema = z.object({
  runs: z.array(
    z.object({
      info: z.object({
        run_id: z.string(),
        run_name: z.string(),
        status: z.string(),
        artifact_uri: z.string(),
      }),
      data: z.object({ tags: entries, params: entries }),
    }),
  ),
});
const historySchema = z.object({
  metrics: z.array(z.object({ step: z.coerce.number(), value: z.number() })),
});

describe('vae-sweep export --to mlflow, with a real server', { skip: noMlflow }, () => {
  let server: MlflowServer;
  let trained: TrainedSweep;
  let sweep: Sweep;

  before(async () => {
    trained = trainSweep({ 'linear.yaml': SWEEP });
    sweep = loadSweep(trained.file, { versions: installedVersions() });
    server = await MlflowServer.start();
  });
  after(() => server.stop());

  function send(...expected: readonly string[]): void {
    const { status, stdout, stderr } = vaeSweep(
      ...['export', trained.file, '--out', trained.out, '--to', 'mlflow', server.url],
    );
    assert.deepEqual([status, stdout, stderr], [0, `${server.url}/\n`, `${expected.join('\n')}\n`]);
  }

  async function runs(): Promise<z.infer<typeof runsSchema>['runs']> {
    const answer = await server.call('mlflow/experiments/get-by-name?experiment_name=linear');
    const { experiment } = z
      .object({ experiment: z.object({ experiment_id: z.string() }) })
      .parse(await answer.json());
    const found = await server.call('mlflow/runs/search', { experiment_ids: [experiment.experiment_id] });
    const list = runsSchema.parse(await found.json()).runs;
    return list.sort((a, b) => a.info.run_name.localeCompare(b.info.run_name));
  }

  /** Compares all that the server has with the store. */
  async function assertComplete(): Promise<void> {
    const found = await runs();
    assert.deepEqual(
      found.map(({ info }) => [info.run_name, info.status]),
      sweep.tasks.map(({ name }) => [name, 'FINISHED']),
    );
    for (const [index, { info, data }] of found.entries()) {
      const task = sweep.tasks[index];
      assert.ok(task);
      const folder = taskFolder(trained.out, task);
      const tags = new Map(data.tags.map(({ key, value }) => [key, value]));
      assert.deepEqual([tags.get('vae-sweep.task'), tags.get('vae-sweep.sweep')], [task.id, 'linear']);
      assert.deepEqual(
        Object.fromEntries(data.params.map(({ key, value }) => [key, value])),
        Object.fromEntries(
          Object.entries(task.settings).map(([key, value]) => [
            key,
            typeof value === 'string' ? value : JSON.stringify(value),
          ]),
        ),
      );
      for (const [log, key] of [
        [TASK_FILES.steps, 'steps/loss'],
        [TASK_FILES.evaluations, 'evaluation/loss'],
      ] as const) {
        const query = new URLSearchParams({ run_id: info.run_id, metric_key: key, max_results: '10000' });
        const answer = await server.call(`mlflow/metrics/get-history?${query.toString()}`);
        const history = historySchema.parse(await answer.json()).metrics.sort((a, b) => a.step - b.step);
        const rows = tableFromIPC(readFileSync(path.join(folder, log))).toArray() as {
          step: number;
          loss: number;
        }[];
        assert.deepEqual(
          history.map(({ step, value }) => [step, value]),
          rows.map(({ step, loss }) => [step, loss]),
        );
      }
      const artifacts = info.artifact_uri.replace('mlflow-artifacts:/', 'mlflow-artifacts/artifacts/');
      for (const name of [TASK_FILES.task, TASK_FILES.evaluations, TASK_FILES.parameters]) {
        const bytes = Buffer.from(await (await server.call(`${artifacts}/${name}`)).arrayBuffer());
        assert.deepEqual(bytes, readFileSync(path.join(folder, name)), name);
      }
    }
  }

  test('sends settings, metrics, tags and files', async () => {
    send('Sent 2 tasks');
    await assertComplete();
  });

  test('sends nothing twice, and completes a run that was interrupted', async () => {
    send('Sent 0 tasks', '2 tasks were there already');
    const [first] = await runs();
    assert.ok(first);
    const { run_id } = first.info;
    await server.call('mlflow/runs/update', { run_id, status: 'RUNNING' });
    // As if the answer to the second batch had been lost before its tag was set.
    await server.call('mlflow/runs/set-tag', { run_id, key: 'vae-sweep.sent', value: '999' });
    send('Sent 1 tasks', '1 tasks were there already');
    await assertComplete();
  });
});
