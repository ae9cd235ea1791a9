import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { anySignal } from './any-signal.js';

test('a signal of several aborts with the first of them, and its reason', { timeout: 10_000 }, () => {
  const [first, second] = [new AbortController(), new AbortController()];
  const signal = anySignal([first.signal, second.signal]);
  assert.equal(signal.aborted, false);
  second.abort('second');
  first.abort('first');
  assert.equal(signal.reason, 'second');
  assert.equal(anySignal([first.signal, second.signal]).reason, 'first');
});

test('a signal that nobody can abort leaves memory despite its listeners', { timeout: 10_000 }, async () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const signal = new WeakRef(signalWithListener());
  // A weak reference is strong until the end of the turn that made it.
  await nextTurn();
  collect();
  assert.equal(signal.deref(), undefined);
});

function signalWithListener(): AbortSignal {
  const signal = anySignal([new AbortController().signal, new AbortController().signal]);
  signal.addEventListener('abort', () => undefined);
  return signal;
}
