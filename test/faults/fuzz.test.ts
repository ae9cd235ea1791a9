import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import { fc } from '../fast-check.js';
import { CorruptTaskError, InputError, StoreError } from '../../src/errors.js';
import { BatchStream, EMPTY_STREAM } from '../../src/logs/batch-stream.js';
import { batchToFile, recordBatch, StreamEncoder, streamToFile } from '../../src/logs/encode.js';
import { readLog, readNumbers, valueAt } from '../../src/logs/read.js';
import { decodeSafetensors, encodeSafetensors, readSafetensors } from '../../src/store/safetensors.js';
import { evaluationSchema, sampleSchema, stepSchema } from '../experiments/vae/log-schemas.js';
import { replaceFile } from '../../src/store/files.js';
import { commitResults, markFailed, TASK_FILES, verifyTask } from '../../src/store/task-folder.js';
import { CHECKPOINT_FILES, readCheckpoint, readProgress } from '../../src/store/checkpoint.js';
import { checkpointBytes, sampleResults, sampleTask } from '../store/sample-task.js';
import { load } from '../sweep/sweep-folder.js';
import { SEED } from '../seed.js';
import { hostile, withstands } from './hostile.js';
import { fileWithSharedFields } from './shared-fields.js';

const RUNS = Number(process.env['VAE_SWEEP_FUZZ_RUNS'] ?? 200);
const folder = mkdtempSync(path.join(tmpdir(), 'vae-sweep-fuzz-'));
const file = path.join(folder, CHECKPOINT_FILES[0]);
const task = sampleTask(1, { ambientDim: 2, latentDim: 2 });
after(() => {
  rmSync(folder, { recursive: true });
});

function check<T>(name: string, arbitrary: fc.Arbitrary<T>, property: (value: T) => void): void {
  test(`${name} (seed ${SEED}, ${RUNS} runs)`, () => {
    fc.assert(fc.property(arbitrary, property), { seed: SEED, numRuns: RUNS });
  });
}

const TENSORS = encodeSafetensors({ task: task.id, step: '7' }, [
  { name: 'a', shape: [2, 3], values: new Float32Array(6) },
  { name: 'b', shape: [3], values: new Int32Array(3) },
]);

function stepStream(): Buffer {
  const encoder = new StreamEncoder(stepSchema(task));
  const rows = (steps: number[]) => [steps, ...Array.from({ length: 5 }, () => steps)];
  return Buffer.concat([encoder.head, encoder.encode(rows([1, 2, 3])), encoder.encode(rows([4, 5]))]);
}

function evaluationStream(): Buffer {
  const schema = evaluationSchema(task);
  const encoder = new StreamEncoder(schema);
  const full = schema.fields.map(({ type }) => [String(type).startsWith('List') ? [1, 2] : 1]);
  const empty = schema.fields.map(({ nullable }) => [nullable ? null : 2]);
  return Buffer.concat([encoder.head, encoder.encode(full), encoder.encode(empty)]);
}

const STREAMS = [stepStream(), evaluationStream()];
const SAMPLES = batchToFile(recordBatch(sampleSchema(task), Array<number[]>(4).fill([1, 2, 3])));
const LOGS = [...STREAMS.map(streamToFile), SAMPLES];

