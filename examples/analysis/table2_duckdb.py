"""Computes Table 2 and its curves in SQL: DuckDB queries pyarrow's data sets without copying them.

    vae-sweep run sweeps/table2-sigmoid.yaml
    vae-sweep export sweeps/table2-sigmoid.yaml
    vae-sweep export sweeps/table2-sigmoid.yaml --rows evaluations
    python examples/analysis/table2_duckdb.py out/sweeps/table2-sigmoid
"""

import sys
from pathlib import Path

import duckdb
import matplotlib
import pyarrow.dataset as ds

matplotlib.use("svg")
import matplotlib.pyplot as plt

folder = Path(sys.argv[1])
connection = duckdb.connect()
connection.register("tasks", ds.dataset(folder / "tasks.parquet"))
connection.register("evaluations", ds.dataset(folder / "evaluations.parquet"))

table = connection.sql("""
    SELECT intrinsicDim, ambientDim, latentDim,
           avg(manifoldErrorPairwise) AS manifoldErrorPairwise,
           avg(manifoldError) AS manifoldError,
           avg(encoderZeros) AS encoderZeros,
           count(*) AS runs
    FROM tasks
    WHERE state = 'done'
    GROUP BY ALL
    ORDER BY ALL
""")
table.write_csv(str(folder / "table2-duckdb.csv"))
print(table)

curves = connection.sql("""
    SELECT concat_ws('-', intrinsicDim, ambientDim, latentDim) AS cell, step,
           avg(manifoldErrorPairwise) AS error
    FROM evaluations
    GROUP BY ALL
    ORDER BY cell, step
""").fetchall()
figure, axes = plt.subplots()
for name in dict.fromkeys(cell for cell, _, _ in curves):
    points = [(step, error) for cell, step, error in curves if cell == name]
    axes.plot(*zip(*points), label=name)
axes.set(xlabel="training step", ylabel="manifold error, over all pairs")
axes.legend(title="intrinsic-ambient-latent")
figure.savefig(folder / "curves-duckdb.svg")
