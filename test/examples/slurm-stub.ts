import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/**
 * Stubs of Slurm's commands. `sbatch` runs the jobs of an array one after another, with the variables that Slurm sets from the script's
 * `#SBATCH` lines, and repeats a job while it requests a requeue with `scontrol`. `srun` reports once, for job 2, that its time is up.
 * `apptainer` runs the program of this clone instead of the image's.
 */
const STUBS: Readonly<Record<string, string>> = {
  sbatch: `#!/bin/bash
echo "sbatch $*" >> "$STUB/calls"
while [[ "$1" == --* ]]; do
  case "$1" in --array=1-*) count=\${1#--array=1-} ;; esac
  shift
done
setting() { sed -n "s/^#SBATCH --$1=//p" "$script"; }
script=$1
export SLURM_CPUS_PER_TASK=$(setting cpus-per-task) SLURM_MEM_PER_NODE=$(($(setting mem | tr -d G) * 1024))
if [[ -z "\${count:-}" ]]; then exec bash "$@" >&2; fi
export SLURM_ARRAY_JOB_ID=42 SLURM_ARRAY_TASK_COUNT=$count
for SLURM_ARRAY_TASK_ID in $(seq "$count"); do
  export SLURM_ARRAY_TASK_ID
  while
    bash "$@" >&2
    echo "42_$SLURM_ARRAY_TASK_ID ended with $?" >> "$STUB/calls"
    [[ -e "$STUB/requeue-42_$SLURM_ARRAY_TASK_ID" ]]
  do rm "$STUB/requeue-42_$SLURM_ARRAY_TASK_ID"; done
done
echo '42;cluster'
`,
  srun: `#!/bin/bash
while [[ "$1" == --* ]]; do shift; done
if [[ "\${SLURM_ARRAY_TASK_ID:-}" == 2 && ! -e "$STUB/time-over" ]]; then
  touch "$STUB/time-over"
  exit 130
fi
exec "$@"
`,
  apptainer: `#!/bin/bash
echo "apptainer $1 $2 $3" >> "$STUB/calls"
exec node bin/vae-sweep.mjs "\${@:3}"
`,
  scontrol: `#!/bin/bash
echo "scontrol $*" >> "$STUB/calls"
touch "$STUB/requeue-$2"
`,
};

/** Runs a script with the stubs instead of Slurm's commands. */
export function runWithSlurm(
  folder: string,
  script: readonly string[],
  environment: Readonly<Record<string, string>>,
): { readonly status: number | null; readonly stderr: string; readonly calls: string[] } {
  mkdirSync(folder);
  for (const [name, text] of Object.entries(STUBS)) {
    writeFileSync(path.join(folder, name), text);
    chmodSync(path.join(folder, name), 0o755);
  }
  const PATH = `${folder}:${process.env['PATH'] ?? ''}`;
  const env = { ...process.env, ...environment, PATH, STUB: folder };
  const { status, stderr } = spawnSync('bash', script, { env, encoding: 'utf8' });
  const log = path.join(folder, 'calls');
  return { status, stderr, calls: existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n') : [] };
}
