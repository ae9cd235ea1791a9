/** What the process exits with. 130 is a stop by Ctrl-C, as shells have it. */
export const EXIT = { ok: 0, failure: 1, badInput: 2, busy: 3, interrupted: 130 } as const;

/**
 * A failure that a user can act on. The message is one line: what, where, what was received, what to do.
 * The command line prints it without a stack trace unless `--debug` is given.
 */
export class UserError extends Error {
  readonly exitCode: number;

  constructor(message: string, exitCode: number, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
    this.exitCode = exitCode;
  }
}

/** A sweep file, option or setting that can't be used. Mend what the message names. */
export class InputError extends UserError {
  constructor(message: string, options?: ErrorOptions) {
    super(message, EXIT.badInput, options);
  }
}

/** A file of the store can't be read, written or trusted. */
export class StoreError extends UserError {
  constructor(message: string, options?: ErrorOptions) {
    super(message, EXIT.failure, options);
  }
}

/** A file of an unfinished task contradicts itself or the checkpoint. Run the sweep again with `--retrain-corrupt`. */
export class CorruptTaskError extends StoreError {}

/** Another coordinator owns the store. Wait for it, stop it, or use another `--out`. */
export class StoreBusyError extends UserError {
  constructor(message: string, options?: ErrorOptions) {
    super(message, EXIT.busy, options);
  }
}

/** The queue of `--queue` can't be used, or this worker can't for it. Start Redis, mend the address or the password, or the installation. */
export class QueueError extends UserError {
  constructor(message: string, options?: ErrorOptions) {
    super(message, EXIT.failure, options);
  }
}

/** The bucket of `--bucket` can't be used. Mend its name, the server's address or the credentials, or wait for it. */
export class BucketError extends UserError {
  constructor(message: string, options?: ErrorOptions) {
    super(message, EXIT.failure, options);
  }
}
