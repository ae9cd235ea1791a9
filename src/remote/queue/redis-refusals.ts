import { ReplyError } from 'ioredis';

/** Texts that are told: more come only from a Redis that makes them up. */
const MOST_TEXTS = 20;
const MOST_CHARACTERS = 200;

/**
 * Tells what Redis answers where it can't do its work, as one that is out of memory or a replica, each text once. All else that goes
 * wrong is of the connection, which says itself that it is gone, or of locks, which are looked after.
 */
export function tellRefusals(say: (line: string) => void): (error: unknown) => void {
  const told = new Set<string>();
  return (error) => {
    if (!(error instanceof (ReplyError as typeof Error))) return;
    // After it comes which of BullMQ's scripts it was.
    const [answer = ''] = error.message.split(' script: ');
    const text = answer.replaceAll(/\p{Cc}/gu, ' ').slice(0, MOST_CHARACTERS);
    if (told.has(text) || told.size === MOST_TEXTS) return;
    told.add(text);
    say(`Redis refuses, it is tried again: ${text}`);
  };
}
