import assert from 'node:assert/strict';
import { appendFileSync } from 'node:fs';
import path from 'node:path';
import { before, describe, test } from 'node:test';
import '../../../src/experiments/index.js';
import { TrackingError } from '../../../src/errors.js';
import { sendSweep, type SendOptions, type SendResult } from '../../../src/export/mlflow/send-sweep.js';
import { TASK_FILES, taskFolder } from '../../../src/store/task-folder.js';
import { loadSweep, type Sweep } from '../../../src/sweep/load.js';
import { installedVersions } from '../../../src/task/registry.js';
import { vaeSweep } from '../../cli/command.js';
import { freePort } from '../../free-port.js';
import { trainSweep, type TrainedSweep } from '../trained-sweep.js';
import { FakeMlflow, type Fault } from './fake-server.js';

const SWEEPS = {
  'small.yaml': 'sweeps: [linear.yaml, identities.yaml]\n',
  'linear.yaml':
    'experiment: linear\nsettings: { dimensions: [2, 4, 3], seed: 7, steps: 300, evaluateEverySteps: 100 }\n',
  'identities.yaml': 'experiment: identities\nsettings: { identity: lemma3, seed: 1, draws: 5 }\n',
};

let trained: TrainedSweep;
let sweep: Sweep;
/** What a server has after an export without faults, and the number of requests. */
let expected: unknown;
let requests = 0;

before(async () => {
  trained = trainSweep(SWEEPS);
  sweep = loadSweep(trained.file, { versions: installedVersions() });
  await withServer(async (server, url) => {
    assert.deepEqual(await send(url), result({ sent: 2 }));
    expected = server.contents();
    requests = server.requests;
  });
});

async function withServer(action: (server: FakeMlflow, url: URL) => Promise<void>): Promise<void> {
  const server = new FakeMlflow();
  const url = await server.start();
  try {
    await action(server, url);
  } finally {
    server.stop();
  }
}

async function send(url: URL, options: Partial<SendOptions> = {}): Promise<SendResult> {
  return sendSweep(sweep, {
    ...{ outDir: trained.out, url, authorization: null, signal: new AbortController().signal },
    ...{ onTask: () => undefined, firstWaitMs: 1 },
    ...options,
  });
}

function result(counts: Partial<SendResult>): SendResult {
  return { sent: 0, unchanged: 0, unfinished: 0, withoutArtifacts: 0, corrupt: [], ...counts };
}

describe('an export to MLflow', () => {
  test('sends settings, metrics, tags and files, within the limits of a request', () => {
    const { experiments, runs } = expected as {
      readonly experiments: unknown;
      readonly runs: readonly {
        readonly name: string;
        readonly status: string;
        readonly tags: readonly (readonly [string, string])[];
        readonly params: readonly (readonly [string, string])[];
        readonly metrics: readonly string[];
        readonly files: readonly (readonly [string, string])[];
      }[];
    };
    const [linear, identities] = runs;
    const [task, computation] = sweep.tasks;
    assert.deepEqual(experiments, ['small']);
    assert.deepEqual([linear?.name, linear?.status], [task?.name, 'FINISHED']);
    assert.deepEqual(
      [
        ['vae-sweep.task', task?.id],
        ['vae-sweep.sweep', 'small'],
      ],
      linear?.tags.slice(0, 2),
    );
    const params = new Map(linear?.params);
    assert.deepEqual([params.get('seed'), params.get('hiddenWidths')], ['7', '[]']);
    // 300 steps with 5 numbers each, and 4 evaluations.
    const metrics = linear?.metrics.map((text) => JSON.parse(text) as { key: string; step: number }) ?? [];
    assert.deepEqual(
      metrics.filter(({ key }) => key === 'evaluation/loss').map(({ step }) => step),
      [0, 100, 200, 300],
    );
    assert.equal(metrics.filter(({ key }) => key.startsWith('steps/')).length, 1_500);
    assert.deepEqual(
      linear?.files.map(([name]) => name),
      [TASK_FILES.task, TASK_FILES.evaluations, TASK_FILES.samples, TASK_FILES.parameters],
    );
    assert.deepEqual(new Map(identities?.tags).get('result.holds'), 'true');
    assert.equal(new Map(identities?.tags).get('vae-sweep.task'), computation?.id);
    assert.ok(identities?.metrics.some((text) => text.startsWith('{"key":"result/worstError"')));
  });

  test('sends files to addresses that name the server, and none to those that name another place', async () => {
    for (const [root, isSent] of [
      [(host: string) => `mlflow-artifacts://${host}`, true],
      [() => 'mlflow-artifacts://', true],
      [() => 'mlflow-artifacts://another.host:5000', false],
      [() => 's3://bucket', false],
      [() => '/mlruns', false],
    ] as const)
      await withServer(async (server, url) => {
        server.artifactRoot = root(url.host);
        const { sent, withoutArtifacts } = await send(url);
        assert.deepEqual([sent, withoutArtifacts], [2, isSent ? 0 : 2], server.artifactRoot);
        if (isSent) assert.deepEqual(server.contents(), expected);
        else
          assert.deepEqual(
            server.runs.map(({ files }) => files.size),
            [0, 0],
          );
      });
  });

  for (const fault of ['status 500', 'lost answer', 'no answer'] satisfies Fault[])
    test(`has the same result if any request meets the fault "${fault}"`, async () => {
      for (let at = 1; at <= requests; at++)
        await withServer(async (server, url) => {
          server.fault = (request) => (request === at ? fault : null);
          await send(url, fault === 'no answer' ? { timeoutMs: 200 } : {});
          assert.deepEqual(server.contents(), expected, `request ${at}`);
        });
    });

  for (const fault of ['status 500', 'lost answer'] satisfies Fault[])
    test(`resumes after any request at which the server went away with "${fault}"`, async () => {
      for (let at = 1; at <= requests; at++)
        await withServer(async (server, url) => {
          server.fault = (request) => (request >= at ? fault : null);
          await assert.rejects(send(url, { retries: 0 }), TrackingError);
          server.fault = () => null;
          await send(url);
          assert.deepEqual(server.contents(), expected, `request ${at}`);
          assert.equal(server.repeatedMetrics, 0, `request ${at}`);
        });
    });

  test('sends nothing twice', async () => {
    await withServer(async (server, url) => {
      await send(url);
      assert.deepEqual(await send(url), result({ unchanged: 2 }));
      assert.deepEqual([server.contents(), server.repeatedMetrics], [expected, 0]);
    });
  });

  test('stops at a request, and resumes', async () => {
    await withServer(async (server, url) => {
      const stop = new AbortController();
      server.fault = (request) => {
        if (request === 6) stop.abort(new Error('SIGINT'));
        return null;
      };
      await assert.rejects(send(url, { signal: stop.signal }), { message: 'SIGINT' });
      server.fault = () => null;
      await send(url);
      assert.deepEqual(server.contents(), expected);
    });
  });

  test('leaves out tasks that are corrupt or not done, and names the corrupt ones', async () => {
    const broken = trainSweep({ 'linear.yaml': SWEEPS['linear.yaml'] });
    const [first] = sweep.tasks;
    assert.ok(first);
    appendFileSync(path.join(taskFolder(broken.out, first), TASK_FILES.steps), 'x');
    await withServer(async (server, url) => {
      const { corrupt, ...counts } = await send(url, { outDir: broken.out });
      assert.deepEqual({ ...counts, corrupt: [] }, result({ unfinished: 1 }));
      assert.match(corrupt[0]?.problem ?? '', /^steps\.arrow has the wrong size/);
      assert.deepEqual(server.runs, []);
    });
  });
});

