/** Exit codes of the process. 130 means stopped by Ctrl-C, the convention of shells. */
export const EXIT = { ok: 0, failure: 1, badInput: 2, busy: 3, interrupted: 130 } as const;

/**
 * A failure that a user can act on. The message is one line: what, where, what was received, what to do.
 * The command line prints it without a stack trace unless `--debug` is given.
 */
export class UserError extends Error {
  /** Exit code of the command line for this error. */
  readonly exitCode: number;

  /**
   * @param message one line
   * @param exitCode exit code of the command line
   * @param options the cause
   */
  constructor(message: string, exitCode: number, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
    this.exitCode = exitCode;
  }
}

/** Thrown when a sweep file, option or setting is invalid. Fix what the message names. */
export class InputError extends UserError {
  /**
   * @param message one line
   * @param options the cause
   */
  constructor(message: string, options?: ErrorOptions) {
    super(message, EXIT.badInput, options);
  }
}

/** Thrown when a file in the store can't be read, written or trusted. */
export class StoreError extends UserError {
  /**
   * @param message one line
   * @param options the cause
   */
  constructor(message: string, options?: ErrorOptions) {
    super(message, EXIT.failure, options);
  }
}

/**
 * Thrown when a file of an unfinished task is inconsistent, by itself or with the checkpoint. Run the sweep again with
 * `--retrain-corrupt`.
 */
export class CorruptTaskError extends StoreError {}

/** Thrown when another process holds the store's lock. Wait for it, stop it, or use another `--out`. */
export class StoreBusyError extends UserError {
  /**
   * @param message one line
   * @param options the cause
   */
  constructor(message: string, options?: ErrorOptions) {
    super(message, EXIT.busy, options);
  }
}

/**
 * Thrown when the queue of `--queue` can't be used, or when it refuses this worker. Start Redis, fix the address, the password or the
 * installation.
 */
export class QueueError extends UserError {
  constructor(message: string, options?: ErrorOptions) {
    super(message, EXIT.failure, options);
  }
}

/** Thrown when the bucket of `--bucket` can't be used. Fix its name, the server's address or the credentials, or try later. */
export class BucketError extends UserError {
  constructor(message: string, options?: ErrorOptions) {
    super(message, EXIT.failure, options);
  }
}

/** Thrown when a server of a tracking tool can't be used. Start it, fix its address or the credentials, then run the command again. */
export class TrackingError extends UserError {
  constructor(message: string, options?: ErrorOptions) {
    super(message, EXIT.failure, options);
  }
}