describe('safetensors', () => {
  check('any bytes decode to arrays that are no larger, or throw an Error', hostile(TENSORS), (bytes) => {
    withstands(() => {
      const { tensors } = decodeSafetensors(bytes);
      const decoded = [...tensors.values()].reduce((sum, { values }) => sum + values.byteLength, 0);
      assert.ok(decoded <= bytes.length, `${decoded} bytes of ${bytes.length}`);
    }, Error);
  });

  const entry = fc.oneof(
    fc.jsonValue(),
    fc.record({
      dtype: fc.constantFrom('F32', 'I32', 'F64'),
      shape: fc.jsonValue(),
      data_offsets: fc.jsonValue(),
    }),
    fc.record({
      dtype: fc.constantFrom('F32', 'I32'),
      shape: fc.array(fc.integer({ min: -2, max: 1e6 }), { maxLength: 3 }),
      data_offsets: fc.tuple(fc.integer(), fc.integer()),
    }),
  );
  const name = fc.oneof(fc.string(), fc.constantFrom('__metadata__', '__proto__', 'constructor', 'a'));
  check(
    'any header gives arrays or a StoreError, also in a checkpoint',
    fc.dictionary(name, entry),
    (header) => {
      writeFileSync(file, withHeader(JSON.stringify(header), 64));
      withstands(() => readSafetensors(file), StoreError);
      withstands(() => readCheckpoint(file, task.id), CorruptTaskError);
      readProgress(folder);
    },
  );

  test('a header that claims gigabytes, and arrays that share bytes, are rejected without reading them', () => {
    const claims = Buffer.alloc(16);
    for (const length of [2n ** 32n, 2n ** 62n, 2n ** 64n - 1n]) {
      claims.writeBigUInt64LE(length);
      assert.throws(() => decodeSafetensors(claims), { message: 'it is truncated' });
    }
    const shared = { dtype: 'F32', shape: [16], data_offsets: [0, 64] };
    const entries = Object.fromEntries(Array.from({ length: 1_000 }, (_, index) => [`t${index}`, shared]));
    assert.throws(() => decodeSafetensors(withHeader(JSON.stringify(entries), 64)), {
      message: 'its arrays overlap or leave gaps',
    });
  });

  test('a checkpoint of terabytes is checked in no time', () => {
    writeFileSync(file, checkpointBytes(5));
    truncateSync(file, 2 ** 42);
    withstands(() => {
      assert.equal(readProgress(folder).step, null);
    }, Error);
    rmSync(file);
  });
});

function withHeader(json: string, dataBytes: number): Buffer {
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(Buffer.byteLength(json)));
  return Buffer.concat([length, Buffer.from(json), Buffer.alloc(dataBytes)]);
}

describe('checkpoints', () => {
  check(
    'any bytes give a checkpoint or a CorruptTaskError',
    hostile(checkpointBytes(5), TENSORS),
    (bytes) => {
      writeFileSync(file, bytes);
      withstands(() => readCheckpoint(file, task.id), CorruptTaskError);
      const { step } = readProgress(folder);
      if (step !== null) assert.ok(Number.isInteger(step) && step >= 0);
    },
  );
});

describe('Arrow', () => {
  check('any bytes give a table whose rows can be read, or a StoreError', hostile(...LOGS), (bytes) => {
    writeFileSync(file, bytes);
    withstands(() => {
      const table = readLog(file);
      assert.ok(table.numRows >= 0 && table.numRows <= bytes.length, `${table.numRows} rows`);
      for (const { name } of table.schema.fields) {
        for (let row = 0; row < table.numRows; row++) {
          const value = valueAt(table, name, row);
          if (Array.isArray(value)) assert.ok(value.length <= bytes.length);
        }
        withstands(() => readNumbers(table, name), StoreError);
      }
    }, StoreError);
  });

  test('no number in a log makes its table larger than the file', () => {
    for (const log of LOGS)
      for (let at = 0; at + 4 <= log.length; at += 4) {
        const bytes = Buffer.from(log);
        bytes.writeUInt32LE(0x7f_ff_ff_ff, at);
        writeFileSync(file, bytes);
        withstands(() => {
          assert.ok(readLog(file).numRows <= bytes.length);
        }, StoreError);
      }
  });

  test('a schema whose fields share their children at each of 60 levels is read in finite time', () => {
    writeFileSync(file, fileWithSharedFields(60));
    withstands(() => {
      assert.throws(() => readLog(file), /it claims more entries than its bytes can hold/);
    }, StoreError);
  });

  check('any stream gives a file of limited size, or an Error', hostile(...STREAMS), (bytes) => {
    withstands(() => {
      assert.ok(streamToFile(bytes).length <= 10 * bytes.length + 10_000);
    }, Error);
  });
});

