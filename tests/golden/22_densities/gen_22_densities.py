"""Case 22: densities beyond the plain hierarchical regression, long NUTS runs (nutpie on PyMC).
ordered      levels 0..3 by a proportional-odds logit: P(y >= k) = inv_logit(eta - c_k), c_1 = 0, gaps c_{k+1} - c_k ~ Gamma(2, 1);
             eta = a_group + b_group x, a_j ~ N(mu_a, tau_a), b_j ~ N(mu_b, tau_b)
multinomial  levels 0..2, level 0 has linear predictor 0; eta_k = a_{group,k} + b_k x, a_jk ~ N(mu_ak, tau_ak)
correlated   y ~ Poisson(exp(a_group + b_group x)), (a_j, b_j) ~ N(mu, diag(tau) R diag(tau)), R ~ LKJ(2)
horseshoe    y ~ Normal(a + x beta, sigma), beta regularised horseshoe (Piironen & Vehtari 2017), tau0 = 2 / (D - 2) sd(y) / sqrt(n)
one_sided    y ~ Bernoulli, intercept N(0, 1.5), slopes half-Normal(0.5), half-Cauchy(0.3), -Exponential(scale 0.4)
All mu ~ N(0, 1), all tau ~ HalfNormal(0.7) unless said otherwise.
Run: python gen_22_densities.py   (pymc, nutpie, arviz)"""
import json, pathlib, importlib.metadata as md
import numpy as np, pymc as pm, pytensor.tensor as pt, nutpie, arviz as az

HERE = pathlib.Path(__file__).resolve().parent
QS = [0.05, 0.25, 0.5, 0.75, 0.95]
g = np.random.default_rng(22)
sigmoid = lambda v: 1 / (1 + np.exp(-v))


def one(v):
    return float(np.ravel(v)[0])


def mcse_sd(d):
    q = (d - d.mean()) ** 2
    return float(np.sqrt(q.var() / one(az.ess(q, method="mean")) / (4 * q.mean())))


def stat(d):
    return dict(mean=float(d.mean()), sd=float(d.std(ddof=1)), q={str(q): float(np.quantile(d, q)) for q in QS},
                mcse_mean=one(az.mcse(d, method="mean")), mcse_sd=mcse_sd(d),
                mcse_q={str(q): one(az.mcse(d, method="quantile", prob=q)) for q in QS},
                ess_bulk=one(az.ess(d, method="bulk")), ess_tail=one(az.ess(d, method="tail")), rhat=one(az.rhat(d)))


def finish(name, model, data, target_accept=0.95):
    """`model` has a deterministic per reported quantity; its shape becomes indices from 1."""
    tr = nutpie.sample(nutpie.compile_pymc_model(model), draws=4000, tune=1500, chains=4, cores=1, seed=22,
                       target_accept=target_accept, progress_bar=False, save_warmup=False)
    S = {}
    for v in model.report:
        A = tr.posterior[v].values
        for ix in np.ndindex(*A.shape[2:]):
            S[v + ("[" + ",".join(str(i + 1) for i in ix) + "]" if ix else "")] = stat(A[(slice(None), slice(None)) + ix])
    nd = int(tr.sample_stats.diverging.values.sum())
    print(name, "div", nd, "rhat", max(v["rhat"] for v in S.values()), "ess", min(v["ess_bulk"] for v in S.values()),
          min(v["ess_tail"] for v in S.values()), flush=True)
    out = dict(data={k: np.asarray(v).tolist() for k, v in data.items()},
               source=dict(method="nutpie NUTS, non-centred", chains=4, tune=1500, draws_per_chain=4000, divergences=nd,
                           target_accept=target_accept, versions={n: md.version(n) for n in ("pymc", "nutpie", "arviz", "numpy")}),
               summary=S)
    (HERE / f"{name}.json").write_text(json.dumps(out, separators=(",", ":")) + "\n")


def ordered():
    J, n = 6, 25
    group = np.repeat(np.arange(J), n); x = np.round(g.normal(size=J * n), 3)
    eta = g.normal(0.6, 0.7, J)[group] + g.normal(0.8, 0.4, J)[group] * x
    y = (eta + g.logistic(size=J * n) > np.array([[0.0], [1.2], [2.6]])).sum(0)
    with pm.Model() as m:
        mu = pm.Normal("mu", 0, 1, shape=2); tau = pm.HalfNormal("tau", 0.7, shape=2)
        beta = pm.Deterministic("beta", mu + tau * pm.Normal("z", 0, 1, shape=(J, 2)))
        cut = pm.Deterministic("cut", pt.cumsum(pm.Gamma("gap", 2, 1, shape=2)))
        cutpoints = pt.concatenate([pt.zeros(1), cut])
        pm.OrderedLogistic("y", beta[group, 0] + beta[group, 1] * x, cutpoints, observed=y, compute_p=False)
    m.report = ["mu", "tau", "beta", "cut"]
    finish("ordered", m, dict(group=group, x=x, y=y))


