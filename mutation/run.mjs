import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

/**
 * Changes the compiled code of a folder in one place at a time, and runs the tests of the same folder: those in `test/sweep` for
 * `src/sweep`. `--lines 40` changes 40 random lines instead of all. Code that only child processes execute counts as not covered.
 */
const ROOT = fileURLToPath(new URL('..', import.meta.url));

const { values } = parseArgs({
  options: {
    folder: { type: 'string' },
    tests: { type: 'string' },
    lines: { type: 'string' },
    seed: { type: 'string', default: '0' },
    concurrency: { type: 'string', default: '2' },
  },
});
const { folder, seed } = values;
if (folder === undefined || !/^src\/[a-z/-]+$/.test(folder)) {
  process.stderr.write(
    'Pass a folder, for example: npm run test:mutation -- --folder src/sweep --lines 40 --seed 1\n',
  );
  process.exit(2);
}

/** Returns the files in a folder of `dist`, relative to the repository. */
function compiled(name, suffix) {
  return readdirSync(path.join(ROOT, 'dist', name), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith(suffix))
    .map((file) => path.posix.join('dist', name, file))
    .sort();
}

/** Returns the lines with code, as `file:12-12`, in an order that depends on the seed alone. */
function shuffledLines(files) {
  const rank = (line) => createHash('sha256').update(`${seed} ${line}`).digest('hex');
  return files
    .flatMap((file) =>
      readFileSync(path.join(ROOT, file), 'utf8')
        .split('\n')
        .flatMap((text, index) =>
          /^\s*(\/\/|\/?\*|import |export \{|[{}()[\];,]*$)/.test(text)
            ? []
            : [`${file}:${index + 1}-${index + 1}`],
        ),
    )
    .map((line) => ({ line, rank: rank(line) }))
    .sort((a, b) => (a.rank < b.rank ? -1 : 1))
    .map(({ line }) => line);
}

const files = compiled(folder, '.js');
const temporary = mkdtempSync(path.join(tmpdir(), 'vae-sweep-mutation-'));
const config = path.join(temporary, 'stryker.json');
const kept = ['bin', 'dist', 'docs', 'assets', 'sweeps', 'examples', 'scripts', 'src', 'test', 'workers'];
writeFileSync(
  config,
  JSON.stringify({
    testRunner: 'tap',
    plugins: ['@stryker-mutator/tap-runner'],
    mutate: values.lines === undefined ? files : shuffledLines(files).slice(0, Number(values.lines)),
    tap: {
      testFiles: (values.tests ?? folder.replace('src/', 'test/'))
        .split(',')
        .flatMap((name) => (name.endsWith('.js') ? [name] : compiled(name, '.test.js'))),
    },
    coverageAnalysis: 'perTest',
    concurrency: Number(values.concurrency),
    timeoutMS: 60_000,
    dryRunTimeoutMinutes: 20,
    reporters: ['clear-text', 'progress-append-only'],
    clearTextReporter: { allowColor: false, logTests: false },
    tempDirName: path.join(temporary, 'sandbox'),
    ignorePatterns: ['*', '!package.json', ...kept.flatMap((name) => [`!${name}`, `!${name}/**`])],
  }),
);
const stryker = path.join(ROOT, 'mutation/node_modules/@stryker-mutator/core/bin/stryker.js');
const { status } = spawnSync(process.execPath, [stryker, 'run', config], { cwd: ROOT, stdio: 'inherit' });
process.exitCode = status ?? 1;
