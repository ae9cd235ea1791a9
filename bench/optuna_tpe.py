"""Proposes points with Optuna's TPE sampler, with its default settings, for `npm run bench -- --only search --optuna PYTHON`.

Each line of input is a request in JSON, and each answer is a line of JSON:

    {"info": true}                              {"optuna": VERSION, "python": VERSION}
    {"seed": 1, "ranges": [[0, 1], ...]}        {}                              starts a study
    {"batch": 10}                               {"points": [[0.5, ...], ...]}
    {"losses": [1.5, ...]}                      {}                              of the batch
"""

import json
import platform
import sys

import optuna

optuna.logging.set_verbosity(optuna.logging.ERROR)

study, ranges, pending = None, [], []


def answer(request):
    global study, ranges, pending
    if "info" in request:
        return {"optuna": optuna.__version__, "python": platform.python_version()}
    if "seed" in request:
        study = optuna.create_study(sampler=optuna.samplers.TPESampler(seed=request["seed"]))
        ranges = request["ranges"]
        return {}
    if "batch" in request:
        pending = [study.ask() for _ in range(request["batch"])]
        return {
            "points": [
                [trial.suggest_float(f"x{i}", low, high) for i, (low, high) in enumerate(ranges)]
                for trial in pending
            ]
        }
    for trial, loss in zip(pending, request["losses"], strict=True):
        study.tell(trial, loss)
    return {}


for line in sys.stdin:
    try:
        result = answer(json.loads(line))
    except Exception as error:
        result = {"error": f"{type(error).__name__}: {error}"}
    print(json.dumps(result), flush=True)
