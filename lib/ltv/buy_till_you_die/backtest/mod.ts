/** Rolling-origin backtests of forecasts of customers. */
export * from "./backtest.ts";
export * from "./cohorts.ts";
export {
  type BacktestCase,
  type BacktestForecast,
  bayesian,
  type BayesianOptions,
  boosted,
  type BoostedOptions,
  type Forecaster,
  lastPeriod,
  likeliest,
  ownRate,
} from "./forecasters.ts";
export {
  type BacktestScore,
  calibrationByFrequency,
  type CohortCoverage,
  type FrequencyGroup,
  nonInferior,
  periodSd,
} from "./score.ts";
