"""Reads the store of vae-sweep into polars or pandas. Copy this file: it needs polars and pyarrow, and pandas only for `to_pandas`.

    import polars as pl
    import vae_sweep

    store = vae_sweep.Store("out")
    tasks = store.tasks("table2-sigmoid")                          # a polars DataFrame: one row per done task, with its settings
    store.results(tasks).collect()                                 # the final results of these tasks
    steps = store.steps(tasks.filter(pl.col("seed") == 69))        # lazy: nothing is read until you collect it
    steps.units["loss"]                                            # nat
    steps.frame.group_by("task").agg(pl.col("loss").min()).collect()
    store.evaluations(tasks).to_pandas().attrs["units"]            # pandas, with the units

Each table of results or logs has the column `task`. Join it with the tasks to get their settings. docs/logs.md describes the columns.
"""

import contextlib
import difflib
import json
import re
import struct
import warnings
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import pyarrow as pa

STATES = ("done", "interrupted", "new", "failed", "corrupt")
"""The states of a task, as `vae-sweep export` writes them. `new` tasks are pending."""

LOG_SCHEMA_VERSION = "2"
CHECKPOINTS = ("checkpoint.safetensors", "checkpoint-before.safetensors")
FAILURES = ("diverged", "permanent", "error", "crashed", "stalled", "memory")
MAX_HEADER_BYTES = 100_000_000
IDENTITY = {"task": pl.String, "name": pl.String, "state": pl.String}
VERDICT = {"outcome": pl.String, "complete": pl.Boolean, "holds": pl.Boolean}


class StoreError(Exception):
    """The store can't be read as asked. The message says what to do."""


@dataclass(frozen=True)
class Table:
    """A table of results or of one log."""

    frame: pl.LazyFrame
    """Its rows, which are read only when you collect them."""
    units: dict[str, str]
    """The unit of each column of a log, for example `nat`; see docs/logs.md. The store has none for the measures of computations."""
    descriptions: dict[str, str]
    """The meaning of each column of a log."""

    def collect(self) -> pl.DataFrame:
        return self.frame.collect(engine="streaming")

    def to_pandas(self):
        """Returns a pandas DataFrame of Arrow's types, which keep integers with nulls. `attrs` has `units` and `descriptions`."""
        frame = self.collect().to_pandas(use_pyarrow_extension_array=True)
        frame.attrs = {"units": self.units, "descriptions": self.descriptions}
        return frame


