import type { Argv } from 'yargs';
import { installPlugins } from '../input/plugins.js';
import { readProject } from '../input/project.js';

let given: readonly string[] = [];

/** The `--plugin` options of this command, for another command on the same sweep. */
export function pluginOptions(): readonly string[] {
  return given.flatMap((file) => ['--plugin', file]);
}

interface PluginArguments {
  readonly plugin: readonly string[];
}

/**
 * Adds `--plugin FILE` to a command that reads sweep files or a store: these plugins, and those of the project's configuration, are loaded
 * before the command reads them.
 */
export function withPlugins<T>(yargs: Argv<T>): Argv<T & PluginArguments> {
  return yargs
    .option('plugin', {
      type: 'string',
      array: true,
      nargs: 1,
      default: [] as string[],
      describe:
        'Plugin with experiments, datasets, metrics or reports of your own; it runs with all your rights',
    })
    .middleware(async ({ plugin }) => {
      given = plugin;
      await installPlugins([...(readProject().experiments ?? []), ...plugin]);
    });
}
