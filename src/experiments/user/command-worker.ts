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

/** Meaning of a program's exit code: the task is done, or failed for good. With any other code it failed and is retried. */
const EXIT = { done: 0, permanent: 65 };
/** Interval at which a program's output is read. */
const READ_EVERY_MS = 50;
/** Time that a program has to exit after SIGTERM before it is killed. */
const STOP_GRACE_MS = 30_000;

/** Runs the program of a plugin's experiment. */
export const { run } = rowsWorker<Settings>({
  columns: (settings) => rowColumns(commandOf(settings)),
  keepsOwnState: true,
  run: (settings, context) => new CommandAttempt(settings, context).rows(),
});

class CommandAttempt {
  readonly #experiment: UserCommandExperiment;
  readonly #settings: Settings;
  readonly #context: RowsContext;
  readonly #maxRows: number;
  /** Rows of earlier attempts, until the program writes its first row, which shows where it resumed. Null afterwards. */
  #earlierRows: Numbers[] | null = [];
  #rows = 0;
  #last: Numbers | null = null;
  #isStateUsable = true;

  constructor(settings: Settings, context: RowsContext) {
    this.#experiment = commandOf(settings);
    this.#settings = settings;
    this.#context = context;
    this.#maxRows = stepsOf(settings);
  }

  async *rows() {
    const { name, resumable = false } = this.#experiment;
    const folder = this.#openFolder(resumable);
    const output = new CommandOutput(path.join(folder, 'output.jsonl'), this.#experiment);
    const arrowFile = path.join(folder, 'files', 'rows.arrow');
    try {
      if (resumable) this.#earlierRows = this.#replay(output);
      const program = await this.#start(folder, output.descriptor);
      try {
        const code = yield* this.#follow(program, output);
        if (code === EXIT.done)
          for (const { number, row } of output.readLastLine()) yield* this.#accept(number, row);
        yield* this.#flushEarlierRows();
        // A program that exits after a stop request is only done if it has written all of its rows.
        const hasAllRows = code === EXIT.done && (this.#rows >= this.#maxRows || existsSync(arrowFile));
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
      throw new Error(`${name} wrote no rows: expected at least one JSON line or the file rows.arrow`);
    return { outcome: DONE, complete: true, holds: true, measures: this.#last };
  }

  /** Returns the rows of earlier attempts. A row replaces the earlier row with the same number and all rows after it. */
  #replay(output: CommandOutput): Numbers[] {
    const rows: Numbers[] = [];
    try {
      // Ignore the messages of earlier attempts, which were reported at the time.
      for (const { number, row } of output.read(() => undefined)) {
        const index = (number ?? 0) - 1;
        if (index > rows.length)
          throw new Error(`row ${formatCount(index + 1)} follows row ${formatCount(rows.length)}`);
        rows.length = index;
        rows.push(row);
      }
    } catch (error) {
      if (error instanceof StoreError) throw error;
      this.#rejectState(
        `its output of earlier attempts is corrupt (${error instanceof Error ? error.message : String(error)})`,
      );
    }
    output.dropPartialLine();
    return rows;
  }

  /** Yields rows as the program writes them, and forwards a stop request to it. @returns its exit code */
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
    if (number !== null && this.#earlierRows !== null) {
      if (number > this.#earlierRows.length + 1)
        this.#rejectState(
          `it resumed at row ${formatCount(number)}, but there are only ${formatCount(this.#earlierRows.length)} rows before it`,
        );
      this.#earlierRows.length = number - 1;
    }
    yield* this.#flushEarlierRows();
    if (number !== null && number !== this.#rows + 1)
      throw new Error(
        `${this.#experiment.name} wrote row ${formatCount(number)} after row ${formatCount(this.#rows)}: expected row ${formatCount(this.#rows + 1)}`,
      );
    yield this.#counted(row);
  }

  *#flushEarlierRows() {
    const earlierRows = this.#earlierRows ?? [];
    this.#earlierRows = null;
    for (const row of earlierRows) yield this.#counted(row);
    if (earlierRows.length > 0) this.#context.markReplayed();
  }

  #counted(row: Numbers): Numbers {
    this.#rows += 1;
    if (this.#rows > this.#maxRows)
      throw new Error(
        `${this.#experiment.name} wrote more rows than the maximum of ${formatCount(this.#maxRows)} that \`rows\` declares`,
      );
    this.#last = row;
    return row;
  }

  /** Yields the rows of an Arrow file that the program wrote instead of JSON lines. */
  *#arrowRows(file: string) {
    if (!existsSync(file)) return;
    const { name, columns } = this.#experiment;
    if (this.#rows > 0)
      throw new Error(`${name} wrote both JSON lines and rows.arrow: expected only one of them`);
    const names = columns.rows.map((column) => column.name);
    for (const row of readForeignRows(file, names)) yield this.#counted(row);
  }

  /** Rejects a state that is, for example, ahead of the rows after a power failure. The next attempt starts without it. */
  #rejectState(problem: string): never {
    this.#isStateUsable = false;
    throw new Error(
      `${this.#experiment.name}: ${problem}. Its files were deleted, so the next attempt starts at row 1`,
    );
  }

  /** Prints a message of the program, which the run logs, with the name of the task, because several tasks run at once. */
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
        `${file} or a file that it lists was edited after the run started: stop the run and start it again`,
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

/** Returns the settings that are passed to the program: those that a sweep file can set. */
function settingsOf(settings: Settings): UserSettings {
  const own = Object.entries(asUserSettings(settings));
  return Object.fromEntries(own.filter(([name]) => name !== 'kind' && name !== 'experiment'));
}
