"""The libraries' contenders on the cuts of the evidence study, for evidence_python.ts: python evidence_contenders.py FOLDER [CONTENDER ...]

FOLDER is what `deno task evidence --cuts FOLDER` wrote. For each cut it writes FOLDER/said/STEM.json: by contender the probability of each held-out
customer. A cut that these contenders in these versions have answered is not run again. What each contender runs with stands in
notebooks/smallml/protocol_python.yaml. Prints one JSON line: versions, and contenders that were left out, each with the reason.
"""
import functools
import hashlib
import json
import sys
import warnings
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression, LogisticRegressionCV
from sklearn.model_selection import StratifiedKFold

BUSINESS, OUTCOME = "business", "outcome"
OURS = dict(depth=4, rounds=200, rate=0.05, min_rows=5)  # the settings of the kit's own boosting


def probability(model, X, y, Xt):
    return model.fit(X, y).predict_proba(Xt)[:, 1]


def logistic(X, y, Xt, seed):
    return probability(LogisticRegression(max_iter=1000), X, y, Xt)


def ridge(X, y, Xt, seed):
    folds = StratifiedKFold(int(min(5, y.sum(), len(y) - y.sum())), shuffle=True, random_state=seed)
    model = LogisticRegressionCV(
        Cs=10, l1_ratios=(0,), cv=folds, scoring="neg_log_loss", max_iter=1000, use_legacy_attributes=False
    )
    return probability(model, X, y, Xt)


def forest(X, y, Xt, seed, **settings):
    return probability(RandomForestClassifier(random_state=seed, n_jobs=1, **settings), X, y, Xt)


def categories(X):
    return [BUSINESS] if BUSINESS in X else []


def catboost(X, y, Xt, seed, **settings):
    from catboost import CatBoostClassifier

    common = dict(random_seed=seed, thread_count=1, verbose=0, allow_writing_files=False)
    model = CatBoostClassifier(**common, **settings, cat_features=categories(X))
    return probability(model, X, y, Xt)


def xgboost(X, y, Xt, seed, **settings):
    from xgboost import XGBClassifier

    model = XGBClassifier(random_state=seed, n_jobs=1, enable_categorical=bool(categories(X)), **settings)
    return probability(model, X, y, Xt)


def lightgbm(X, y, Xt, seed, **settings):
    from lightgbm import LGBMClassifier

    return probability(LGBMClassifier(random_state=seed, n_jobs=1, verbose=-1, **settings), X, y, Xt)


def gpboost(X, y, Xt, seed):
    import gpboost as gpb

    groups = X[BUSINESS].astype(str).to_numpy(), Xt[BUSINESS].astype(str).to_numpy()
    effects = gpb.GPModel(group_data=groups[0], likelihood="bernoulli_logit", num_parallel_threads=1)
    rows = gpb.Dataset(X.drop(columns=BUSINESS), y)
    parameters = dict(num_threads=1, seed=seed, verbose=-1)
    model = gpb.train(params=parameters, train_set=rows, gp_model=effects, num_boost_round=100)
    said = model.predict(data=Xt.drop(columns=BUSINESS), group_data_pred=groups[1], pred_latent=False)
    return np.asarray(said["response_mean"])


def tabpfn(X, y, Xt, seed):
    from tabpfn import TabPFNClassifier

    codes = [rows.assign(**{b: rows[b].cat.codes for b in categories(rows)}) for rows in (X, Xt)]
    columns = [X.columns.get_loc(b) for b in categories(X)]
    model = TabPFNClassifier(random_state=seed, device="cpu", categorical_features_indices=columns)
    return probability(model, codes[0], y, codes[1])


def alone(learn):
    """Each business by itself; one with fewer than two rows of a label gets its smoothed rate."""

    def said(known, held_out, cut):
        answer = np.empty(len(held_out))
        for business in cut["names"]:
            own, rows = known[known[BUSINESS] == business], (held_out[BUSINESS] == business).to_numpy()
            y, events = own[OUTCOME], int(own[OUTCOME].sum())
            if min(events, len(y) - events) < 2:
                answer[rows] = (events + 0.5) / (len(y) + 1)
            else:
                answer[rows] = learn(own[cut["features"]], y, held_out.loc[rows, cut["features"]], cut["seed"])
        return answer

    return said


def pooled(learn, *extra):
    """All businesses in one pot, with the columns named beside the features."""

    def said(known, held_out, cut):
        columns = [*cut["features"], *extra]
        return learn(known[columns], known[OUTCOME], held_out[columns], cut["seed"])

    return said


def with_indicators(learn):
    """All businesses in one pot, with an intercept for each but the first."""

    def said(known, held_out, cut):
        def design(rows):
            return rows[cut["features"]].assign(**{b: (rows[BUSINESS] == b) * 1.0 for b in cut["names"][1:]})

        return learn(design(known), known[OUTCOME], design(held_out), cut["seed"])

    return said


as_ours = dict(
    catboost=functools.partial(catboost, iterations=OURS["rounds"], depth=OURS["depth"], learning_rate=OURS["rate"]),
    xgboost=functools.partial(xgboost, n_estimators=OURS["rounds"], max_depth=OURS["depth"], learning_rate=OURS["rate"]),
    lightgbm=functools.partial(
        lightgbm,
        n_estimators=OURS["rounds"],
        max_depth=OURS["depth"],
        num_leaves=2 ** OURS["depth"],
        learning_rate=OURS["rate"],
        min_child_samples=OURS["min_rows"],
    ),
    forest=functools.partial(forest, n_estimators=300, min_samples_leaf=OURS["min_rows"]),
)

