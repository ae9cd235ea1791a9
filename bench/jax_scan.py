"""The fastest practical JAX program for the benchmark's training steps, controlled over stdin and stdout.

    python3 -m venv venv && venv/bin/pip install jax==0.10.2 numpy
    taskset -c 1 venv/bin/python bench/jax_scan.py --variant pregen

Requests are lines. Each answer is a line of JSON, with the key `error` if the request was invalid:
    info                  prints versions, flags and cores
    prepare linear [1000] compiles the shape for this many steps per call
    run linear 1000 20    makes 20 calls of 1,000 steps: microseconds per step, in wall time and processor time

A call is one compiled lax.scan over the steps, each with fresh data, and copies the metrics of every step to the host. All random
numbers of a step are one draw. Variants: `stock` draws inside the step; `pregen` draws for 100 steps at a time (sphere: 50);
`wide` is pregen with 512-bit vectors. Pin the process to one core: XLA uses one thread per available core. The vae module
switches jax_threefry_partitionable off, as in the authors' version of JAX; the new default was slower for the linear shape.
"""
import argparse
import json
import os
import platform
import sys
import time
from pathlib import Path
from typing import Callable

parser = argparse.ArgumentParser()
parser.add_argument('--variant', choices=['stock', 'pregen', 'wide'], default='stock')
OPTIONS = parser.parse_args()
os.environ['JAX_PLATFORMS'] = 'cpu'
if OPTIONS.variant == 'wide':  # XLA reads its flags once, when JAX is imported
    os.environ['XLA_FLAGS'] = f'{os.environ.get("XLA_FLAGS", "")} --xla_cpu_prefer_vector_width=512'.strip()

import jax  # noqa: E402
import jax.numpy as jnp  # noqa: E402
import jaxlib  # noqa: E402
import numpy as np  # noqa: E402

sys.path.append(str(Path(__file__).parents[1] / 'test' / 'fixtures' / 'jax'))
from vae import METRICS, Settings, data_parameters, data_points, initial_state, train_step  # noqa: E402

HIDDEN = (200, 200, 200)
SHAPES = {
    'linear': Settings('linear', 9, 20, 20, 2, 1e-3),
    'sigmoid': Settings('sigmoid', 7, 28, 24, 69, 1e-4),
    'sphere': Settings('sphere', 6, 14, 13, 69, 1e-4, hidden=HIDDEN),
}


class Trainer:
    """A shape's compiled program for a number of steps per call, and the state between its calls."""

    def __init__(self, shape: str, steps: int) -> None:
        settings = SHAPES[shape]
        block = 1 if OPTIONS.variant == 'stock' else 50 if shape == 'sphere' else 100
        if steps < 1 or steps % block:
            raise ValueError(f'steps per call must be a multiple of {block}, got {steps}')
        self.steps = steps
        self.program = jax.jit(many_steps(settings, steps, block), donate_argnums=0)
        self.initial = initial_state(settings), jnp.float32(0), jax.random.PRNGKey(0)
        self.restart()
        self.call()

    def restart(self) -> None:
        self.carry = jax.block_until_ready(jax.tree.map(jnp.copy, self.initial))

    def call(self) -> np.ndarray:
        self.carry, metrics = self.program(self.carry)
        return np.asarray(metrics)


def many_steps(s: Settings, steps: int, block: int) -> Callable:
    matrix = data_parameters(s)

    def one_step(carry: tuple, normals: jax.Array) -> tuple:
        state, step = carry
        z, latent_noise = jnp.split(normals, [s.source], axis=1)
        state, metrics = train_step(s, step + 1, state, data_points(s, matrix, z), latent_noise, None)
        return (state, step + 1), jnp.stack([metrics[name] for name in METRICS])

    def one_block(carry: tuple, _: None) -> tuple:
        state, step, key = carry
        key, used = jax.random.split(key)
        shape = (s.batch, s.source + s.latent)
        if block == 1:
            (state, step), metrics = one_step((state, step), jax.random.normal(used, shape))
        else:
            (state, step), metrics = jax.lax.scan(one_step, (state, step), jax.random.normal(used, (block, *shape)))
        return (state, step, key), metrics

    def program(carry: tuple) -> tuple:
        carry, metrics = jax.lax.scan(one_block, carry, None, length=steps // block)
        return carry, metrics.reshape(steps, len(METRICS))

    return program


trainers: dict[tuple[str, int], Trainer] = {}


def trainer(shape: str, steps: int) -> Trainer:
    if shape not in SHAPES:
        raise ValueError(f'shape must be one of {", ".join(SHAPES)}, got {shape}')
    if (shape, steps) not in trainers:
        trainers[shape, steps] = Trainer(shape, steps)
    return trainers[shape, steps]


def info() -> dict:
    return {
        'python': platform.python_version(), 'jax': jax.__version__, 'jaxlib': jaxlib.__version__,
        'variant': OPTIONS.variant, 'xlaFlags': os.environ.get('XLA_FLAGS', ''),
        'cores': sorted(os.sched_getaffinity(0)),
    }


def prepare(shape: str, steps: str = '1000') -> dict:
    start = time.perf_counter()
    trainer(shape, int(steps))
    return {'shape': shape, 'variant': OPTIONS.variant, 'seconds': round(time.perf_counter() - start, 3)}


def run(shape: str, steps: str, calls: str) -> dict:
    trained, count = trainer(shape, int(steps)), int(calls)
    trained.restart()
    wall, cpu = time.perf_counter(), time.process_time()
    for _ in range(count):
        metrics = trained.call()
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    per_step = 1e6 / (count * trained.steps)
    return {
        'shape': shape, 'variant': OPTIONS.variant, 'usPerStep': round(wall * per_step, 3),
        'cpuUsPerStep': round(cpu * per_step, 3), 'loss': float(metrics[-1, 0]),
    }


def answer(line: str) -> dict:
    commands = {'info': info, 'prepare': prepare, 'run': run}
    name, *words = line.split() or ['']
    try:
        if name not in commands:
            raise ValueError(f'request must be one of {", ".join(commands)}, got {name!r}')
        return commands[name](*words)
    except (TypeError, ValueError) as error:
        return {'error': str(error)}


if __name__ == '__main__':
    for request in sys.stdin:
        print(json.dumps(answer(request)), flush=True)
