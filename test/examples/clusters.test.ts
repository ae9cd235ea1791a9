import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { before, describe, test } from 'node:test';
import { parse } from 'yaml';
import { vaeSweep } from '../cli/command.js';
import { resultHashes } from '../faults/command.js';
import { readJob, unknownFields } from './manifest.js';
import { runWithSlurm } from './slurm-stub.js';

const ROOT = path.join(import.meta.dirname, '../../..');
const SLURM = path.join(ROOT, 'examples/slurm');
const KUBERNETES = path.join(ROOT, 'examples/kubernetes');

let folder: string;
let sweep: string;
/** Results of an undivided run. */
let undivided: Record<string, string>;

before(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'vae-sweep-clusters-'));
  sweep = path.join(folder, 'tiny.yaml');
  writeFileSync(
    sweep,
    'experiment: linear\ngrid: { dimensions: [[2, 4, 3]], seed: [1, 2, 3] }\nsettings: { steps: 200 }\n',
  );
  const out = path.join(folder, 'undivided');
  assert.equal(vaeSweep('run', sweep, '--out', out).status, 0);
  undivided = resultHashes(out);
});

describe('the Slurm scripts', () => {
  test('are valid bash scripts', () => {
    for (const name of readdirSync(SLURM)) {
      const { status, stderr } = spawnSync('bash', ['-n', path.join(SLURM, name)], { encoding: 'utf8' });
      assert.deepEqual([status, stderr], [0, ''], name);
    }
  });

  test('execute every shard, requeue one that runs out of time, and merge to the bytes of an undivided run', () => {
    const store = path.join(folder, 'slurm');
    const submit = path.join(SLURM, 'submit.sh');
    const { status, stderr, calls } = runWithSlurm(path.join(folder, 'stubs'), [submit, sweep, '3'], {
      STORE: store,
    });
    assert.equal(status, 0, stderr);
    assert.deepEqual(calls, [
      `sbatch --parsable --array=1-3 examples/slurm/shard.sh ${sweep}`,
      '42_1 ended with 0',
      'scontrol requeue 42_2',
      '42_2 ended with 130',
      '42_2 ended with 0',
      '42_3 ended with 0',
      'sbatch --dependency=afterany:42 examples/slurm/merge.sh',
    ]);
    assert.deepEqual(readdirSync(path.join(store, 'shards')).sort(), ['1', '2', '3']);
    assert.deepEqual(resultHashes(store), undivided);
  });

  test('run the commands in a container if IMAGE names one', () => {
    const store = path.join(folder, 'apptainer');
    const submit = path.join(SLURM, 'submit.sh');
    const { status, stderr, calls } = runWithSlurm(
      path.join(folder, 'apptainer-stubs'),
      [submit, sweep, '1'],
      {
        STORE: store,
        IMAGE: 'vae-sweep.sif',
      },
    );
    assert.equal(status, 0, stderr);
    assert.deepEqual(
      calls.filter((call) => call.startsWith('apptainer')),
      ['apptainer run vae-sweep.sif run', 'apptainer run vae-sweep.sif merge'],
    );
    assert.deepEqual(resultHashes(store), undivided);
  });

  test('do not requeue a failed job, and exit with its exit code', () => {
    const missing = path.join(folder, 'missing.yaml');
    const shard = [path.join(SLURM, 'shard.sh'), missing];
    const { status, stderr, calls } = runWithSlurm(path.join(folder, 'failing'), shard, {
      SLURM_ARRAY_JOB_ID: '42',
      SLURM_ARRAY_TASK_ID: '1',
      SLURM_ARRAY_TASK_COUNT: '1',
      SLURM_CPUS_PER_TASK: '1',
      SLURM_MEM_PER_NODE: '4096',
      STORE: folder,
    });
    assert.match(stderr, /^vae-sweep: .*missing\.yaml/);
    assert.deepEqual([status, calls], [2, []]);
  });
});