CONTENDERS = {
    "LogisticRegression alone": alone(logistic),
    "LogisticRegressionCV alone": alone(ridge),
    "RandomForest alone": alone(forest),
    "RandomForest as ours alone": alone(as_ours["forest"]),
    "CatBoost alone": alone(catboost),
    "CatBoost as ours alone": alone(as_ours["catboost"]),
    "XGBoost alone": alone(xgboost),
    "XGBoost as ours alone": alone(as_ours["xgboost"]),
    "LightGBM alone": alone(lightgbm),
    "LightGBM as ours alone": alone(as_ours["lightgbm"]),
    "pooled LogisticRegressionCV": with_indicators(ridge),
    "pooled CatBoost": pooled(catboost),
    "pooled CatBoost as ours": pooled(as_ours["catboost"]),
    "pooled CatBoost with business": pooled(catboost, BUSINESS),
    "pooled CatBoost as ours with business": pooled(as_ours["catboost"], BUSINESS),
    "pooled XGBoost with business": pooled(xgboost, BUSINESS),
    "pooled LightGBM with business": pooled(lightgbm, BUSINESS),
    "GPBoost": pooled(gpboost, BUSINESS),
    "TabPFN alone": alone(tabpfn),
    "pooled TabPFN": pooled(tabpfn, BUSINESS),
}
PACKAGES = ["scikit-learn", "catboost", "xgboost", "lightgbm", "gpboost", "tabpfn", "numpy", "pandas"]


def manifest_of(folder):
    try:
        manifest = json.loads((folder / "cuts.json").read_text())
    except (OSError, ValueError) as error:
        sys.exit(f"Cannot read the cuts in {folder}: cuts.json is not there or cut short ({error})")
    if (manifest.get("format"), manifest.get("version")) != ("credible evidence cuts", 1):
        sys.exit(f"Cannot read the cuts in {folder}: cuts.json is not of format 'credible evidence cuts', version 1")
    return manifest


def rows_of(folder, cut, side):
    content = (folder / cut[side]["file"]).read_bytes()
    if hashlib.sha256(content).hexdigest() != cut[side]["sha256"]:
        sys.exit(f"Cannot read the cuts in {folder}: {cut[side]['file']} is not the file that was written")
    rows = pd.read_csv(folder / cut[side]["file"], dtype={BUSINESS: str}, keep_default_na=False)
    return rows.assign(**{BUSINESS: pd.Categorical(rows[BUSINESS], categories=cut["names"])})


def trial():
    """Forty made-up rows of two businesses: what cannot learn from these cannot be had here."""
    rng = np.random.default_rng(1)
    rows = pd.DataFrame(dict(x=rng.normal(size=40), z=rng.normal(size=40)))
    rows[BUSINESS] = pd.Categorical(["a", "b"] * 20)
    rows[OUTCOME] = (rows.x > 0).astype(int)
    return rows, dict(names=["a", "b"], features=["x", "z"], seed=1)


def available(asked):
    """The contenders that run here, and the reason for each that does not."""
    rows, cut = trial()
    able, left_out = [], {}
    for name in asked:
        try:
            CONTENDERS[name](rows, rows, cut)
            able.append(name)
        except Exception as error:  # not installed, or weights that cannot be fetched: said, not hidden
            left_out[name] = f"{type(error).__name__}: {str(error).strip().splitlines()[0]}"
    return able, left_out


def versions():
    found = {"python": sys.version.split()[0]}
    for package in PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found


def main(folder, asked):
    unknown = [name for name in asked if name not in CONTENDERS]
    if unknown:
        sys.exit(f"Cannot run the contenders: {unknown[0]} must be one of {', '.join(CONTENDERS)}")
    manifest = manifest_of(folder)
    able, left_out = available(asked or list(CONTENDERS))
    found = versions()
    (folder / "said").mkdir(exist_ok=True)
    cuts = sorted(manifest["cuts"], key=lambda cut: cut["seed"])  # a run that is stopped has whole seeds
    for done, cut in enumerate(cuts):
        path = folder / "said" / cut["known"]["file"].replace("_known.csv", ".json")
        names = [name for name in able if cut["businesses"] > 1 or name.endswith("alone")]
        basis = dict(cut=[cut["known"]["sha256"], cut["heldOut"]["sha256"]], versions=found, contenders=names)
        if path.exists() and json.loads(path.read_text())["basis"] == basis:
            continue
        known, held_out = rows_of(folder, cut, "known"), rows_of(folder, cut, "heldOut")
        said = {name: np.round(CONTENDERS[name](known, held_out, cut), 9).tolist() for name in names}
        partial = path.with_suffix(".partial")
        partial.write_text(json.dumps(dict(basis=basis, said=said)))
        partial.rename(path)
        print(f"{done + 1} of {len(cuts)}: {path.stem}", file=sys.stderr, flush=True)
    print(json.dumps(dict(versions=found, leftOut=left_out)))


if __name__ == "__main__":
    warnings.filterwarnings("ignore", category=UserWarning)
    main(Path(sys.argv[1]), sys.argv[2:])
