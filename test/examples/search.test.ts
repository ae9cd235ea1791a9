import assert from 'node:assert/strict';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, test } from 'node:test';
import { vaeSweep } from '../cli/command.js';

const EXAMPLES = path.join(import.meta.dirname, '../../../examples/search');

describe('an example of a search runs and prints the best settings:', () => {
  for (const [name, stages] of [
    ['halving', 3],
    ['tpe', 3],
  ] as const)
    test(name, () => {
      const out = mkdtempSync(path.join(tmpdir(), 'vae-sweep-example-'));
      const { status, stdout, stderr } = vaeSweep('run', path.join(EXAMPLES, `${name}.yaml`), '--out', out);
      assert.equal(status, 0, stderr);
      assert.equal(stderr.match(/^(?:rung|batch) \d of \d.*: best of /gm)?.length, stages, stderr);
      assert.match(stdout, new RegExp(`^Best settings of ${name} `, 'm'));
    });
});
