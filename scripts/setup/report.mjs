/** A failure of the setup that a user can fix. `detail` is the output of a tool, printed above the message. */
export class SetupError extends Error {
  constructor(message, remedy, detail = '') {
    super(message);
    this.remedy = remedy;
    this.detail = detail;
  }
}

/** Prints a line on stderr: the setup may run before a command whose stdout is piped. */
export function say(line) {
  process.stderr.write(`${line}\n`);
}

/** Runs `work` and prints `label ... 4 s`. */
export async function timed(label, work) {
  const start = performance.now();
  process.stderr.write(`${label} ... `);
  try {
    const result = await work();
    say(`${Math.ceil((performance.now() - start) / 1000)} s`);
    return result;
  } catch (error) {
    say('failed');
    throw error;
  }
}

/** Prints the progress of a download: one line that is rewritten on a terminal, otherwise one line per tenth. */
export function downloadProgress(label, totalBytes) {
  const total = megabytes(totalBytes);
  let shownTenth = 0;
  return (bytes) => {
    const line = `${label} ... ${megabytes(bytes)} of ${total} MB`;
    const tenth = Math.floor((10 * bytes) / totalBytes);
    if (process.stderr.isTTY) process.stderr.write(`\r${line}${bytes >= totalBytes ? '\n' : ''}`);
    else if (tenth > shownTenth) say(line);
    shownTenth = Math.max(shownTenth, tenth);
  };
}

function megabytes(bytes) {
  return Math.round(bytes / 1e6);
}
