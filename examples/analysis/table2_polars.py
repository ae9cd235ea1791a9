"""Computes Table 2 and its curves with polars, which reads only the required columns of Parquet files.

    vae-sweep run sweeps/table2-sigmoid.yaml
    vae-sweep export sweeps/table2-sigmoid.yaml
    vae-sweep export sweeps/table2-sigmoid.yaml --rows evaluations
    python examples/analysis/table2_polars.py out/sweeps/table2-sigmoid
"""

import sys
from pathlib import Path

import matplotlib
import polars as pl

matplotlib.use("svg")
import matplotlib.pyplot as plt

CELL = ["intrinsicDim", "ambientDim", "latentDim"]
METRICS = ["manifoldErrorPairwise", "manifoldError", "encoderZeros"]

folder = Path(sys.argv[1])

table = (
    pl.scan_parquet(folder / "tasks.parquet")
    .filter(pl.col("state") == "done")
    .group_by(CELL, maintain_order=True)
    .agg(pl.col(METRICS).mean(), pl.len().alias("runs"))
    .collect()
)
table.write_csv(folder / "table2-polars.csv")
print(table)

curves = (
    pl.scan_parquet(folder / "evaluations.parquet")
    .group_by([*CELL, "step"], maintain_order=True)
    .agg(pl.col("manifoldErrorPairwise").mean())
    .collect()
)
figure, axes = plt.subplots()
for cell, curve in curves.group_by(CELL, maintain_order=True):
    axes.plot(curve["step"], curve["manifoldErrorPairwise"], label="-".join(map(str, cell)))
axes.set(xlabel="training step", ylabel="manifold error, over all pairs")
axes.legend(title="intrinsic-ambient-latent")
figure.savefig(folder / "curves-polars.svg")
