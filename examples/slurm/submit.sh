#!/bin/bash
# Executes a sweep as an array of jobs, then merges their stores:
#   bash examples/slurm/submit.sh sweeps/paper.yaml 8
set -euo pipefail
sweep=${1:?pass a sweep file}
shards=${2:?pass the number of shards}
cd "$(dirname "$0")/../.."
array=$(sbatch --parsable --array="1-$shards" examples/slurm/shard.sh "$sweep")
sbatch --dependency="afterany:${array%%;*}" examples/slurm/merge.sh
