import type { Argv } from 'yargs';
import { installPlugins } from '../input/plugins.js';
import { projectPlugins } from '../input/project.js';
import { repeatable } from './options.js';

interface PluginArguments {
  readonly plugin: readonly string[];
}

/**
 * `--plugin FILE` of every command: these plugins, and those of the project's configuration, are loaded before the command looks at its
 * sweep file.
 */
export function withPlugins<T>(yargs: Argv<T>): Argv<T & PluginArguments> {
  return yargs
    .option('plugin', {
      ...repeatable,
      describe:
        'Plugin with experiments, datasets, metrics or reports of your own; it runs with all your rights',
    })
    .middleware(async ({ plugin }) => installPlugins([...projectPlugins(), ...plugin]));
}
