"""Case 21: linear and logistic regression.
Run: python gen_21_linear.py   (scikit-learn, statsmodels, scipy)
Solvers run to their last digits where they can: expected coefficients are good to about 1e-9, scikit-learn's saga to 1e-7."""
import json, pathlib, warnings, importlib.metadata as md
import numpy as np, scipy.optimize, statsmodels.api as sm
from sklearn.linear_model import ElasticNet, LogisticRegression, Ridge
warnings.filterwarnings("ignore")

g = np.random.default_rng(21)
n, p = 120, 5
z = g.normal(size=(n, p)); z[:, 1] += 0.8 * z[:, 0]                      # correlated pair
x = np.round(z * [1, 3, 0.2, 10, 1] + [0, 5, -1, 100, 0], 4)             # units differ
eta = 0.9 * z[:, 0] - 0.7 * z[:, 2] + 0.3 * z[:, 3] - 0.4
y = (g.uniform(size=n) < 1 / (1 + np.exp(-eta))).astype(float)
v = np.round(eta + g.normal(size=n), 4)
w = g.integers(1, 4, n).astype(float)
o = np.round(g.normal(size=n) * 0.3, 4)
X = sm.add_constant(x)
out = dict(x=x.tolist(), y=y.tolist(), v=v.tolist(), weights=w.tolist(), offsets=o.tolist())


def coefficients(c):
    return [float(t) for t in np.ravel(c)]


def glm(family, target, **kw):
    cov = kw.pop("cov_type", "nonrobust")
    m = sm.GLM(target, X, family=family, **kw).fit(tol=1e-14, maxiter=200, cov_type=cov)
    return dict(coefficients=coefficients(m.params), errors=coefficients(m.bse))


B, G = sm.families.Binomial(), sm.families.Gaussian()
out["logit"] = glm(B, y)
out["logit_sandwich"] = glm(B, y, cov_type="HC0")
out["logit_weights_offsets"] = glm(B, y, freq_weights=w, offset=o)
out["least_squares"] = glm(G, v)
out["least_squares_sandwich"] = glm(G, v, cov_type="HC0")
out["least_squares_weights"] = glm(G, v, freq_weights=w)

# Penalised logistic on columns of mean 0 and standard deviation 1; C = 1/(n lambda).
s = (x - x.mean(0)) / x.std(0)


def sk_logistic(lam, ratio, weights=None, intercept=True, data=s):
    total = n if weights is None else weights.sum()
    smooth = ratio == 0
    m = LogisticRegression(C=1 / (total * lam), l1_ratio=ratio, solver="newton-cholesky" if smooth else "saga",
                           tol=1e-13, max_iter=200000, fit_intercept=intercept, random_state=1)
    m.fit(data, y, sample_weight=weights)
    return coefficients(np.r_[m.intercept_, m.coef_[0]])


out["logistic_standardised"] = [dict(lam=lam, l1Ratio=r, coefficients=sk_logistic(lam, r))
                                for lam in (0.1, 0.05, 0.005) for r in (0.0, 0.5, 1.0)]  # where all are 0, saga stops before its intercept is there
sw = (x - np.average(x, 0, w)) / np.sqrt(np.average((x - np.average(x, 0, w)) ** 2, 0, w))
out["logistic_standardised_weights"] = [dict(lam=0.05, l1Ratio=r, coefficients=sk_logistic(0.05, r, w, data=sw)) for r in (0.0, 0.5, 1.0)]
out["logistic_raw"] = [dict(lam=0.05, l1Ratio=0.0, coefficients=sk_logistic(0.05, 0.0, data=x))]
out["logistic_no_intercept"] = [dict(lam=0.02, l1Ratio=r, coefficients=sk_logistic(0.02, r, intercept=False)) for r in (0.0, 0.5)]


def sk_net(lam, ratio, data, weights=None, intercept=True):
    if ratio == 0:
        total = n if weights is None else weights.sum()
        m = Ridge(alpha=lam * total, fit_intercept=intercept, tol=1e-14)
    else:
        m = ElasticNet(alpha=lam, l1_ratio=ratio, tol=1e-15, max_iter=1000000, fit_intercept=intercept)
    m.fit(data, v, sample_weight=weights)
    return coefficients(np.r_[m.intercept_, m.coef_])


out["net_raw"] = [dict(lam=lam, l1Ratio=r, coefficients=sk_net(lam, r, x)) for lam in (0.5, 0.05) for r in (0.0, 0.4, 1.0)]
out["net_standardised"] = [dict(lam=lam, l1Ratio=r, coefficients=sk_net(lam, r, s)) for lam in (0.5, 0.05) for r in (0.0, 0.4, 1.0)]
out["net_weights"] = [dict(lam=0.05, l1Ratio=r, coefficients=sk_net(0.05, r, x, w)) for r in (0.0, 0.4)]
out["net_no_intercept"] = [dict(lam=0.05, l1Ratio=0.4, coefficients=sk_net(0.05, 0.4, x, intercept=False))]

# Firth: the penalised likelihood maximised by scipy from its definition, on 40 rows and on separated ones.


def firth(rows, labels):
    Z = np.c_[np.ones(len(rows)), rows]

    def minus(b):
        e = Z @ b; q = 1 / (1 + np.exp(-e))
        info = Z.T @ (Z * (q * (1 - q))[:, None])
        return -(labels * e - np.logaddexp(0, e)).sum() - 0.5 * np.linalg.slogdet(info)[1]

    b = np.zeros(Z.shape[1])
    for _ in range(5):
        b = scipy.optimize.minimize(minus, b, method="Nelder-Mead", options=dict(xatol=1e-13, fatol=1e-15, maxiter=20000, maxfev=20000)).x
    q = 1 / (1 + np.exp(-Z @ b)); info = Z.T @ (Z * (q * (1 - q))[:, None])
    return dict(coefficients=coefficients(b), errors=coefficients(np.sqrt(np.diag(np.linalg.inv(info)))), value=float(-minus(b)))


r, k = s[:40, :2], y[:40]
out["firth"] = dict(rows=r.tolist(), y=k.tolist(), **firth(r, k))
r2 = np.array([[-2.0], [-1.5], [-1.0], [-0.4], [0.3], [0.9], [1.4], [2.2]]); k2 = (r2[:, 0] > 0).astype(float)
out["firth_separated"] = dict(rows=r2.tolist(), y=k2.tolist(), **firth(r2, k2))
out["versions"] = {m: md.version(m) for m in ("scikit-learn", "statsmodels", "scipy", "numpy")}
(pathlib.Path(__file__).parent / "expected.json").write_text(json.dumps(out) + "\n")