def multinomial():
    J, n = 5, 30
    group = np.repeat(np.arange(J), n); x = np.round(g.normal(size=J * n), 3)
    eta = np.stack([np.zeros(J * n), g.normal(0.3, 0.6, J)[group] + 0.9 * x, g.normal(-0.4, 0.6, J)[group] - 0.5 * x], 1)
    y = (eta + g.gumbel(size=eta.shape)).argmax(1)
    with pm.Model() as m:
        a_mu = pm.Normal("a_mu", 0, 1, shape=2); tau = pm.HalfNormal("tau", 0.7, shape=2); b = pm.Normal("b", 0, 1, shape=2)
        a = pm.Deterministic("a", a_mu + tau * pm.Normal("z", 0, 1, shape=(J, 2)))
        lin = a[group] + b * x[:, None]
        pm.Categorical("y", logit_p=pt.concatenate([pt.zeros((J * n, 1)), lin], axis=1), observed=y)
    m.report = ["a_mu", "tau", "b", "a"]
    finish("multinomial", m, dict(group=group, x=x, y=y))


def correlated():
    J, n = 12, 12
    group = np.repeat(np.arange(J), n); x = np.round(g.normal(size=J * n), 3)
    L = np.linalg.cholesky([[1, 0.6], [0.6, 1]])
    ab = np.array([0.5, 0.3]) + np.array([0.6, 0.4]) * (g.normal(size=(J, 2)) @ L.T)
    y = g.poisson(np.exp(ab[group, 0] + ab[group, 1] * x))
    with pm.Model() as m:
        mu = pm.Normal("mu", 0, 1, shape=2)
        chol, corr, tau = pm.LKJCholeskyCov("chol", n=2, eta=2, sd_dist=pm.HalfNormal.dist(0.7, shape=2))
        pm.Deterministic("tau", tau); pm.Deterministic("r", corr[0, 1])
        beta = pm.Deterministic("beta", mu + pt.dot(pm.Normal("z", 0, 1, shape=(J, 2)), chol.T))
        pm.Poisson("y", pt.exp(beta[group, 0] + beta[group, 1] * x), observed=y)
    m.report = ["mu", "tau", "r", "beta"]
    finish("correlated", m, dict(group=group, x=x, y=y))


def horseshoe():
    n, D = 60, 10
    x = np.round(g.normal(size=(n, D)), 3)
    y = np.round(0.3 + 1.0 * x[:, 0] - 0.7 * x[:, 1] + g.normal(size=n), 3)
    scale = 2 / (D - 2) * y.std(ddof=1) / np.sqrt(n)
    with pm.Model() as m:
        a = pm.Normal("a", 0, 1); sigma = pm.HalfNormal("sigma", 2)
        tau = pm.HalfCauchy("tau", scale); lam = pm.HalfCauchy("lam", 1, shape=D)
        c2 = pm.InverseGamma("caux", 2, 2) * 4
        w = pt.sqrt(c2 * tau**2 * lam**2 / (c2 + tau**2 * lam**2))
        beta = pm.Deterministic("beta", w * pm.Normal("z", 0, 1, shape=D))
        pm.Normal("y", a + pt.dot(x, beta), sigma, observed=y)
    m.report = ["a", "sigma", "beta"]
    finish("horseshoe", m, dict(x=x, y=y), 0.995)


def one_sided():
    n = 120
    x = np.round(g.normal(size=(n, 3)), 3)
    y = (g.uniform(size=n) < sigmoid(-0.4 + x @ np.array([0.5, 0.05, -0.3]))).astype(int)
    with pm.Model() as m:
        a = pm.Normal("a", 0, 1.5)
        b = pm.HalfNormal("b1", 0.5), pm.HalfCauchy("b2", 0.3), -pm.Exponential("e3", 1 / 0.4)
        pm.Deterministic("b3", b[2])
        pm.Bernoulli("y", logit_p=a + sum(b[k] * x[:, k] for k in range(3)), observed=y)
    m.report = ["a", "b1", "b2", "b3"]
    finish("one_sided", m, dict(x=x, y=y))


for make in (ordered, multinomial, correlated, one_sided, horseshoe):
    make()
