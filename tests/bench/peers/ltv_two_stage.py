"""Two-stage forecasts by LightGBM, for ltv_two_stage.ts: python ltv_two_stage.py train.parquet test.parquet SETTINGS.json

For each horizon a classifier of buyers and, among buyers, a regression of log(1 + revenue) and a gamma regression of revenue.
Prints one JSON line: by horizon of the test rows, P · E[R | buy] with the mean by the gamma regression and by smearing the
logarithms, and expm1(P · E[log(1 + R) | buy]).
"""
import json
import sys
from importlib.metadata import version

import lightgbm
import numpy as np
import pandas as pd

train, test = (pd.read_parquet(path) for path in sys.argv[1:3])
with open(sys.argv[3]) as file:
    settings = json.load(file)
features, horizons = settings["features"], settings["horizons"]


def fitted(rows, target, objective, min_rows):
    parameters = dict(
        objective=objective,
        learning_rate=settings["learningRate"],
        num_leaves=settings["leaves"],
        min_data_in_leaf=min_rows,
        lambda_l2=settings["l2"],
        feature_fraction=settings["columnFraction"],
        feature_fraction_seed=settings["seed"],
        num_threads=1,
        verbose=-1,
    )
    data = lightgbm.Dataset(rows[features], target)
    return lightgbm.train(parameters, data, settings["rounds"])


answer = dict(version=version("lightgbm"), gamma=[], smearing=[], rmsleForecast=[])
for days in horizons:
    revenue = train[f"iap_revenue_d{days}"]
    buyers = train[revenue > 0]
    spent = revenue[revenue > 0]
    p = fitted(train, (revenue > 0).astype(int), "binary", settings["minRows"]).predict(test[features])
    of_logs = fitted(buyers, np.log1p(spent), "regression", settings["minRowsOfBuyers"])
    logs = np.maximum(of_logs.predict(test[features]), 0)
    factor = np.mean(np.exp(np.log1p(spent) - of_logs.predict(buyers[features])))
    means = fitted(buyers, spent, "gamma", settings["minRowsOfBuyers"]).predict(test[features])
    answer["gamma"].append((p * means).tolist())
    answer["smearing"].append((p * np.maximum(0, factor * np.exp(logs) - 1)).tolist())
    answer["rmsleForecast"].append(np.expm1(p * logs).tolist())
print(json.dumps(answer))
