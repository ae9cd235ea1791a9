import { existsSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { PermanentError } from '../../forms/failed-outcome.js';
import { DONE, rowsWorker, type RowsContext } from '../../forms/rows.js';
import { StoreError } from '../../errors.js';
import { loadPlugin } from '../../input/load-plugin.js';
import { readForeignRows } from '../../logs/read.js';
import { replaceFile } from '../../store/files.js';
import { clearProgramFolder, makeProgramFolder } from '../../store/task-folder.js';
import { stepsOf } from '../../task/cost.js';
import type { Settings } from '../../task/task.js';
import { formatCount } from '../../units.js';
import { CommandOutput } from './command-output.js';
import { CommandProcess } from './command-process.js';
import type { Numbers, UserCommandExperiment, UserSettings } from './definition.js';
import { asUserSettings, definitionOf, pluginOf } from './installed-experiments.js';
import { rowColumns } from './details.js';

/** What a program says by its exit code; with any other code its task has failed and is retried. */
const EXIT = { done: 0, permanent: 65 };
/** How often a program's output is read. */
const READ_EVERY_MS = 50;
/** How long a program has after SIGTERM. */
const STOP_GRACE_MS = 30_000;

/** Runs the program of an experiment of a plugin. */
export const { run } = rowsWorker<Settings>({
  columns: (settings) => rowColumns(commandOf(settings)),
  keepsOwnState: true,
  run: (settings, context) => new CommandRun(settings, context).rows(),
});

class CommandRun {
  readonly #experiment: UserCommandExperiment;
  readonly #settings: Settings;
  readonly #context: RowsContext;
  readonly #most: number;
  /** Rows of earlier attempts, until this one says with which row it begins. */
  #before: Numbers[] | null = [];
  #rows = 0;
  #last: Numbers | null = null;
  #isStateUsable = true;

  constructor(settings: Settings, context: RowsContext) {
    this.#experiment = commandOf(settings);
    this.#settings = settings;
    this.#context = context;
    this.#most = stepsOf(settings);
  }

  async *rows() {
    const { name, resumable = false } = this.#experiment;
    const folder = this.#openFolder(resumable);
    const output = new CommandOutput(path.join(folder, 'output.jsonl'), this.#experiment);
    const arrowFile = path.join(folder, 'files', 'rows.arrow');
    try {
      if (resumable) this.#before = this.#replay(output);
      const program = await this.#start(folder, output.descriptor);
      try {
        const code = yield* this.#follow(program, output);
        if (code === EXIT.done)
          for (const { number, row } of output.readLastLine()) yield* this.#accept(number, row);
        yield* this.#flushBefore();
        // A program that ends early after it was asked to stop may have had more to do.
        const hasAllRows = code === EXIT.done && (this.#rows >= this.#most || existsSync(arrowFile));
        const isStopped = this.#context.isStopRequested() && !hasAllRows;
        if (isStopped) {
          if (resumable) this.#context.save(null);
          return null;
        }
        if (code === EXIT.permanent) throw new PermanentError(`${name} ${program.describeEnd(code)}`);
        if (code !== EXIT.done) throw new Error(`${name} ${program.describeEnd(code)}`);
      } finally {
        program.kill();
        await program.ended;
      }
    } finally {
      output.close();
      if (!this.#isStateUsable) clearProgramFolder(this.#context.folder);
    }
    yield* this.#arrowRows(arrowFile);
    if (this.#last === null)
      throw new Error(`${name} ended without a row: it must write at least one JSON line, or rows.arrow`);
    return { outcome: DONE, complete: true, holds: true, measures: this.#last };
  }

  /** The rows of earlier attempts: a row replaces the one of its number, and those after it. */
  #replay(output: CommandOutput): Numbers[] {
    const rows: Numbers[] = [];
    try {
      // Messages of earlier attempts were reported then.
      for (const { number, row } of output.read(() => undefined)) {
        const index = (number ?? 0) - 1;
        if (index > rows.length)
          throw new Error(`row ${formatCount(index + 1)} follows row ${formatCount(rows.length)}`);
        rows.length = index;
        rows.push(row);
      }
    } catch (error) {
      if (error instanceof StoreError) throw error;
      this.#refuseState(
        `its output of earlier attempts is broken (${error instanceof Error ? error.message : String(error)})`,
      );
    }
    output.dropPartialLine();
    return rows;
  }

  /** Yields rows as the program writes them, and asks it to stop where that is asked for. @returns its exit code */
  async *#follow(program: CommandProcess, output: CommandOutput) {
    let termination: NodeJS.Timeout | null = null;
    try {
      for (;;) {
        const isLast = program.hasEnded;
        for (const { number, row } of output.read(this.#report)) yield* this.#accept(number, row);
        if (isLast) return await program.ended;
        if (!this.#context.isStopRequested()) {
          if (this.#experiment.resumable === true) this.#context.save(null);
        } else if (termination === null) {
          program.terminate();
          termination = setTimeout(() => {
            program.kill();
          }, STOP_GRACE_MS);
        }
        await Promise.race([program.ended, delay(READ_EVERY_MS)]);
      }
    } finally {
      if (termination !== null) clearTimeout(termination);
    }
  }

  *#accept(number: number | null, row: Numbers) {
    if (number !== null && this.#before !== null) {
      if (number > this.#before.length + 1)
        this.#refuseState(
          `it resumed with row ${formatCount(number)}, but only ${formatCount(this.#before.length)} are there`,
        );
      this.#before.length = number - 1;
    }
    yield* this.#flushBefore();
    if (number !== null && number !== this.#rows + 1)
      throw new Error(
        `${this.#experiment.name} wrote row ${formatCount(number)} after row ${formatCount(this.#rows)}`,
      );
    yield this.#counted(row);
  }

  *#flushBefore() {
    const before = this.#before ?? [];
    this.#before = null;
    for (const row of before) yield this.#counted(row);
    if (before.length > 0) this.#context.markReplayed();
  }

  #counted(row: Numbers): Numbers {
    this.#rows += 1;
    if (this.#rows > this.#most)
      throw new Error(
        `${this.#experiment.name} wrote more than the ${formatCount(this.#most)} rows that \`rows\` allows`,
      );
    this.#last = row;
    return row;
  }

  /** Rows that the program left as a file in place of lines. */
  *#arrowRows(file: string) {
    if (!existsSync(file)) return;
    const { name, columns } = this.#experiment;
    if (this.#rows > 0) throw new Error(`${name} wrote both JSON lines and rows.arrow: expected one of them`);
    const names = columns.rows.map((column) => column.name);
    for (const row of readForeignRows(file, names)) yield this.#counted(row);
  }

  /** For example a state that is ahead of the rows, as a power cut may leave it. The next attempt starts without it. */
  #refuseState(problem: string): never {
    this.#isStateUsable = false;
    throw new Error(
      `${this.#experiment.name}: ${problem}: its files were removed, and the next attempt starts with row 1`,
    );
  }

  /** The run logs what a worker prints. Several tasks run at a time. */
  readonly #report = (line: string): void => {
    process.stderr.write(`${path.basename(this.#context.folder)}: ${line}\n`);
  };

  #openFolder(resumable: boolean): string {
    if (!resumable) clearProgramFolder(this.#context.folder);
    const folder = makeProgramFolder(this.#context.folder);
    replaceFile(
      path.join(folder, 'settings.json'),
      `${JSON.stringify(settingsOf(this.#settings), null, 2)}\n`,
    );
    return folder;
  }

  async #start(folder: string, stdout: number): Promise<CommandProcess> {
    const { command, name } = this.#experiment;
    const { file, hash } = pluginOf(name);
    if ((await loadPlugin(file)).hash !== hash)
      throw new Error(
        `${file}, or a file that it lists, was edited after the run started: stop the run and start it again`,
      );
    const env = {
      VAE_SWEEP_SETTINGS: path.join(folder, 'settings.json'),
      VAE_SWEEP_FOLDER: path.join(folder, 'files'),
      ...Object.fromEntries(
        Object.entries(settingsOf(this.#settings)).map(([setting, value]) => [
          `VAE_SWEEP_SETTING_${setting.replaceAll(/[A-Z]/g, '_$&').toUpperCase()}`,
          String(value),
        ]),
      ),
    };
    return new CommandProcess({ command, cwd: path.dirname(file), env, stdout, onMessage: this.#report });
  }
}

function commandOf(settings: Settings): UserCommandExperiment {
  return definitionOf(settings) as UserCommandExperiment;
}

/** What the program is given: the settings that a sweep file may give. */
function settingsOf(settings: Settings): UserSettings {
  const own = Object.entries(asUserSettings(settings));
  return Object.fromEntries(own.filter(([name]) => name !== 'kind' && name !== 'experiment'));
}
