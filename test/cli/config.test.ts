import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import path from 'node:path';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import Ajv from 'ajv';
import { parse } from 'yaml';
import { MAIN } from './command.js';

const SCHEMA = fileURLToPath(new URL('../../../docs/config.schema.json', import.meta.url));
const CONFIGURATION = `experiments: [] # none yet
out: results
workers: 3
notify:
  - https://hooks.slack.com/services/secret
`;

function project(configuration: string | null): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'vae-sweep-config-'));
  if (configuration !== null) writeFileSync(path.join(folder, 'vae-sweep.config.yaml'), configuration);
  writeFileSync(
    path.join(folder, 'one.yaml'),
    'experiment: identities\nsettings: { identity: lemma1, draws: 5 }\ngrid: { seed: [1, 2, 3, 4] }\n',
  );
  return folder;
}

function inFolder(cwd: string, ...args: readonly string[]) {
  return spawnSync(process.execPath, [MAIN, ...args], { cwd, encoding: 'utf8', timeout: 120_000 });
}

describe('vae-sweep config', () => {
  test('shows each value with the line that sets it, and keeps the paths of webhooks secret', () => {
    assert.equal(
      inFolder(project(CONFIGURATION), 'config').stdout,
      [
        'experiments  none                         vae-sweep.config.yaml:1',
        'out          results                      vae-sweep.config.yaml:2',
        'workers      3                            vae-sweep.config.yaml:3',
        'notify       https://hooks.slack.com/...  vae-sweep.config.yaml:4',
        '',
      ].join('\n'),
    );
  });

  test('shows the defaults without a file', () => {
    assert.deepEqual(JSON.parse(inFolder(project(null), 'config', '--format', 'json').stdout), {
      experiments: { value: [], origin: 'default' },
      out: { value: 'out', origin: 'default' },
      workers: { value: availableParallelism(), origin: 'default: one per core' },
      notify: { value: [], origin: 'default' },
    });
  });

  test('names the line of a mistake', () => {
    const { status, stderr } = inFolder(project('out: results\nworkers: many\n'), 'config');
    assert.equal(status, 2);
    assert.match(stderr, /vae-sweep\.config\.yaml:2:10: workers: .*got "many"/);
  });

  test('does not repeat the secret of a mistyped webhook', () => {
    const { status, stderr } = inFolder(project('notify: ["ftp://example.org/secret"]\n'), 'config');
    assert.equal(status, 2);
    assert.match(stderr, /vae-sweep\.config\.yaml:1:\d+: notify.*expected an http or https URL/);
    assert.doesNotMatch(stderr, /secret/);
  });

  test('prints the schema in docs/config.schema.json, which accepts and rejects what the program does', () => {
    const { stdout } = inFolder(project(null), 'config', '--format', 'schema');
    if (process.env['VAE_SWEEP_UPDATE_DOCS'] === '1') writeFileSync(SCHEMA, stdout);
    assert.equal(readFileSync(SCHEMA, 'utf8'), stdout);
    const validate = new Ajv({ unknownFormats: 'ignore' }).compile(JSON.parse(stdout) as object);
    assert.equal(validate(parse(CONFIGURATION)), true);
    for (const wrong of ['workers: 0', 'outs: x', 'experiments: a.mjs', 'out: [x]'])
      assert.equal(validate(parse(wrong)), false, wrong);
  });
});

test('commands use the store and the workers of the project, and options take precedence', () => {
  const folder = project(CONFIGURATION.replace(/notify[^]*/, ''));
  assert.match(inFolder(folder, 'plan', 'one.yaml').stdout, / on 3 workers/);
  assert.match(inFolder(folder, 'plan', 'one.yaml', '--workers', '2').stdout, / on 2 workers/);
  const run = inFolder(folder, 'run', 'one.yaml', '--workers', '1');
  assert.equal(run.status, 0, run.stderr);
  assert.deepEqual(
    ['results', 'out'].map((name) => existsSync(path.join(folder, name))),
    [true, false],
  );
  assert.match(inFolder(folder, 'ls').stdout, /identities-lemma1-seed4-/);
  assert.match(inFolder(folder, 'status', 'one.yaml').stdout, /4 done/);
  assert.match(inFolder(folder, 'status', 'one.yaml', '--out', 'out').stdout, /4 pending/);
});
