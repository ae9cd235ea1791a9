import { copyFileSync, existsSync, mkdirSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { CommandModule } from 'yargs';
import { InputError } from '../errors.js';

/** A project for each form of experiments. */
const TEMPLATES = fileURLToPath(new URL('../../../examples/experiments/', import.meta.url));
const FORMS = ['function', 'training', 'command'] as const;

interface InitArguments {
  readonly folder: string;
  readonly form: (typeof FORMS)[number];
}

export const initCommand: CommandModule<object, InitArguments> = {
  command: 'init [folder]',
  describe: 'Create a project with your own experiment, a sweep and a test',
  builder: (yargs) =>
    yargs
      .positional('folder', { type: 'string', default: '.', describe: 'Folder of the project' })
      .option('form', {
        choices: FORMS,
        default: 'function' as const,
        describe:
          'function: a generator in JavaScript; training: a loop of tfjs operations that is compiled; command: a Python script',
      })
      .example('$0 init my-sweep', 'a function that estimates pi')
      .example('$0 init my-sweep --form command', 'a Python script that trains with NumPy'),
  handler: ({ folder, form }) => {
    process.stdout.write(projectText(folder, writeProject(folder, path.join(TEMPLATES, form))));
  },
};

/** @returns the names of the files */
function writeProject(folder: string, template: string): string[] {
  const names = readdirSync(template).filter((name) => /[.](mjs|yaml|py)$/.test(name));
  const taken = names.find((name) => existsSync(path.join(folder, name)));
  if (taken !== undefined)
    throw new InputError(
      `${path.join(folder, taken)} already exists: choose another folder, or delete the file`,
    );
  try {
    mkdirSync(folder, { recursive: true });
    for (const name of names) copyFileSync(path.join(template, name), path.join(folder, name));
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? String(error);
    throw new InputError(`can't write the project in ${folder} (${code})`, { cause: error });
  }
  return names;
}

function projectText(folder: string, names: readonly string[]): string {
  const next = [
    ...(path.resolve(folder) === process.cwd() ? [] : [`cd ${folder}`]),
    'npx vae-sweep plan sweep.yaml',
    'npx vae-sweep run sweep.yaml',
    'node --test',
  ];
  return `Wrote ${names.join(', ')}.\n\nNext:\n${next.map((line) => `  ${line}\n`).join('')}`;
}