class Store:
    """The folder of all results: the argument of `--out`."""

    def __init__(self, folder: str | Path):
        self._folder = Path(folder)
        if not (self._folder / "tasks").is_dir():
            raise StoreError(f"{folder} is not a store, because it has no folder `tasks`: pass the folder of `vae-sweep run --out`")

    def sweeps(self) -> list[str]:
        """Returns the names of the sweeps that have run, sorted."""
        return sorted(file.parent.name for file in self._folder.glob("sweeps/*/sweep.json"))

    def tasks(self, sweep: str | None = None, states: Iterable[str] = ("done",)) -> pl.DataFrame:
        """Returns one row per task with `task` (its id), `name`, `state` and its settings.

        sweep: only the tasks of this sweep, in its order: those of its last run, with its `--only` and `--set`. Default: all tasks of the
        store, by name.
        states: only the tasks in these states, some of `STATES`. As in `vae-sweep status`, a task is done if all of its files have the
        sizes that its `done.json` lists. `vae-sweep verify` also compares their checksums. A task with a damaged `task.json` has no
        settings and counts as corrupt here; `vae-sweep verify --repair` restores it.

        Warns about corrupt tasks if they are left out.
        """
        states = (states,) if isinstance(states, str) else tuple(states)
        if unknown := set(states) - set(STATES):
            raise StoreError(f"unknown state {', '.join(map(repr, sorted(unknown)))}: choose from {', '.join(STATES)}")
        rows = []
        for name, task in self._listed() if sweep is None else self._manifest(sweep):
            folder = self._folder / "tasks" / name
            state, problem, settings = _task(folder, task)
            if state in states:
                if reserved := IDENTITY.keys() & settings.keys():
                    raise StoreError(f"{name} has the setting {min(reserved)}, which is also a column of this table: rename the setting")
                rows.append({"task": task, "name": name, "state": state, **settings})
            elif state == "corrupt":
                warnings.warn(f"{name} is corrupt and is left out: {problem}", stacklevel=2)
        names = dict.fromkeys(key for row in rows for key in row)
        columns = [_setting(name, [row.get(name) for row in rows]) for name in names if name not in IDENTITY]
        return pl.DataFrame({name: [row[name] for row in rows] for name in IDENTITY}, schema=IDENTITY).with_columns(columns)

    def results(self, tasks: pl.DataFrame | pl.LazyFrame) -> Table:
        """Returns one row per task: the last evaluation of a training, or the outcome and the measures of a computation."""
        trainings = _Logs("evaluations", self._done(tasks))
        frames = []
        for schema, files in trainings.groups():
            rows = [{"task": task, **_last_row(file)} for file, task in files.items()]
            frames.append(pl.LazyFrame(rows, schema={"task": pl.String, **_polars_schema(schema)}))
        verdicts = {task: _json(folder / "verdict.json") for task, folder in self._done(tasks) if (folder / "verdict.json").exists()}
        if verdicts:
            measures = dict.fromkeys(name for verdict in verdicts.values() for name in verdict["measures"])
            rows = [
                {"task": task, **{name: verdict.get(name) for name in VERDICT}, **verdict["measures"]} for task, verdict in verdicts.items()
            ]
            frames.append(pl.LazyFrame(rows, schema={"task": pl.String, **VERDICT, **dict.fromkeys(measures, pl.Float64)}))
        if not frames:
            raise StoreError("none of these tasks has results: choose other tasks")
        return trainings.table(frames)

    def evaluations(self, tasks: pl.DataFrame | pl.LazyFrame) -> Table:
        """Returns all evaluations of these tasks."""
        return _Logs("evaluations", self._done(tasks)).scan()

    def steps(self, tasks: pl.DataFrame | pl.LazyFrame) -> Table:
        """Returns all logged steps of these tasks."""
        return _Logs("steps", self._done(tasks)).scan()

    def rows(self, tasks: pl.DataFrame | pl.LazyFrame) -> Table:
        """Returns all rows of these computations."""
        return _Logs("rows", self._done(tasks)).scan()

    def _listed(self) -> list[tuple[str, str | None]]:
        """Returns name and id of each task folder; corrupt folders that were set aside are not tasks. A damaged `task.json` has no id."""
        folders = sorted(folder for folder in (self._folder / "tasks").iterdir() if folder.is_dir())
        names = [folder for folder in folders if not re.search(r"\.(corrupt-\d+|removed|merging)$", folder.name)]
        started = [folder for folder in names if (folder / "task.json").exists() or (folder / "done.json").exists()]
        return [(folder.name, (_record(folder)[0] or {}).get("id")) for folder in started]

    def _manifest(self, sweep: str) -> list[tuple[str, str | None]]:
        file = self._folder / "sweeps" / sweep / "sweep.json"
        if not file.exists():
            close = difflib.get_close_matches(sweep, self.sweeps(), 1)
            known = f"did you mean {close[0]}?" if close else f"the store has {', '.join(self.sweeps()) or 'none'}"
            raise StoreError(f"no sweep {sweep} has run in {self._folder}: {known}")
        return [(task["name"], task["id"]) for task in _json(file)["tasks"]]

    def _done(self, tasks: pl.DataFrame | pl.LazyFrame) -> list[tuple[str, Path]]:
        """Returns id and folder of each task."""
        rows = tasks.lazy().select(IDENTITY.keys()).collect()
        for _, name, state in rows.filter(pl.col("state") != "done").iter_rows():
            raise StoreError(f"{name} is {state}, and only done tasks have results: filter by state, or use `vae-sweep export --unfinished`")
        return [(task, self._folder / "tasks" / name) for task, name, _ in rows.iter_rows()]


