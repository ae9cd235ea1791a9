#!/bin/bash
# One job of the array: it executes its shard, and is requeued if it runs out of time. IMAGE names a container image for Apptainer.
#SBATCH --job-name=vae-sweep
#SBATCH --cpus-per-task=4
#SBATCH --mem=4G
#SBATCH --time=01:00:00
#SBATCH --requeue
#SBATCH --open-mode=append
#SBATCH --output=slurm-%A_%a.log
set -uo pipefail

vae_sweep=(node bin/vae-sweep.mjs)
[ -z "${IMAGE:-}" ] || vae_sweep=(apptainer run "$IMAGE")

srun --cpus-per-task="$SLURM_CPUS_PER_TASK" \
  "${vae_sweep[@]}" run "$1" \
  --shard "$SLURM_ARRAY_TASK_ID/$SLURM_ARRAY_TASK_COUNT" \
  --out "${STORE:-out}/shards/$SLURM_ARRAY_TASK_ID" \
  --workers "$SLURM_CPUS_PER_TASK" \
  --max-memory "$((SLURM_MEM_PER_NODE * 9 / 10))" \
  --max-time 55m
code=$?

if [ "$code" -eq 130 ]; then
  scontrol requeue "${SLURM_ARRAY_JOB_ID}_$SLURM_ARRAY_TASK_ID"
fi
exit "$code"