describe('the Kubernetes manifests', () => {
  test("match Kubernetes' schema of a Job, which rejects other manifests", () => {
    for (const name of ['shards.yaml', 'merge.yaml'])
      assert.deepEqual(unknownFields(readJob(path.join(KUBERNETES, name))), []);
    const change = (from: string, to: string): string => {
      const text = readFileSync(path.join(KUBERNETES, 'shards.yaml'), 'utf8');
      const file = path.join(folder, 'changed.yaml');
      writeFileSync(file, text.replace(from, to));
      return file;
    };
    const ofText = change('completions: 8', 'completions: "8"');
    assert.throws(() => readJob(ofText), /completions must be integer/);
    const ofAction = change('action: FailJob', 'action: Fail');
    assert.throws(() => readJob(ofAction), /action must be equal to one of the allowed values/);
    const [misspelled] = unknownFields(readJob(change('backoffLimitPerIndex', 'backofLimitPerIndex')));
    assert.match(misspelled ?? '', /'"backofLimitPerIndex"' does not exist in type 'IJobSpec'/);
  });

  test('mount the declared volume at the path of the store', () => {
    const claim = parse(readFileSync(path.join(KUBERNETES, 'volume.yaml'), 'utf8')) as {
      kind: string;
      metadata: { name: string };
      spec: { accessModes: string[] };
    };
    assert.deepEqual([claim.kind, claim.spec.accessModes], ['PersistentVolumeClaim', ['ReadWriteMany']]);
    for (const name of ['shards.yaml', 'merge.yaml']) {
      const { container, volumes } = podOf(name);
      assert.deepEqual(volumes, [
        { name: 'store', persistentVolumeClaim: { claimName: claim.metadata.name } },
      ]);
      assert.deepEqual(container.volumeMounts, [{ name: 'store', mountPath: valueOf(name, 'STORE') }]);
    }
  });

  test('replace a pod that runs out of time, count failed pods, and fail the job for an invalid command', () => {
    const { spec } = readJob(path.join(KUBERNETES, 'shards.yaml'));
    const actions = spec.podFailurePolicy?.rules.map(({ action, onExitCodes }) => [
      action,
      onExitCodes?.values,
    ]);
    assert.deepEqual(actions, [
      ['Ignore', [130]],
      ['Ignore', undefined],
      ['FailJob', [2]],
    ]);
    // The API server rejects both together with any other policy; the schema does not contain this rule.
    assert.equal(spec.template.spec?.restartPolicy, 'Never');
    assert.equal(spec.completionMode, 'Indexed');
    const { container } = podOf('shards.yaml');
    for (const rule of spec.podFailurePolicy?.rules ?? [])
      if (rule.onExitCodes) assert.equal(rule.onExitCodes.containerName, container.name);
  });

  test('execute every index, and merge to the bytes of an undivided run', () => {
    const store = path.join(folder, 'kubernetes');
    const { completions = 0 } = readJob(path.join(KUBERNETES, 'shards.yaml')).spec;
    assert.equal(valueOf('shards.yaml', 'SHARDS'), String(completions));
    for (let index = 0; index < completions; index += 1)
      runPod('shards.yaml', { JOB_COMPLETION_INDEX: String(index), STORE: store, SWEEP: sweep });
    assert.equal(existsSync(path.join(store, 'tasks')), false);
    runPod('merge.yaml', { STORE: store });
    assert.deepEqual(resultHashes(store), undivided);
  });
});

function podOf(name: string) {
  const pod = readJob(path.join(KUBERNETES, name)).spec.template.spec;
  const [container] = pod?.containers ?? [];
  assert.ok(container !== undefined);
  return { container, volumes: pod?.volumes };
}

function valueOf(name: string, variable: string): string | undefined {
  return podOf(name).container.env?.find((each) => each.name === variable)?.value;
}

/** Returns the command and environment of the pod's container, with values from the cluster and overrides for the manifest's values. */
function runPod(name: string, values: Readonly<Record<string, string>>): void {
  const { command, args, env } = podOf(name).container;
  const resources: Readonly<Record<string, string>> = { 'limits.cpu': '4', 'limits.memory': '4295' };
  const given = (env ?? []).map(({ name, value, valueFrom }) => {
    return [name, value ?? resources[valueFrom?.resourceFieldRef?.resource ?? ''] ?? ''] as const;
  });
  const [program = '', ...rest] = [...(command ?? []), ...(args ?? [])];
  const { status, stderr } = spawnSync(program, rest, {
    cwd: ROOT,
    env: { ...process.env, ...Object.fromEntries(given), ...values },
    encoding: 'utf8',
  });
  assert.equal(status, 0, stderr);
}