class _Logs:
    """The files of one log of several tasks."""

    def __init__(self, log: str, tasks: list[tuple[str, Path]]):
        self._log = log
        self._units: dict[str, list[str]] = {}
        self._descriptions: dict[str, list[str]] = {}
        self._groups: dict[tuple, tuple[pa.Schema, dict[Path, str]]] = {}
        for task, folder in tasks:
            if (folder / f"{log}.arrow").exists():
                self._add(task, folder / f"{log}.arrow")

    def groups(self) -> list[tuple[pa.Schema, dict[Path, str]]]:
        """Returns the task of each file, grouped by the schema of the files."""
        return list(self._groups.values())

    def scan(self) -> Table:
        if not self._groups:
            raise StoreError(f"none of these tasks has {self._log}: choose other tasks, or another log")
        return self.table([_scan(files) for _, files in self.groups()])

    def table(self, frames: list[pl.LazyFrame]) -> Table:
        texts = [{name: "; ".join(values) for name, values in all.items()} for all in (self._units, self._descriptions)]
        return Table(pl.concat(frames, how="diagonal_relaxed"), *texts)

    def _add(self, task: str, file: Path) -> None:
        schema = _open(file, lambda reader: reader.schema)
        metadata = {key.decode(): value.decode() for key, value in (schema.metadata or {}).items()}
        if (version := metadata.get("vae-sweep.schema")) != LOG_SCHEMA_VERSION:
            raise StoreError(f"{file} has version {version} of the schema, not {LOG_SCHEMA_VERSION}: use the vae_sweep.py of its vae-sweep")
        if metadata.get("vae-sweep.task") != task:
            raise StoreError(f"{file} belongs to task {metadata.get('vae-sweep.task')}, not to {task}: run `vae-sweep verify`")
        key = tuple((field.name, str(field.type)) for field in schema)
        self._groups.setdefault(key, (schema, {}))[1][file] = task
        for field in schema:
            for texts, name in ((self._units, b"unit"), (self._descriptions, b"description")):
                text = (field.metadata or {}).get(name, b"").decode()
                if text not in texts.setdefault(field.name, []):
                    texts[field.name].append(text)


def _scan(files: dict[Path, str]) -> pl.LazyFrame:
    """Reads files of one schema without loading them: polars maps them into memory and reads only the columns that it needs."""
    frame = pl.scan_ipc(list(files), include_file_paths="task", glob=False, hive_partitioning=False)
    tasks = {str(file): task for file, task in files.items()}
    return frame.select(pl.col("task").replace_strict(tasks, return_dtype=pl.String), pl.exclude("task"))


def _open(file: Path, read):
    try:
        with pa.memory_map(str(file)) as source:
            return read(pa.ipc.open_file(source))
    except (pa.ArrowInvalid, OSError) as error:
        raise StoreError(f"{file} can't be read ({error}): run `vae-sweep verify`") from error


def _last_row(file: Path) -> dict:
    def read(reader: pa.ipc.RecordBatchFileReader) -> dict:
        batches = (reader.get_batch(index) for index in reversed(range(reader.num_record_batches)))
        return next((batch.slice(batch.num_rows - 1).to_pylist()[0] for batch in batches if batch.num_rows > 0), {})

    return _open(file, read)


def _polars_schema(schema: pa.Schema) -> pl.Schema:
    return pl.from_arrow(schema.empty_table()).schema


def _setting(name: str, values: list) -> pl.Series:
    """Returns a column of a setting. If its values have different types, for example in tasks of several experiments, it has their JSON as text."""
    dtypes = {_dtype(value) for value in values if value not in (None, [])}
    if dtypes == {pl.Int64, pl.Float64}:
        return pl.Series(name, values, dtype=pl.Float64)
    if dtypes == {pl.List(pl.Int64), pl.List(pl.Float64)}:
        dtypes = {pl.List(pl.Float64)}
    if len(dtypes) <= 1 and pl.Object not in dtypes:
        with contextlib.suppress(TypeError):
            return pl.Series(name, values, dtype=next(iter(dtypes), None))
    return pl.Series(name, [None if value is None else json.dumps(value) for value in values], dtype=pl.String)


