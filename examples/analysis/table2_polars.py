"""Computes Table 2 and its curves with polars from a store, whose logs it reads without an export.

    vae-sweep run sweeps/table2-sigmoid.yaml
    python examples/analysis/table2_polars.py out table2-sigmoid
"""

import sys
from pathlib import Path

import matplotlib
import polars as pl

import vae_sweep

matplotlib.use("svg")
import matplotlib.pyplot as plt

CELL = ["intrinsicDim", "ambientDim", "latentDim"]
METRICS = ["manifoldErrorPairwise", "manifoldError", "encoderZeros"]

out, sweep = sys.argv[1:]
folder = Path(out, "sweeps", sweep)
store = vae_sweep.Store(out)
tasks = store.tasks(sweep)
cells = tasks.lazy().select("task", *CELL)

table = (
    cells.join(store.results(tasks).frame, on="task", maintain_order="left")
    .group_by(CELL, maintain_order=True)
    .agg(pl.col(METRICS).mean(), pl.len().alias("runs"))
    .collect()
)
table.write_csv(folder / "table2-polars.csv")
print(table)

curves = (
    store.evaluations(tasks).frame.join(cells, on="task", maintain_order="left")
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
