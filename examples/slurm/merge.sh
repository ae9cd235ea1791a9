#!/bin/bash
# Merges the stores of all jobs of the array, after they have ended.
#SBATCH --job-name=vae-sweep-merge
#SBATCH --mem=2G
#SBATCH --time=01:00:00
#SBATCH --output=slurm-%j.log
set -euo pipefail

store=${STORE:-out}
vae_sweep=(node bin/vae-sweep.mjs)
[ -z "${IMAGE:-}" ] || vae_sweep=(apptainer run "$IMAGE")
srun "${vae_sweep[@]}" merge "$store"/shards/* --out "$store"
