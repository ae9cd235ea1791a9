"""The benchmark's models in JAX. `peer.py` describes the requests.

    taskset -c 1 venv/bin/python bench/models/jax_models.py --variant plain

A call is one compiled lax.scan over the steps, which returns the loss of every step. Variants: `plain` keeps the parameters as a
dictionary and draws the noise inside the step; `flat` keeps parameters and moments as one vector each, so that Adam is one loop, and
draws the noise of a call at once. Pin the process to one core: XLA uses one thread per available core.
"""
import argparse
import os
from typing import Callable

parser = argparse.ArgumentParser()
parser.add_argument('--variant', choices=['plain', 'flat'], default='plain')
OPTIONS = parser.parse_args()
os.environ['JAX_PLATFORMS'] = 'cpu'

import jax  # noqa: E402
import jax.numpy as jnp  # noqa: E402
import jaxlib  # noqa: E402
import numpy as np  # noqa: E402
from jax import lax  # noqa: E402
from jax.flatten_util import ravel_pytree  # noqa: E402
from peer import BETA1, BETA2, EPSILON, RATE, Start, serve  # noqa: E402

HEADS = 4


def dense(p: dict, x: jax.Array, layer: str) -> jax.Array:
    return x @ p[f'{layer}.kernel'] + p[f'{layer}.bias']


def cross_entropy(logits: jax.Array, labels: jax.Array) -> jax.Array:
    chosen = jnp.take_along_axis(jax.nn.log_softmax(logits), labels[..., None], axis=-1)
    return -jnp.mean(chosen)


def classifier(p: dict, batch: dict, _: jax.Array) -> jax.Array:
    first = jax.nn.relu(dense(p, batch['images'], 'first'))
    return cross_entropy(dense(p, jax.nn.relu(dense(p, first, 'second')), 'last'), batch['labels'])


def image_vae(p: dict, batch: dict, noise: jax.Array) -> jax.Array:
    layout = ('NHWC', 'HWIO', 'NHWC')

    def conv(x: jax.Array, layer: str) -> jax.Array:
        sums = lax.conv_general_dilated(x, p[f'{layer}.kernel'], (2, 2), 'SAME', dimension_numbers=layout)
        return jax.nn.relu(sums + p[f'{layer}.bias'])

    def transposed(x: jax.Array, layer: str) -> jax.Array:
        kernel = p[f'{layer}.kernel']
        sums = lax.conv_transpose(x, kernel, (2, 2), 'SAME', dimension_numbers=layout, transpose_kernel=True)
        return sums + p[f'{layer}.bias']

    images = batch['images']
    count = len(images)
    features = conv(conv(images.reshape(count, 16, 16, 1), 'encoder.first'), 'encoder.second')
    mean, log_variance = jnp.split(dense(p, features.reshape(count, -1), 'encoder.last'), 2, axis=1)
    latent = mean + jnp.exp(log_variance / 2) * noise
    start = jax.nn.relu(dense(p, latent, 'decoder.first')).reshape(count, 4, 4, 32)
    middle = jax.nn.relu(transposed(start, 'decoder.second'))
    logits = transposed(middle, 'decoder.last').reshape(count, -1)
    pixels = jnp.sum(jax.nn.softplus(logits) - images * logits)
    divergence = jnp.sum(jnp.square(mean) + jnp.exp(log_variance) - log_variance - 1) / 2
    return (pixels + divergence) / count


