import { ReplyError } from 'ioredis';

/** The maximum number of distinct texts that are reported. Only a malicious Redis returns more. */
const MAX_TEXTS = 20;
const MAX_CHARACTERS = 200;

/**
 * Returns a function that reports errors returned by Redis, for example when it is out of memory or a replica, each text once. It
 * ignores other errors: the connection reports its own, and expired locks are reacquired.
 */
export function reportRedisErrors(print: (line: string) => void): (error: unknown) => void {
  const reported = new Set<string>();
  return (error) => {
    if (!(error instanceof (ReplyError as typeof Error))) return;
    // The rest of the message is the name of BullMQ's script.
    const [answer = ''] = error.message.split(' script: ');
    const text = answer.replaceAll(/\p{Cc}/gu, ' ').slice(0, MAX_CHARACTERS);
    if (reported.has(text) || reported.size === MAX_TEXTS) return;
    reported.add(text);
    print(`Redis returned an error, retrying: ${text}`);
  };
}
