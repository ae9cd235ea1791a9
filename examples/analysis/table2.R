# Computes Table 2 and its curves in R, with the packages arrow and dplyr:
#
#   install.packages(c("arrow", "dplyr"))
#   vae-sweep run sweeps/table2-sigmoid.yaml
#   vae-sweep export sweeps/table2-sigmoid.yaml
#   vae-sweep export sweeps/table2-sigmoid.yaml --rows evaluations
#   Rscript examples/analysis/table2.R out/sweeps/table2-sigmoid
#
# Debian has no package of arrow, and building it takes long, so the test of this script runs only if both are installed.

suppressPackageStartupMessages({
  library(arrow)
  library(dplyr)
})

folder <- commandArgs(trailingOnly = TRUE)[1]

table <- read_parquet(file.path(folder, "tasks.parquet")) |>
  filter(state == "done") |>
  group_by(intrinsicDim, ambientDim, latentDim) |>
  summarise(
    manifoldErrorPairwise = mean(manifoldErrorPairwise),
    manifoldError = mean(manifoldError),
    encoderZeros = mean(encoderZeros),
    runs = n(),
    .groups = "drop"
  )
write_csv_arrow(table, file.path(folder, "table2-r.csv"))
print(as.data.frame(table))

curves <- read_parquet(file.path(folder, "evaluations.parquet")) |>
  group_by(cell = paste(intrinsicDim, ambientDim, latentDim, sep = "-"), step) |>
  summarise(error = mean(manifoldErrorPairwise), .groups = "drop")
cells <- unique(curves$cell)
# Every R has the device `pdf`; `svg` needs Cairo.
pdf(file.path(folder, "curves-r.pdf"))
plot(range(curves$step), range(curves$error), type = "n",
     xlab = "training step", ylab = "manifold error, over all pairs")
for (i in seq_along(cells)) {
  curve <- curves[curves$cell == cells[i], ]
  lines(curve$step, curve$error, col = i)
}
legend("topright", legend = cells, col = seq_along(cells), lty = 1, title = "intrinsic-ambient-latent")
invisible(dev.off())