describe("the store's JSON", () => {
  commitResults(folder, task.id, sampleResults());
  markFailed(folder, { reason: 'error', message: 'x', step: 1, lastFinite: null, attempts: 1 });
  const files = [TASK_FILES.done, TASK_FILES.failed].map((name) => path.join(folder, name)) as [
    string,
    string,
  ];
  const [done, failed] = files.map((name) => readFileSync(name)) as [Buffer, Buffer];
  const json = fc.oneof(
    hostile(done, failed),
    fc.jsonValue().map((value) => Buffer.from(JSON.stringify(value))),
    fc
      .record({ id: fc.constant(task.id), files: fc.dictionary(fc.string(), fc.jsonValue()) })
      .map((value) => Buffer.from(JSON.stringify(value))),
  );

  check('a task has a state whatever the files contain', json, (bytes) => {
    writeFileSync(files[0], bytes);
    assert.ok(['done', 'corrupt'].includes(verifyTask(folder, task.id).state));
    rmSync(files[0]);
    writeFileSync(files[1], bytes);
    assert.ok(['failed', 'corrupt'].includes(verifyTask(folder, task.id).state));
  });

  test('a marker with paths of other folders, a marker that is too large, and a pipe are corrupt', () => {
    const stateWith = (write: () => void) => {
      rmSync(files[0], { force: true });
      write();
      const state = verifyTask(folder, task.id);
      return state.state === 'corrupt' ? state.problem : state.state;
    };
    for (const name of ['../../etc/passwd', '/etc/passwd', 'a/b.arrow', '..', '__proto__'])
      assert.match(
        stateWith(() => {
          const marker = { id: task.id, files: { [name]: { bytes: 1, sha256: '' } } };
          writeFileSync(files[0], JSON.stringify(marker));
        }),
        /^done\.json is invalid/,
      );
    assert.match(
      stateWith(() => {
        writeFileSync(files[0], '');
        truncateSync(files[0], 2 ** 40);
      }),
      /^done\.json is invalid \(not a regular file, or too large: 1099511627776 bytes\)$/,
    );
    assert.match(
      stateWith(() => {
        assert.equal(spawnSync('mkfifo', [files[0]]).status, 0);
      }),
      /^done\.json is invalid \(not a regular file, or too large: 0 bytes\)$/,
    );
    rmSync(files[0]);
  });
});

test('nothing is written through a symbolic link in the store', () => {
  const outside = path.join(folder, 'outside');
  writeFileSync(outside, 'mine');
  for (const name of ['stream', 'replaced', `replaced.${process.pid}-0.tmp`])
    symlinkSync(outside, path.join(folder, name));
  assert.throws(
    () => new BatchStream(path.join(folder, 'stream'), stepSchema(task), EMPTY_STREAM),
    new StoreError(
      `${path.join(folder, 'stream')} is a symbolic link, which a store must not contain: delete it`,
    ),
  );
  replaceFile(path.join(folder, 'replaced'), 'theirs');
  assert.equal(readFileSync(outside, 'utf8'), 'mine');
  assert.equal(readFileSync(path.join(folder, 'replaced'), 'utf8'), 'theirs');
});

describe('sweep files', () => {
  const SWEEPS = ['quickstart.yaml', 'table1-linear.yaml'].map((name) =>
    readFileSync(path.join(import.meta.dirname, '../../../sweeps', name)),
  );
  check('any text gives a sweep or an InputError', hostile(...SWEEPS), (bytes) => {
    withstands(() => load(bytes.toString('latin1')), InputError);
  });

  test('a grid with more cells than fit into memory is rejected before it is expanded', () => {
    const seeds = JSON.stringify(Array.from({ length: 1_000 }, (_, seed) => seed));
    const text = `experiment: linear\nsettings: { dimensions: [3, 12, 20] }\ngrid: { seed: ${seeds}, modelSeed: ${seeds}, steps: ${seeds} }\n`;
    withstands(() => load(text), InputError);
  });
});