describe('an export to MLflow explains', () => {
  const cases: readonly (readonly [string, number, string, RegExp])[] = [
    ['a refused access', 401, '', /refuses access \(status 401\): set MLFLOW_TRACKING_USERNAME and /],
    [
      'another kind of server',
      200,
      '<html>',
      /does not answer as MLflow's REST API does .*: check the address/,
    ],
    ['another path of a server', 404, '<html>', /refuses a request \(status 404\): check the address/],
    ['a redirect', 302, '', /refuses a request \(status 302\): check the address/],
    [
      'a deleted experiment',
      200,
      '{"experiment": {"experiment_id": "1", "lifecycle_stage": "deleted"}}',
      /the experiment small was deleted in MLflow: restore it there, or /,
    ],
    [
      'what the server says',
      400,
      '{"error_code": "INVALID_PARAMETER_VALUE", "message": "a name is invalid"}',
      /refuses a request \(a name is invalid\)$/,
    ],
  ];
  for (const [title, status, text, message] of cases)
    test(title, async () => {
      await withServer(async (server, url) => {
        server.override = { status, text };
        await assert.rejects(send(url), { name: /Error$/, message });
        assert.equal(server.requests, 1);
      });
    });

  test('a server that does not run, and wrong arguments', async () => {
    const to = (...args: string[]) => {
      const { status, stderr } = vaeSweep('export', trained.file, '--out', trained.out, ...args);
      return [status, stderr];
    };
    const url = `http://127.0.0.1:${await freePort()}`;
    await assert.rejects(send(new URL(url), { retries: 1 }), {
      message: `can't use the MLflow server ${url} (connect ECONNREFUSED ${url.slice(7)}): start it or check the address, then run the same command again to send the rest`,
    });
    assert.deepEqual(to('--to', 'mlflow'), [
      2,
      'vae-sweep: --to mlflow needs the address of the server, for example --to mlflow http://localhost:5000. For a file of this name, pass --to ./mlflow\n',
    ]);
    assert.deepEqual(to('--to', 'mlflow', 'localhost'), [
      2,
      'vae-sweep: --to mlflow: expected the address of a server, for example http://localhost:5000\n',
    ]);
    assert.deepEqual(to('--to', 'mlflow', url, '--rows', 'steps'), [
      2,
      'vae-sweep: --rows has no effect with --to mlflow: remove it\n',
    ]);
    assert.deepEqual(to(url), [2, `vae-sweep: one argument too many: an address follows \`--to mlflow\`\n`]);
  });
});
