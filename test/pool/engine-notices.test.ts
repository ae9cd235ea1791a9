import '../native-environment.js';
import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import type { Rank, Tensor, Tensor4D } from '@tensorflow/tfjs-node';
import { compile, tf } from '../../src/compiler/index.js';
import { EngineNotices } from '../../src/pool/engine-notices.js';

test('what the compiler prints when engine auto uses XLA is recognized, and a repetition too', () => {
  const write = mock.method(process.stderr, 'write', () => true);
  // XLA lacks this operation as well, but the message comes first.
  const normalize = ([images]: readonly Tensor[]) => {
    const state = tf.localResponseNormalization<Tensor4D>(images as Tensor4D);
    return { state: [state], metrics: tf.reshape<Rank.R1>(tf.mean(state), [1]) };
  };
  assert.throws(() => compile(normalize, { state: [tf.zeros([1, 2, 2, 3])] }), /LRN/);
  const lines = write.mock.calls.map(({ arguments: [text] }) => String(text).trim());
  write.mock.restore();
  const notices = new EngineNotices();
  assert.deepEqual(
    lines.flatMap((line) => [notices.classify(line), notices.classify(line)]),
    ['new', 'repeated'],
    lines.join(),
  );
});
