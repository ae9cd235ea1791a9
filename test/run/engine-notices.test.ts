import assert from 'node:assert/strict';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, it } from 'node:test';
import { ISOLATIONS } from '../../src/pool/process-pool.js';
import { runSweep } from '../../src/run/run-sweep.js';
import { standInOptions, standInTask } from './stand-in.js';

describe('a run whose engine auto uses XLA', () => {
  for (const isolation of ISOLATIONS)
    it(`shows once which operation decided, with ${isolation} isolation`, async () => {
      const outDir = mkdtempSync(path.join(tmpdir(), 'vae-sweep-notices-'));
      const options = standInOptions(outDir, { isolation });
      const tasks = [1, 2, 3, 4].map((seed) => standInTask(seed, 'uses xla'));
      const { done } = await runSweep({ name: 'mine', file: 'mine.yaml', tasks }, options);
      assert.equal(done, 4);
      assert.deepEqual(options.shown().match(/^engine auto .*$/gm), ['engine auto uses xla: It needs LRN.']);
    });
});
