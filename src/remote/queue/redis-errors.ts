import { ReplyError } from 'ioredis';

/** The number of different texts that are reported: more come only from a Redis that makes them up. */
const MAX_TEXTS = 20;
const MAX_CHARACTERS = 200;

/**
 * Reports what Redis answers when it can't do its work, for example when it is out of memory or a replica, each text once. The
 * connection reports its own errors, and lapsed locks are reacquired.
 */
export function reportRedisErrors(say: (line: string) => void): (error: unknown) => void {
  const reported = new Set<string>();
  return (error) => {
    if (!(error instanceof (ReplyError as typeof Error))) return;
    // After it comes which of BullMQ's scripts it was.
    const [answer = ''] = error.message.split(' script: ');
    const text = answer.replaceAll(/\p{Cc}/gu, ' ').slice(0, MAX_CHARACTERS);
    if (reported.has(text) || reported.size === MAX_TEXTS) return;
    reported.add(text);
    say(`Redis refuses, retrying: ${text}`);
  };
}