def _dtype(value):
    """Returns the type of a setting. A list may mix integers and other numbers, which polars refuses."""
    if isinstance(value, list) and {type(each) for each in value} == {int, float}:
        return pl.List(pl.Float64)
    try:
        return pl.Series([value]).dtype
    except TypeError:
        return pl.Object


def _json(file: Path):
    try:
        return json.loads(file.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise StoreError(f"{file} can't be read ({error}): run `vae-sweep verify`") from error


def _record(folder: Path, task: str | None = None) -> tuple[dict | None, str]:
    """Returns a task's `task.json`, or None and what is wrong with it."""
    try:
        record = _json(folder / "task.json")
        if record["name"] == folder.name and task in (None, record["id"]) and isinstance(record["settings"], dict):
            return record, ""
        return None, f"task.json belongs to {record['name']}, id {record['id']}"
    except (StoreError, KeyError, TypeError):
        return None, "task.json is invalid"


def _task(folder: Path, task: str | None) -> tuple[str, str | None, dict]:
    """Returns the state of a task, what is wrong with it if it is corrupt, and its settings as far as they are known."""
    if not (folder / "task.json").exists():
        return ("corrupt", "task.json is missing", {}) if (folder / "done.json").exists() else ("new", None, {})
    record, problem = _record(folder, task)
    if record is None:
        return "corrupt", problem, {}
    return *_state(folder, record["id"]), record["settings"]


def _state(folder: Path, task: str) -> tuple[str, str | None]:
    """Returns the state of a task and what is wrong with it if it is corrupt, by the rules of `readTaskState` of vae-sweep."""
    if (folder / "done.json").exists():
        problem = _marker_problem(folder, task)
        return ("done", None) if problem is None else ("corrupt", problem)
    if (folder / "failed.json").exists():
        try:
            failure = _json(folder / "failed.json")
            return ("failed", None) if failure["reason"] in FAILURES else ("corrupt", "failed.json is invalid")
        except (StoreError, KeyError, TypeError):
            return "corrupt", "failed.json is invalid"
    checkpoints = [folder / name for name in CHECKPOINTS if (folder / name).exists()]
    if any(map(_is_checkpoint, checkpoints)):
        return "interrupted", None
    return ("corrupt", f"{checkpoints[0].name} is invalid") if checkpoints else ("new", None)


def _marker_problem(folder: Path, task: str) -> str | None:
    try:
        marker = _json(folder / "done.json")
        if marker["id"] != task:
            return f"done.json belongs to task {marker['id']}, not to {task}"
        for name, file in marker["files"].items():
            path = folder / name
            if not path.is_file():
                return f"{name} is missing"
            if path.stat().st_size != file["bytes"]:
                return f"{name} has the wrong size ({path.stat().st_size} instead of {file['bytes']} bytes)"
        return None if marker["files"] else "done.json lists no files"
    except (StoreError, KeyError, TypeError, AttributeError):
        return "done.json is invalid"


def _is_checkpoint(file: Path) -> bool:
    """Returns whether the header of a safetensors file is valid and the file has the size that follows from it."""
    try:
        size = file.stat().st_size
        with file.open("rb") as opened:
            (length,) = struct.unpack("<Q", opened.read(8))
            if length > min(size, MAX_HEADER_BYTES):
                return False
            header = json.loads(opened.read(length))
        step = int(header.pop("__metadata__")["step"])
        end = max((array["data_offsets"][1] for array in header.values()), default=0)
        return step >= 0 and size == 8 + length + end
    except (OSError, ValueError, KeyError, TypeError, struct.error):
        return False
