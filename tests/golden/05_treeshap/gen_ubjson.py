"""Writes golden XGBoost models again in UBJSON, by XGBoost itself, beside the JSON that it reads.
Run: python gen_ubjson.py   (xgboost)"""
from pathlib import Path

import xgboost as xgb

HERE = Path(__file__).parent
for tag in ["xgb_binary_categorical", "xgb_multiclass", "xgb_poisson_dart"]:
    model = xgb.Booster(model_file=HERE / f"{tag}_model.json")
    model.save_model(HERE / f"{tag}_model.ubj")