def transformer(p: dict, batch: dict, _: jax.Array) -> jax.Array:
    def norm(x: jax.Array, layer: str) -> jax.Array:
        mean = jnp.mean(x, axis=-1, keepdims=True)
        variance = jnp.mean(jnp.square(x - mean), axis=-1, keepdims=True)
        return (x - mean) * lax.rsqrt(variance + 1e-5) * p[f'{layer}.scale'] + p[f'{layer}.bias']

    def attention(x: jax.Array) -> jax.Array:
        count, length, width = x.shape
        heads = x.reshape(count, length, 3, HEADS, width // 3 // HEADS).transpose(2, 0, 3, 1, 4)
        queries, keys, values = heads
        scores = queries @ keys.swapaxes(-1, -2) / np.sqrt(queries.shape[-1])
        mask = jnp.where(np.tril(np.ones((length, length), bool)), 0.0, -1e9)
        mixed = jax.nn.softmax(scores + mask) @ values
        return mixed.transpose(0, 2, 1, 3).reshape(count, length, -1)

    tokens = batch['tokens']
    first = p['embedding.tokens'][tokens[:, :-1]] + p['embedding.positions']
    mixed = attention(dense(p, norm(first, 'attention.norm'), 'attention.queries'))
    second = first + dense(p, mixed, 'attention.output')
    hidden = jax.nn.gelu(dense(p, norm(second, 'hidden.norm'), 'hidden.first'), approximate=False)
    third = second + dense(p, hidden, 'hidden.second')
    return cross_entropy(dense(p, norm(third, 'last.norm'), 'last'), tokens[:, 1:])


LOSSES: dict[str, Callable[[dict, dict, jax.Array], jax.Array]] = {
    'classifier': classifier, 'image-vae': image_vae, 'transformer': transformer,
}


class JaxTrainer:
    def __init__(self, start: Start, steps: int) -> None:
        self.start, self.steps, self.next = start, steps, 1
        parameters = {name: jnp.asarray(value) for name, value in start.parameters.items()}
        loss = LOSSES[start.model]
        if OPTIONS.variant == 'flat':
            parameters, unflatten = ravel_pytree(parameters)
            self.loss = lambda flat, *arguments: loss(unflatten(flat), *arguments)
        else:
            self.loss = loss
        zeros = jax.tree.map(jnp.zeros_like, parameters)
        self.state = parameters, zeros, jax.tree.map(jnp.copy, zeros), jnp.float32(0)
        self.data = {name: jnp.asarray(value) for name, value in start.data.items()}
        self.key = jax.random.PRNGKey(4)
        self.program = jax.jit(self.many_steps, donate_argnums=0)

    def call(self, noise: np.ndarray | None = None) -> np.ndarray:
        rows = self.start.rows(self.next, self.steps)
        self.key, used = jax.random.split(self.key)
        given = None if noise is None else jnp.asarray(noise)
        self.state, losses = self.program(self.state, rows, self.data, used, given)
        self.next += self.steps
        return np.asarray(losses)

    def many_steps(self, state: tuple, rows: jax.Array, data: dict, key: jax.Array, given: jax.Array | None) -> tuple:
        shape = self.start.batch, self.start.latent
        if given is not None:
            source, noise_of = given, lambda noise: noise
        elif OPTIONS.variant == 'flat':
            source, noise_of = jax.random.normal(key, (self.steps, *shape)), lambda noise: noise
        else:
            source, noise_of = jax.random.split(key, self.steps), lambda own: jax.random.normal(own, shape)

        def step(state: tuple, given: tuple) -> tuple:
            rows, source = given
            parameters, *moments = state
            batch = {name: value[rows] for name, value in data.items()}
            loss, gradient = jax.value_and_grad(self.loss)(parameters, batch, noise_of(source))
            return adam(parameters, gradient, *moments), loss

        return lax.scan(step, state, (rows, source))


def adam(parameters: dict, gradient: dict, first: dict, second: dict, count: jax.Array) -> tuple:
    count = count + 1
    first = jax.tree.map(lambda m, g: BETA1 * m + (1 - BETA1) * g, first, gradient)
    second = jax.tree.map(lambda v, g: BETA2 * v + (1 - BETA2) * g * g, second, gradient)
    rate, scale = RATE / (1 - BETA1**count), 1 / (1 - BETA2**count)
    parameters = jax.tree.map(
        lambda p, m, v: p - rate * m / (jnp.sqrt(v * scale) + EPSILON), parameters, first, second
    )
    return parameters, first, second, count


if __name__ == '__main__':
    serve({'jax': jax.__version__, 'jaxlib': jaxlib.__version__}, JaxTrainer)
