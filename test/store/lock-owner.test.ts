import assert from 'node:assert/strict';
import { test } from 'node:test';
import { commandLine } from '../../src/store/lock-owner.js';

test('the command line in the lock has no path of a webhook, which is a secret, but the paths of other URLs', () => {
  assert.equal(
    commandLine([
      ...['vae-sweep', 'run', 'a.yaml', '--queue', 'redis://user:word@host:1/2'],
      ...[
        '--notify',
        'https://hooks.example/a/secret?b#c',
        '--notify=https://other.example/secret',
        '--serve',
      ],
    ]),
    'vae-sweep run a.yaml --queue redis://host:1/2 --notify https://hooks.example/... --notify=https://other.example/... --serve',
  );
});
