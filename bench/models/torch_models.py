"""The benchmark's models in PyTorch. `peer.py` describes the requests.

    taskset -c 1 venv/bin/python bench/models/torch_models.py --variant plain

A step is compiled by torch.compile, and a call copies the losses of its steps to the host at once. Variants: `plain` compiles the
loss, its gradient and a fused Adam of torch.optim; `functional` compiles a whole step, including the gradient and Adam, as one graph.
Both draw the noise of a call at once.
"""
import argparse
from typing import Callable

import numpy as np
import torch
from peer import BETA1, BETA2, EPSILON, RATE, Start, serve
from torch import Tensor
from torch.nn import functional as F

parser = argparse.ArgumentParser()
parser.add_argument('--variant', choices=['plain', 'functional'], default='plain')
OPTIONS = parser.parse_args()
torch.set_num_threads(1)

HEADS = 4


def dense(p: dict, x: Tensor, layer: str) -> Tensor:
    return torch.addmm(p[f'{layer}.bias'], x, p[f'{layer}.kernel'])


def classifier(p: dict, batch: dict, _: Tensor) -> Tensor:
    first = F.relu(dense(p, batch['images'], 'first'))
    return F.cross_entropy(dense(p, F.relu(dense(p, first, 'second')), 'last'), batch['labels'].long())


def image_vae(p: dict, batch: dict, noise: Tensor) -> Tensor:
    def conv(x: Tensor, layer: str) -> Tensor:
        return F.relu(F.conv2d(x, p[f'{layer}.kernel'], p[f'{layer}.bias'], stride=2, padding=1))

    def transposed(x: Tensor, layer: str) -> Tensor:
        return F.conv_transpose2d(x, p[f'{layer}.kernel'], p[f'{layer}.bias'], stride=2, padding=1)

    images = batch['images']
    count = len(images)
    features = conv(conv(images.reshape(count, 1, 16, 16), 'encoder.first'), 'encoder.second')
    flat = features.permute(0, 2, 3, 1).reshape(count, -1)
    mean, log_variance = dense(p, flat, 'encoder.last').chunk(2, dim=1)
    latent = mean + torch.exp(log_variance / 2) * noise
    start = F.relu(dense(p, latent, 'decoder.first')).reshape(count, 4, 4, 32).permute(0, 3, 1, 2)
    middle = F.relu(transposed(start, 'decoder.second'))
    logits = transposed(middle, 'decoder.last').reshape(count, -1)
    pixels = F.binary_cross_entropy_with_logits(logits, images, reduction='sum')
    divergence = torch.sum(mean.square() + log_variance.exp() - log_variance - 1) / 2
    return (pixels + divergence) / count


def transformer(p: dict, batch: dict, _: Tensor) -> Tensor:
    def norm(x: Tensor, layer: str) -> Tensor:
        return F.layer_norm(x, x.shape[-1:], p[f'{layer}.scale'], p[f'{layer}.bias'], 1e-5)

    tokens = batch['tokens'].long()
    count, length = len(tokens), tokens.shape[1] - 1
    embedded = F.embedding(tokens[:, :-1], p['embedding.tokens']) + p['embedding.positions']
    first = embedded.reshape(count * length, -1)
    projected = dense(p, norm(first, 'attention.norm'), 'attention.queries')
    queries, keys, values = projected.reshape(count, length, 3, HEADS, -1).permute(2, 0, 3, 1, 4)
    mixed = F.scaled_dot_product_attention(queries, keys, values, is_causal=True)
    second = first + dense(p, mixed.transpose(1, 2).reshape(count * length, -1), 'attention.output')
    hidden = F.gelu(dense(p, norm(second, 'hidden.norm'), 'hidden.first'))
    third = second + dense(p, hidden, 'hidden.second')
    logits = dense(p, norm(third, 'last.norm'), 'last')
    return F.cross_entropy(logits, tokens[:, 1:].reshape(-1))


LOSSES: dict[str, Callable[[dict, dict, Tensor], Tensor]] = {
    'classifier': classifier, 'image-vae': image_vae, 'transformer': transformer,
}


def parameter(value: np.ndarray) -> Tensor:
    """Returns a parameter; the kernels of convolutions [height, width, inputs, outputs] as PyTorch orders their axes."""
    tensor = torch.from_numpy(value.copy())
    return tensor.permute(3, 2, 0, 1).contiguous(memory_format=torch.channels_last) if tensor.ndim == 4 else tensor


class TorchTrainer:
    def __init__(self, start: Start, steps: int) -> None:
        self.start, self.steps, self.next = start, steps, 1
        self.loss = LOSSES[start.model]
        self.parameters = {name: parameter(value) for name, value in start.parameters.items()}
        self.data = {name: torch.from_numpy(value.copy()) for name, value in start.data.items()}
        self.step = self.functional() if OPTIONS.variant == 'functional' else self.plain()

    def call(self, noise: np.ndarray | None = None) -> np.ndarray:
        rows = torch.from_numpy(self.start.rows(self.next, self.steps))
        drawn = torch.randn(self.steps, self.start.batch, self.start.latent) if noise is None else torch.from_numpy(noise.copy())
        losses = [self.step(own, noise) for own, noise in zip(rows, drawn)]
        self.next += self.steps
        return torch.stack(losses).numpy()

    def batch(self, rows: Tensor) -> dict:
        return {name: values[rows] for name, values in self.data.items()}

    def plain(self) -> Callable[[Tensor, Tensor], Tensor]:
        parameters = {name: value.requires_grad_() for name, value in self.parameters.items()}
        adam = torch.optim.Adam(parameters.values(), lr=RATE, betas=(BETA1, BETA2), eps=EPSILON, fused=True)
        loss_of = torch.compile(lambda rows, noise: self.loss(parameters, self.batch(rows), noise))

        def step(rows: Tensor, noise: Tensor) -> Tensor:
            loss = loss_of(rows, noise)
            loss.backward()
            adam.step()
            adam.zero_grad()
            return loss.detach()

        return step

    def functional(self) -> Callable[[Tensor, Tensor], Tensor]:
        parameters = self.parameters
        moments = {name: (torch.zeros_like(value), torch.zeros_like(value)) for name, value in parameters.items()}
        count = torch.zeros(())

        def step(rows: Tensor, noise: Tensor) -> Tensor:
            count.add_(1)
            rate, scale = RATE / (1 - BETA1**count), 1 / (1 - BETA2**count)
            gradients, loss = torch.func.grad_and_value(self.loss)(parameters, self.batch(rows), noise)
            for name, gradient in gradients.items():
                first, second = moments[name]
                first.mul_(BETA1).add_((1 - BETA1) * gradient)
                second.mul_(BETA2).add_((1 - BETA2) * gradient * gradient)
                parameters[name].sub_(rate * first / ((second * scale).sqrt() + EPSILON))
            return loss

        return torch.no_grad()(torch.compile(step, fullgraph=True))


if __name__ == '__main__':
    serve({'torch': torch.__version__}, TorchTrainer)
