"""Fits a data set by scikit-learn and prints how long each solver took, and how near it came, as rows of JSON.

Arguments: a directory with features.f64 (column by column) and labels.f64, little-endian; the number of examples; of features; lambda; the objective at the
optimum, mean log-loss + lambda/2 |w|^2. Runs where Python has numpy and scikit-learn; on one thread, and lbfgs on two.
"""

import json
import sys
import time
import warnings

import numpy
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_limits

# A gap of this share of the objective counts as arrived.
ARRIVED = 1e-6
# Tolerances from loose to tight; the first that arrives is reported.
TOLERANCES = [1e-1, 1e-2, 1e-3, 1e-4, 1e-5, 1e-6, 1e-8]
ROUNDS = 5


def objective(x, y, weight, intercept, penalty):
    turned = (1 - 2 * y) * (x @ weight + intercept)
    return numpy.logaddexp(0, turned).mean() + penalty / 2 * weight @ weight


def fitted(x, y, solver, tolerance, penalty):
    model = LogisticRegression(C=1 / (penalty * len(y)), solver=solver, tol=tolerance, max_iter=10_000)
    start = time.perf_counter()
    model.fit(x, y)
    return time.perf_counter() - start, objective(x, y, model.coef_[0], model.intercept_[0], penalty)


def main():
    directory, examples, features, penalty, optimum = sys.argv[1:]
    penalty, optimum = float(penalty), float(optimum)
    columns = numpy.fromfile(f"{directory}/features.f64", dtype="<f8").reshape(int(features), int(examples))
    x = numpy.ascontiguousarray(columns.T)  # the order that scikit-learn works in
    y = numpy.fromfile(f"{directory}/labels.f64", dtype="<f8")
    warnings.simplefilter("ignore")
    for solver, threads in [("lbfgs", 1), ("newton-cholesky", 1), ("lbfgs", 2)]:
        with threadpool_limits(threads):
            for tolerance in TOLERANCES:
                seconds, value = fitted(x, y, solver, tolerance, penalty)
                if value / optimum - 1 <= ARRIVED:
                    break
            times = [seconds] + [fitted(x, y, solver, tolerance, penalty)[0] for _ in range(ROUNDS - 1)]
        row = {"contender": f"scikit-learn {solver}", "threads": threads, "seconds": times}
        print(json.dumps(row | {"gap": value / optimum - 1, "setting": f"tol {tolerance:g}"}), flush=True)


main()
