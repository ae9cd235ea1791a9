/** Returns an error like those of BullMQ for the codes of its scripts. */
export function finishedErrors(code: -1 | -2 | -3 | -6, jobId: string, command: string): Error {
  const text = {
    [-1]: `Missing key for job ${jobId}. ${command}`,
    [-2]: `Missing lock for job ${jobId}. ${command}`,
    [-3]: `Job ${jobId} is not in the active state. ${command}`,
    [-6]: `Lock mismatch for job ${jobId}. Cmd ${command} from active`,
  }[code];
  return Object.assign(new Error(text), { code });
}
