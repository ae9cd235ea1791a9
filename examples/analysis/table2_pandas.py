"""Computes Table 2 and its curves with pandas, from Arrow files that pyarrow reads.

    vae-sweep run sweeps/table2-sigmoid.yaml
    vae-sweep export sweeps/table2-sigmoid.yaml --format arrow
    vae-sweep export sweeps/table2-sigmoid.yaml --format arrow --rows evaluations
    python examples/analysis/table2_pandas.py out/sweeps/table2-sigmoid
"""

import sys
from pathlib import Path

import matplotlib
import pyarrow as pa

matplotlib.use("svg")
import matplotlib.pyplot as plt

CELL = ["intrinsicDim", "ambientDim", "latentDim"]
METRICS = ["manifoldErrorPairwise", "manifoldError", "encoderZeros"]

folder = Path(sys.argv[1])


def read(name):
    """Maps the file into memory, so that only what is used is read. Strings are dictionaries in Arrow and become categories."""
    with pa.memory_map(str(folder / name)) as source:
        return pa.ipc.open_file(source).read_pandas()


tasks = read("tasks.arrow")
done = tasks[tasks["state"] == "done"]
cells = done.groupby(CELL, sort=False)
table = cells[METRICS].mean().assign(runs=cells.size()).reset_index()
table.to_csv(folder / "table2-pandas.csv", index=False)
print(table.to_string(index=False))

curves = read("evaluations.arrow").groupby([*CELL, "step"], sort=False)["manifoldErrorPairwise"].mean()
figure, axes = plt.subplots()
for cell, curve in curves.groupby(level=CELL, sort=False):
    axes.plot(curve.index.get_level_values("step"), curve, label="-".join(map(str, cell)))
axes.set(xlabel="training step", ylabel="manifold error, over all pairs")
axes.legend(title="intrinsic-ambient-latent")
figure.savefig(folder / "curves-pandas.svg")
