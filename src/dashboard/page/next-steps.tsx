import { formatCount } from './format.js';
import type { SweepState, TaskInfo } from './protocol.js';

interface NextStepsProps {
  readonly state: SweepState;
  readonly infoById: ReadonlyMap<string, TaskInfo>;
}

/** What to run next, and why. */
interface NextStep {
  readonly text: string;
  readonly command: string;
}

/** The corrupt tasks that are named. The list of failures has the others. */
const MAX_NAMED = 5;
/** Characters that a shell does not interpret. */
const PLAIN = /^[\w./@%+=:,-]+$/;

/** Says what to run next, if no run is active: for a sweep without results, with damaged or pending tasks, or with all tasks done. */
export function NextSteps({ state, infoById }: NextStepsProps) {
  const steps = nextSteps(state, infoById);
  if (steps.length === 0) return null;
  return (
    <section class="next" aria-labelledby="next-heading">
      <h2 id="next-heading">What next</h2>
      {steps.map(({ text, command }) => (
        <p key={command} class="small">
          {text}
          <Command text={command} />
        </p>
      ))}
      <p class="quiet small">Add the options with which you chose tasks, such as --only or --set.</p>
    </section>
  );
}

/** Shows a command, whose lines break between its words rather than at their hyphens. */
function Command({ text }: { readonly text: string }) {
  return (
    <code class="command">
      {text.split(' ').flatMap((word, index) => [' ', <span key={index}>{word}</span>])}
    </code>
  );
}

function nextSteps(
  { tasks, progress, file, outDir }: SweepState,
  infoById: NextStepsProps['infoById'],
): NextStep[] {
  // A sweep that was reconstructed from the store has no file.
  if (progress.owner !== null || tasks.length === 0 || !/\.ya?ml$/.test(file)) return [];
  const command = (name: string, option = ''): string =>
    `vae-sweep ${name} ${quoted(file)} --out ${quoted(outDir)}${option}`;
  const inState = (name: string) => tasks.filter(({ state }) => state === name);
  const corrupt = inState('corrupt');
  const failed = inState('failed').length;
  const done = inState('done').length;
  const left = tasks.length - done - corrupt.length - failed;
  const steps: NextStep[] = [];
  if (corrupt.length > 0) {
    const names = corrupt.slice(0, MAX_NAMED).map(({ id }) => infoById.get(id)?.label ?? id);
    const others = corrupt.length > MAX_NAMED ? ` and ${formatCount(corrupt.length - MAX_NAMED)} more` : '';
    steps.push(
      { text: `Corrupt: ${names.join('; ')}${others}. Check every file:`, command: command('verify') },
      {
        text: 'Restore files from others, and list the tasks that only another execution restores:',
        command: command('verify', ' --repair'),
      },
    );
  }
  if (failed > 0)
    steps.push({
      text: `Retry failed tasks (${formatCount(failed)}; those that diverged only with --retry-diverged):`,
      command: command('run'),
    });
  else if (left === tasks.length)
    steps.push({ text: 'No task has results yet. Start the run:', command: command('run') });
  else if (left > 0)
    steps.push({
      text: `Continue the run (${formatCount(left)} ${left === 1 ? 'task is' : 'tasks are'} not done):`,
      command: command('run'),
    });
  if (done === tasks.length)
    steps.push(
      { text: 'All tasks are done. Write the report:', command: command('report') },
      { text: 'Check the results against their checksums:', command: command('verify') },
    );
  return steps;
}

/** Quotes a path for a shell. */
function quoted(text: string): string {
  return PLAIN.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
