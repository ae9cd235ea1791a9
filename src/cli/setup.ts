import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { CommandModule } from 'yargs';
import { EXIT } from '../errors.js';
import { installedTensorFlow } from '../store/installation.js';

const SETUP = fileURLToPath(new URL('../../../scripts/setup.mjs', import.meta.url));

export const setupCommand: CommandModule = {
  command: 'setup',
  describe: 'Install tfjs-node and native TensorFlow',
  builder: (yargs) => yargs.example('$0 setup', 'after npm install vae-sweep'),
  handler: () => {
    const { status } = spawnSync(process.execPath, [SETUP], { stdio: 'inherit' });
    if (status !== 0) {
      process.exitCode = status ?? EXIT.failure;
      return;
    }
    const { version, source } = installedTensorFlow();
    process.stdout.write(`Ready: TensorFlow ${version}, from ${source}.\n`);
  },
};
