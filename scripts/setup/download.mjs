import { spawn } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { downloadProgress, say, SetupError } from './report.mjs';
import { outputOf, requireTool } from './tools.mjs';
import { pipArguments, WHEEL } from './wheel.mjs';

const PIPS = [['python3', '-m', 'pip'], ['python', '-m', 'pip'], ['pip3'], ['pip']];

/** Downloads the wheel into `folder` with pip, which knows the user's proxy and mirror. @returns its path; the file is not verified */
export async function downloadWheel(folder) {
  const pip = requireTool(PIPS, 'pip, which downloads TensorFlow,', 'sudo apt-get install python3-pip');
  const label = `TensorFlow ${WHEEL.version}: downloading`;
  say(`${label} ${WHEEL.file} with \`${pip.join(' ')}\``);
  const show = downloadProgress(label, WHEEL.bytes);
  const watch = setInterval(() => show(Math.min(bytesUnder(folder), WHEEL.bytes - 1)), 250);
  const result = await runPip(pip, folder).finally(() => clearInterval(watch));
  const wheel = join(folder, WHEEL.file);
  if (result.status === 0 && existsSync(wheel)) {
    show(WHEEL.bytes);
    return wheel;
  }
  throw new SetupError(
    `pip could not download ${WHEEL.file} (see its output above)`,
    'check the network and the index (`pip config list`), then run `npm run setup`',
    `\n${outputOf(result)}`,
  );
}

/** Runs pip with `folder` as its temporary folder, whose growth shows the progress, and without its cache, which would keep a second copy. */
function runPip([command, ...pip], folder) {
  const options = [
    '--no-deps',
    '--only-binary=:all:',
    '--no-cache-dir',
    '--no-input',
    '--disable-pip-version-check',
  ];
  return new Promise((resolve) => {
    const child = spawn(command, [...pip, 'download', ...options, ...pipArguments(WHEEL), '--dest', folder], {
      env: { ...process.env, TMPDIR: folder },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const output = { stdout: '', stderr: '' };
    child.stdout.on('data', (data) => (output.stdout += data));
    child.stderr.on('data', (data) => (output.stderr += data));
    child.on('error', (error) => resolve({ ...output, status: null, error }));
    child.on('close', (status) => resolve({ ...output, status }));
  });
}

/** Returns the size of all files in a folder. Ignores files that pip removes in the meantime. */
function bytesUnder(folder) {
  try {
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => statSync(join(entry.parentPath, entry.name), { throwIfNoEntry: false })?.size ?? 0)
      .reduce((sum, bytes) => sum + bytes, 0);
  } catch (error) {
    if (error.code === 'ENOENT') return 0;
    throw error;
  }
}
