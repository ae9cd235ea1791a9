"""What the JAX and the PyTorch program of the benchmark's models share: the requests, the start, and the rows of each step.

Requests are lines. Each answer is a line of JSON, with the key `error` if the request was invalid:
    info                              prints versions and cores
    check classifier FILE             trains ten steps from the start in FILE with the noise in it: the loss of each
    prepare classifier FILE 100       compiles the model for this many steps per call
    run classifier 100 20             makes 20 calls of 100 steps: microseconds per step, in wall time and processor time
"""
import json
import os
import platform
import sys
import time
from pathlib import Path
from typing import Callable, Protocol

import numpy as np

BATCH = {'classifier': 64, 'image-vae': 32, 'transformer': 16}
RATE, BETA1, BETA2, EPSILON = 1e-3, 0.9, 0.999, 1e-8


class Start:
    """The contents of a file of `server.ts`: the parameters at the start, the data set, and the noise of the check."""

    def __init__(self, model: str, file: str) -> None:
        tensors = read_safetensors(file)
        self.model, self.batch = model, BATCH[model]
        self.check_noise = tensors.pop('check.noise')
        self.data = {name[5:]: tensors.pop(name) for name in list(tensors) if name.startswith('data.')}
        self.parameters = tensors
        self.latent = self.check_noise.shape[2]

    def rows(self, first: int, steps: int) -> np.ndarray:
        """The rows of the data set that some steps take, [steps, batch], as in `training.ts`."""
        examples = len(next(iter(self.data.values())))
        places = first * self.batch + np.arange(steps * self.batch, dtype=np.int64)
        return (97 * places % examples).astype(np.int32).reshape(steps, self.batch)


class Trainer(Protocol):
    """A compiled model and its state between calls."""

    def call(self, noise: np.ndarray | None = None) -> np.ndarray:
        """Makes one call of steps. Returns the loss of each. Draws the noise, unless it is given."""


def read_safetensors(file: str) -> dict[str, np.ndarray]:
    content = Path(file).read_bytes()
    start = 8 + int.from_bytes(content[:8], 'little')
    header = json.loads(content[8:start])
    header.pop('__metadata__', None)
    types = {'F32': np.float32, 'I32': np.int32}

    def array(entry: dict) -> np.ndarray:
        first, last = entry['data_offsets']
        return np.frombuffer(content[start + first:start + last], types[entry['dtype']]).reshape(entry['shape'])

    return {name: array(entry) for name, entry in header.items()}


def serve(versions: dict[str, str], make_trainer: Callable[[Start, int], Trainer]) -> None:
    """Answers requests until the input ends. @param make_trainer makes a trainer for a number of steps per call"""
    trainers: dict[str, Trainer] = {}

    def info() -> dict:
        return {'python': platform.python_version(), **versions, 'cores': sorted(os.sched_getaffinity(0))}

    def check(model: str, file: str) -> dict:
        start = Start(model, file)
        losses = make_trainer(start, len(start.check_noise)).call(start.check_noise)
        return {'losses': [float(loss) for loss in losses]}

    def prepare(model: str, file: str, steps: str) -> dict:
        trainers[model] = make_trainer(Start(model, file), int(steps))
        trainers[model].call()
        return {}

    def run(model: str, steps: str, calls: str) -> dict:
        wall, cpu = time.perf_counter(), time.process_time()
        for _ in range(int(calls)):
            trainers[model].call()
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        per_step = 1e6 / (int(steps) * int(calls))
        return {'usPerStep': round(wall * per_step, 3), 'cpuUsPerStep': round(cpu * per_step, 3)}

    commands = {'info': info, 'check': check, 'prepare': prepare, 'run': run}

    def answer(line: str) -> dict:
        name, *words = line.split() or ['']
        try:
            if name not in commands:
                raise ValueError(f'request must be one of {", ".join(commands)}, got {name!r}')
            return commands[name](*words)
        except (TypeError, ValueError, KeyError) as error:
            return {'error': f'{type(error).__name__}: {error}'}

    for request in sys.stdin:
        print(json.dumps(answer(request)), flush=True)
