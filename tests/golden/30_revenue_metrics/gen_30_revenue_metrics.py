"""Revenue metrics by scikit-learn, SciPy and NumPy on amounts that are mostly 0, with whales and ties.

Run with scikit-learn 1.9.1, NumPy 2.4.6, SciPy 1.17.1: python gen_30_revenue_metrics.py
"""

import json
import pathlib

import numpy as np
from scipy.stats import spearmanr
from sklearn.metrics import (
    mean_absolute_error,
    r2_score,
    root_mean_squared_error,
    root_mean_squared_log_error,
)

rng = np.random.default_rng(30)
n = 400
chance = rng.beta(1, 6, n)
actual = np.round(np.where(rng.random(n) < chance, np.exp(1 + 1.5 * rng.standard_normal(n)), 0), 2)
predicted = np.round(chance * np.exp(2 + 0.5 * rng.standard_normal(n)), 2)
users = rng.integers(0, 250, n)


def gini(order_by):
    """Mean share found, best prediction first, above that of a random order."""
    order = np.argsort(-order_by, kind="stable")
    found = np.cumsum(actual[order]) / actual.sum()
    return found.sum() / n - (n + 1) / (2 * n)


off = np.array([(predicted - actual)[users == user].sum() for user in np.unique(users)])
order = np.argsort(predicted, kind="stable")
deciles = np.array_split(order, 10)  # 400 rows: ten times 40
expected = {
    "rmsle": root_mean_squared_log_error(actual, predicted),
    "rmse": root_mean_squared_error(actual, predicted),
    "mae": mean_absolute_error(actual, predicted),
    "r2": r2_score(actual, predicted),
    "spearman": spearmanr(actual, predicted).statistic,
    "gini": gini(predicted) / gini(actual),
    "bias": predicted.sum() - actual.sum(),
    "standardError": np.sqrt(len(off)) * off.std(ddof=1),
    "decilePredicted": [predicted[rows].mean() for rows in deciles],
    "decileActual": [actual[rows].mean() for rows in deciles],
    "decileError": [(predicted - actual)[rows].std(ddof=1) / np.sqrt(len(rows)) for rows in deciles],
}
data = {"actual": actual.tolist(), "predicted": predicted.tolist(), "users": users.tolist(), "expected": expected}
pathlib.Path(__file__).with_name("revenue_metrics.json").write_text(json.dumps(data) + "\n")
