"""AUC of LightGBM and CatBoost, for accuracy_trees.ts. Prints one JSON line.

  python accuracy_trees.py valid lightgbm|catboost DIR ROUNDS RATE      train.parquet, valid.parquet with target y
  python accuracy_trees.py folds catboost FILE.json ROUNDS RATE Plain|Ordered   {"columns": {name: [...]}, "y": [...], "fold": [...]}; text is a category
"""
import json
import sys
from importlib.metadata import version

import pandas as pd
from sklearn.metrics import roc_auc_score

task, peer, path, rounds, rate, *boosting = sys.argv[1:]
rounds, rate = int(rounds), float(rate)


def chances(X, y, Xv, categories):
    if peer == "lightgbm":
        import lightgbm

        settings = dict(objective="binary", num_leaves=31, learning_rate=rate, num_threads=1, verbose=-1)
        return lightgbm.train(settings, lightgbm.Dataset(X, y), rounds).predict(Xv)
    import catboost

    settings = dict(iterations=rounds, learning_rate=rate, depth=6, thread_count=1, random_seed=0)
    if boosting:
        settings["boosting_type"] = boosting[0]
    model = catboost.CatBoostClassifier(**settings, verbose=0, allow_writing_files=False)
    return model.fit(X, y, cat_features=categories).predict_proba(Xv)[:, 1]


if task == "valid":
    train, valid = (pd.read_parquet(f"{path}/{part}.parquet") for part in ("train", "valid"))
    p = chances(train.drop(columns="y"), train.y, valid.drop(columns="y"), [])
    aucs = [roc_auc_score(valid.y, p)]
else:
    with open(path) as file:
        data = json.load(file)
    X = pd.DataFrame({k: pd.Series(v) for k, v in data["columns"].items()})
    categories = [name for name, values in data["columns"].items() if any(isinstance(v, str) for v in values)]
    X[categories] = X[categories].astype(object).where(X[categories].notna(), "(missing)").astype(str)
    y, fold = pd.Series(data["y"]), pd.Series(data["fold"])
    aucs = [
        roc_auc_score(y[fold == k], chances(X[fold != k], y[fold != k], X[fold == k], categories))
        for k in sorted(set(fold))
    ]
print(json.dumps(dict(aucs=aucs, version=version(peer))))
