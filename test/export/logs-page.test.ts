import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { before, describe, test } from 'node:test';
import { marked, type Token, type Tokens } from 'marked';
import '../../src/experiments/index.js';
import { installedVersions } from '../../src/task/registry.js';
import { EMPTY_STREAM } from '../../src/logs/batch-stream.js';
import { readSafetensors } from '../../src/store/safetensors.js';
import { LOG_METADATA, LOG_SCHEMA_VERSION } from '../../src/logs/schemas.js';
import { EMPTY_STEP_LOG } from '../../src/logs/step-log.js';
import { TASK_FILES, taskFolder } from '../../src/store/task-folder.js';
import { loadSweep } from '../../src/sweep/load.js';
import { writeCheckpoint } from '../../src/store/checkpoint.js';
import { documentedTables } from './documented.js';
import { trainSweep } from './trained-sweep.js';

const PAGE = path.join(import.meta.dirname, '../../../docs/logs.md');

/** Returns the page's tables by the heading above them. Cells are plain text, with code in backticks. */
function readPage(): ReadonlyMap<string, string[][][]> {
  const tables = new Map<string, string[][][]>();
  let heading = '';
  for (const token of marked.lexer(readFileSync(PAGE, 'utf8'))) {
    if (token.type === 'heading') heading = (token as Tokens.Heading).text;
    if (token.type !== 'table') continue;
    const rows = (token as Tokens.Table).rows.map((cells) => cells.map((cell) => plain(cell.tokens)));
    tables.set(heading, [...(tables.get(heading) ?? []), rows]);
  }
  return tables;
}

function plain(tokens: readonly Token[]): string {
  return tokens
    .map((token) => {
      if (token.type === 'codespan') return token.raw;
      return token.type === 'text' || token.type === 'escape'
        ? (token as Tokens.Text).text
        : `<${token.type}>`;
    })
    .join('');
}

const page = readPage();

/** Returns the first cells of a table without backticks. */
function names(heading: string, table = 0): string[] {
  return (page.get(heading)?.[table] ?? []).map(([name = '']) => name.replaceAll('`', ''));
}

describe('docs/logs.md', () => {
  for (const [heading, rows] of documentedTables())
    test(`has the columns of: ${heading}`, () => {
      assert.deepEqual(page.get(heading)?.[0], rows);
    });

  test("lists the keys of a log's metadata, and its version", () => {
    assert.deepEqual(names("A task's folder", 1), Object.values(LOG_METADATA));
    assert.match(page.get("A task's folder")?.[1]?.[0]?.[1] ?? '', new RegExp(`\`${LOG_SCHEMA_VERSION}\`$`));
  });

  test('lists the contents of a checkpoint', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'vae-sweep-page-'));
    const state = new Map(
      ['parameters', 'firstMoment', 'secondMoment'].map((name) => [name, new Float32Array(1)]),
    );
    writeCheckpoint(folder, '0123456789abcdef', {
      step: 1,
      cpu: 'avx2',
      state,
      stepLog: EMPTY_STEP_LOG,
      evaluationLog: EMPTY_STREAM,
    });
    const { metadata, tensors } = readSafetensors(path.join(folder, TASK_FILES.checkpoint));
    assert.deepEqual(names('checkpoint.safetensors'), Object.keys(metadata));
    assert.deepEqual(names('checkpoint.safetensors', 1), [...tensors.keys()]);
  });
});

describe('docs/logs.md and real folders', () => {
  let folders: string[];

  before(() => {
    const { file, out } = trainSweep({
      'both.yaml': 'sweeps: [a.yaml, b.yaml]\n',
      'a.yaml': 'experiment: linear\nsettings: { dimensions: [2, 4, 3], seed: 1, steps: 10 }\n',
      'b.yaml': 'experiment: identities\nsettings: { identity: lemma3, seed: 1, draws: 2 }\n',
    });
    folders = loadSweep(file, { versions: installedVersions() }).tasks.map((task) => taskFolder(out, task));
  });

  function json(index: number, name: string): unknown {
    return JSON.parse(readFileSync(path.join(folders[index] ?? '', name), 'utf8'));
  }

  test('lists all files of a finished task', () => {
    const [training = [], computing = []] = folders.map((folder) => readdirSync(folder).sort());
    assert.deepEqual([...new Set([...training, ...computing])].sort(), names("A task's folder").sort());
  });

  test('lists the keys of the JSON files', () => {
    assert.deepEqual(names('done.json'), Object.keys(json(0, TASK_FILES.done) as object));
    const [attempt] = json(0, TASK_FILES.run) as object[];
    assert.deepEqual(names('run.json'), Object.keys(attempt ?? {}));
    assert.deepEqual(names('verdict.json'), Object.keys(json(1, TASK_FILES.verdict) as object));
    const cell = page.get("A task's folder")?.[0]?.[0]?.[2];
    assert.equal(
      cell,
      Object.keys(json(0, TASK_FILES.task) as object)
        .map((key) => `\`${key}\``)
        .join(', '),
    );
  });
});
