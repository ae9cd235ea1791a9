import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

const ROOT = path.join(import.meta.dirname, '../../../src');
/** Words of the paper and of its models, which belong only in experiments. */
const WORDS =
  /\b(vaes?|autoencoders?|latents?|manifolds?|paper|theorems?|lemmas?|koehler|decoderNoise|sphere)\b/gi;
/** Exceptions: the program's name, and examples with the sweeps and tasks of this repository. */
const ALLOWED =
  /vae[-_ ]sweep|^.*'(\$0|sphere-2-6-6-seed48-\w+) .*$|sweeps\/[\w-]+\.yaml|^experiment: sphere$/gim;

test('the engine does not mention the paper or its models', () => {
  const files = readdirSync(ROOT, { recursive: true, encoding: 'utf8' }).filter(
    (file) => /[.]tsx?$/.test(file) && !file.startsWith('experiments'),
  );
  assert.ok(files.length > 200, `found ${files.length} files`);
  const found = files.flatMap((file) => {
    const text = readFileSync(path.join(ROOT, file), 'utf8').replaceAll(ALLOWED, '');
    return [...text.matchAll(WORDS)].map(([word]) => `${file}: ${word}`);
  });
  assert.deepEqual(found, []);
});
