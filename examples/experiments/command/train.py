"""Trains a logistic regression by gradient descent. After a stop it resumes from a file of its own.

Run it by hand: VAE_SWEEP_SETTINGS=settings.json VAE_SWEEP_FOLDER=. python3 train.py
"""

import json
import os
import signal
import sys

import numpy as np

DIMENSIONS = 5
TEST_EXAMPLES = 1000
SAVE_EVERY = 50
INTERRUPTED = 75

settings = json.load(open(os.environ["VAE_SWEEP_SETTINGS"]))
state_file = os.path.join(os.environ["VAE_SWEEP_FOLDER"], "state.npz")
stop_requested = False


def request_stop(*_):
    global stop_requested
    stop_requested = True


def examples(random, count, true_weights):
    inputs = random.standard_normal((count, DIMENSIONS))
    labels = random.random(count) < sigmoid(inputs @ true_weights)
    return inputs, labels.astype(float)


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def loss(weights, inputs, labels):
    logits = inputs @ weights
    return float(np.mean(np.logaddexp(0, logits) - labels * logits))


def save(epoch, weights):
    """Saves atomically: if the process dies while it writes, the previous file remains."""
    np.savez(state_file + ".tmp.npz", epoch=epoch, weights=weights)
    os.replace(state_file + ".tmp.npz", state_file)


signal.signal(signal.SIGTERM, request_stop)
random = np.random.default_rng(settings["seed"])
true_weights = random.standard_normal(DIMENSIONS)
inputs, labels = examples(random, settings["examples"], true_weights)
test_inputs, test_labels = examples(random, TEST_EXAMPLES, true_weights)

epoch, weights = 0, np.zeros(DIMENSIONS)
if os.path.exists(state_file):
    state = np.load(state_file)
    epoch, weights = int(state["epoch"]), state["weights"]

while epoch < settings["epochs"]:
    gradient = inputs.T @ (sigmoid(inputs @ weights) - labels) / len(labels)
    weights = weights - settings["learningRate"] * gradient
    epoch += 1
    row = {
        "row": epoch,
        "trainingLoss": loss(weights, inputs, labels),
        "testLoss": loss(weights, test_inputs, test_labels),
        "accuracy": float(np.mean((test_inputs @ weights > 0) == test_labels)),
    }
    # Write the row before the state: a state must never be ahead of the rows.
    print(json.dumps(row), flush=True)
    if stop_requested or epoch % SAVE_EVERY == 0:
        save(epoch, weights)
    if stop_requested and epoch < settings["epochs"]:
        sys.exit(INTERRUPTED)
