"""Milliseconds of a warm fit of 200 rows, 300 rounds: python small_fit.py lightgbm|catboost DIR. Median of 9, the first two left out."""
import json
import statistics
import sys
import time

import pandas as pd

peer, path = sys.argv[1:3]
train = pd.read_parquet(f"{path}/train.parquet")[:200]
X, y = train.drop(columns="y").to_numpy(), train.y.to_numpy()


def fit():
    if peer == "lightgbm":
        import lightgbm

        settings = dict(objective="binary", num_leaves=31, learning_rate=0.1, num_threads=1, verbose=-1)
        return lightgbm.train(settings, lightgbm.Dataset(X, y), 300)
    import catboost

    settings = dict(iterations=300, learning_rate=0.1, depth=6, thread_count=1, verbose=0, allow_writing_files=False)
    return catboost.CatBoostClassifier(**settings).fit(X, y)


times = []
for _ in range(11):
    start = time.perf_counter()
    fit()
    times.append(1000 * (time.perf_counter() - start))
print(json.dumps(dict(milliseconds=round(statistics.median(times[2:]), 1))))
