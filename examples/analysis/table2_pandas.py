"""Computes Table 2 and its curves with pandas from a store, whose logs it reads without an export.

    vae-sweep run sweeps/table2-sigmoid.yaml
    python examples/analysis/table2_pandas.py out table2-sigmoid
"""

import sys
from pathlib import Path

import matplotlib

import vae_sweep

matplotlib.use("svg")
import matplotlib.pyplot as plt

CELL = ["intrinsicDim", "ambientDim", "latentDim"]
METRICS = ["manifoldErrorPairwise", "manifoldError", "encoderZeros"]

out, sweep = sys.argv[1:]
folder = Path(out, "sweeps", sweep)
store = vae_sweep.Store(out)
tasks = store.tasks(sweep)
settings = tasks.select("task", *CELL).to_pandas()

cells = settings.merge(store.results(tasks).to_pandas(), on="task").groupby(CELL, sort=False)
table = cells[METRICS].mean().assign(runs=cells.size()).reset_index()
table.to_csv(folder / "table2-pandas.csv", index=False)
print(table.to_string(index=False))

curves = store.evaluations(tasks).to_pandas().merge(settings, on="task").groupby([*CELL, "step"], sort=False)["manifoldErrorPairwise"].mean()
figure, axes = plt.subplots()
for cell, curve in curves.groupby(level=CELL, sort=False):
    axes.plot(curve.index.get_level_values("step"), curve, label="-".join(map(str, cell)))
axes.set(xlabel="training step", ylabel="manifold error, over all pairs")
axes.legend(title="intrinsic-ambient-latent")
figure.savefig(folder / "curves-pandas.svg")
