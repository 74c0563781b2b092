-- The features of notebooks/ltv/features.yaml as one writes them by hand for DuckDB and for these columns alone: the peer of
-- `deno task bench ltv_features`, which gives `events` (a view of the part files) and, between the two parts, the macro `step`
-- (how many cuts lie at or below a value, as a search tree of CASE).

CREATE MACRO decay(days, half_life) AS coalesce(exp(-ln(2) * days / half_life), 0);
CREATE MACRO none_of(entries) AS coalesce(len(entries), 0) = 0;
CREATE MACRO top_share(weights, k) AS
  CASE WHEN len(weights) > 0 THEN coalesce(list_reverse_sort(weights)[k], 0) / list_sum(weights) END;
CREATE MACRO entropy_of(weights) AS CASE WHEN len(weights) > 0
  THEN ln(list_sum(weights)) - list_sum(list_transform(weights, lambda w: w * ln(w))) / list_sum(weights) END;

CREATE VIEW own AS
WITH pieces AS (
  SELECT *,
    map_values(iap_revenue_usd_bundle) AS spent, map_values(num_buys_bundle)::DOUBLE[] AS bought,
    map_values(iap_revenue_usd_category) AS spent_in, map_values(num_buys_category)::DOUBLE[] AS bought_in,
    list_transform(user_sessions, lambda s: s.count::DOUBLE) AS sessions,
    map_values(country_hist) AS countries, map_values(region_hist) AS regions, map_values(dev_osv_hist) AS versions,
    CASE WHEN first_request_ts <= event_ts THEN (epoch_ms(event_ts) - epoch_ms(first_request_ts)) / 864e5 END AS first_days,
    CASE WHEN last_buy_ts <= event_ts THEN (epoch_ms(event_ts) - epoch_ms(last_buy_ts)) / 864e5 END AS buy_days,
    CASE WHEN last_install_ts <= event_ts THEN (epoch_ms(event_ts) - epoch_ms(last_install_ts)) / 864e5 END AS install_days
  FROM events
)
SELECT row_id, user_id, event_ts,
  country, region, carrier, dev_make, dev_model, dev_os, dev_osv, advertiser_bundle, advertiser_category,
  list_avg(spent) AS iap_revenue_usd_bundle_mean, list_stddev_pop(spent) AS iap_revenue_usd_bundle_sd,
  list_max(spent) AS iap_revenue_usd_bundle_max, list_min(spent) AS iap_revenue_usd_bundle_min,
  len(spent) AS iap_revenue_usd_bundle_count,
  CASE WHEN len(spent) = 0 THEN 0 ELSE list_sum(spent) END AS iap_revenue_usd_bundle_total,
  list_avg(bought) AS num_buys_bundle_mean, list_stddev_pop(bought) AS num_buys_bundle_sd,
  list_max(bought) AS num_buys_bundle_max, list_min(bought) AS num_buys_bundle_min, len(bought) AS num_buys_bundle_count,
  CASE WHEN len(bought) = 0 THEN 0 ELSE list_sum(bought) END AS num_buys_bundle_total,
  list_avg(spent_in) AS iap_revenue_usd_category_mean, list_stddev_pop(spent_in) AS iap_revenue_usd_category_sd,
  list_max(spent_in) AS iap_revenue_usd_category_max, list_min(spent_in) AS iap_revenue_usd_category_min,
  len(spent_in) AS iap_revenue_usd_category_count,
  CASE WHEN len(spent_in) = 0 THEN 0 ELSE list_sum(spent_in) END AS iap_revenue_usd_category_total,
  list_avg(bought_in) AS num_buys_category_mean, list_stddev_pop(bought_in) AS num_buys_category_sd,
  list_max(bought_in) AS num_buys_category_max, list_min(bought_in) AS num_buys_category_min, len(bought_in) AS num_buys_category_count,
  CASE WHEN len(bought_in) = 0 THEN 0 ELSE list_sum(bought_in) END AS num_buys_category_total,
  len(bundles_ins) AS bundles_ins_length, list_unique(bundles_ins) / nullif(len(bundles_ins), 0) AS bundles_ins_uniqueness,
  len(bcat_bottom_taxonomy) AS bcat_bottom_taxonomy_length,
  list_unique(bcat_bottom_taxonomy) / nullif(len(bcat_bottom_taxonomy), 0) AS bcat_bottom_taxonomy_uniqueness,
  CASE WHEN len(sessions) = 0 THEN 0 ELSE list_sum(sessions) END AS user_sessions_total,
  list_avg(sessions) AS user_sessions_mean, list_max(sessions) AS user_sessions_max,
  top_share(countries, 1) AS country_hist_top_1_share, top_share(countries, 2) AS country_hist_top_2_share,
  top_share(countries, 3) AS country_hist_top_3_share, entropy_of(countries) AS country_hist_entropy,
  top_share(regions, 1) AS region_hist_top_1_share, top_share(regions, 2) AS region_hist_top_2_share,
  top_share(regions, 3) AS region_hist_top_3_share, entropy_of(regions) AS region_hist_entropy,
  top_share(versions, 1) AS dev_osv_hist_top_1_share, top_share(versions, 2) AS dev_osv_hist_top_2_share,
  top_share(versions, 3) AS dev_osv_hist_top_3_share, entropy_of(versions) AS dev_osv_hist_entropy,
  first_days AS first_request_ts_days_ago, decay(first_days, 1) AS first_request_ts_decay_1d,
  decay(first_days, 7) AS first_request_ts_decay_7d, decay(first_days, 30) AS first_request_ts_decay_30d,
  buy_days AS last_buy_ts_days_ago, decay(buy_days, 1) AS last_buy_ts_decay_1d,
  decay(buy_days, 7) AS last_buy_ts_decay_7d, decay(buy_days, 30) AS last_buy_ts_decay_30d,
  install_days AS last_install_ts_days_ago, decay(install_days, 1) AS last_install_ts_decay_1d,
  decay(install_days, 7) AS last_install_ts_decay_7d, decay(install_days, 30) AS last_install_ts_decay_30d,
  release_msrp, wifi_ratio, weekend_ratio, avg_daily_sessions, avg_duration,
  sin(hour * pi() / 12) AS hour_sin, cos(hour * pi() / 12) AS hour_cos,
  sin(weekday * 2 * pi() / 7) AS weekday_sin, cos(weekday * 2 * pi() / 7) AS weekday_cos,
  hour < 6 AS is_night, hour BETWEEN 6 AND 11 AS is_morning, hour BETWEEN 12 AND 17 AS is_afternoon, hour >= 18 AS is_evening,
  ln(1 + avg_daily_sessions * avg_duration) AS engagement_score,
  list_avg(sessions) / nullif(list_avg(sessions) + list_stddev_pop(sessions), 0) AS session_consistency,
  none_of(spent) AS iap_revenue_usd_bundle_missing, none_of(bought) AS num_buys_bundle_missing,
  none_of(spent_in) AS iap_revenue_usd_category_missing, none_of(bought_in) AS num_buys_category_missing,
  none_of(bundles_ins) AS bundles_ins_missing, none_of(bcat_bottom_taxonomy) AS bcat_bottom_taxonomy_missing,
  none_of(sessions) AS user_sessions_missing, none_of(countries) AS country_hist_missing, none_of(regions) AS region_hist_missing,
  none_of(versions) AS dev_osv_hist_missing, first_days IS NULL AS first_request_ts_missing, buy_days IS NULL AS last_buy_ts_missing,
  install_days IS NULL AS last_install_ts_missing, release_msrp IS NULL AS release_msrp_missing,
  wifi_ratio IS NULL AS wifi_ratio_missing, weekend_ratio IS NULL AS weekend_ratio_missing,
  avg_daily_sessions IS NULL AS avg_daily_sessions_missing, avg_duration IS NULL AS avg_duration_missing
FROM pieces;

-- Everything is fitted on about 100,000 rows, the same ones as ours.
CREATE TEMP TABLE drawn AS
SELECT * FROM own
WHERE mod(mod(row_id, 2147483647) * 1327217885, 2147483647) <
  (SELECT CASE WHEN count(*) <= 100000 THEN 2147483647 ELSE round(2147483647 * 1e5 / count(*)) END FROM events);

CREATE TEMP TABLE compared AS
UNPIVOT (SELECT country, dev_os, advertiser_category, release_msrp, avg_daily_sessions, user_sessions_total, iap_revenue_usd_bundle_total FROM drawn)
ON release_msrp, avg_daily_sessions, user_sessions_total, iap_revenue_usd_bundle_total INTO NAME value VALUE amount;

CREATE TEMP TABLE cuts AS
SELECT value, list_sort(list_distinct(quantile_cont(amount, list_transform(range(1, 32), lambda i: i / 32)))) AS cuts
FROM compared GROUP BY value;
-- part two

CREATE TEMP TABLE grouped AS
WITH stepped AS (SELECT *, step(value, amount) AS step FROM compared),
levelled AS (
  SELECT 'country' AS category, country AS level, value, amount, step FROM stepped WHERE country IS NOT NULL
  UNION ALL SELECT 'dev_os', dev_os, value, amount, step FROM stepped WHERE dev_os IS NOT NULL
  UNION ALL SELECT 'advertiser_category', advertiser_category, value, amount, step FROM stepped WHERE advertiser_category IS NOT NULL
  UNION ALL SELECT 'whole', '', value, amount, step FROM stepped
),
summed AS (
  SELECT category, level, value, count(*) AS n, avg(amount) AS mean, var_pop(amount) AS variance FROM levelled GROUP BY ALL
),
counted AS (SELECT category, level, value, step, count(*) AS k FROM levelled GROUP BY ALL),
stepwise AS (SELECT summed.*, unnest(range(len(cuts) + 1)) AS step FROM summed JOIN cuts USING (value)),
ranked AS (
  SELECT category, level, value, step,
    (sum(coalesce(k, 0)) OVER (PARTITION BY category, level, value ORDER BY step) - coalesce(k, 0) / 2) / n AS rank
  FROM stepwise LEFT JOIN counted USING (category, level, value, step)
)
SELECT *, n / (n + 20) AS share FROM summed
JOIN (SELECT category, level, value, list(rank ORDER BY step) AS ranks FROM ranked GROUP BY ALL) USING (category, level, value);

CREATE TEMP TABLE whole AS SELECT value, mean, variance, ranks FROM grouped WHERE category = 'whole';

CREATE TEMP TABLE standing AS
SELECT category, level, value, share * g.mean + (1 - share) * w.mean AS mean,
  coalesce(nullif(sqrt(share * g.variance + (1 - share) * w.variance), 0), 1) AS sd,
  list_transform(list_zip(g.ranks, w.ranks), lambda r: share * r[1] + (1 - share) * r[2]) AS ranks
FROM grouped AS g JOIN whole AS w USING (value) WHERE category <> 'whole'
UNION ALL SELECT 'whole', '', value, mean, coalesce(nullif(sqrt(variance), 0), 1), ranks FROM whole;

CREATE MACRO levels(name) AS TABLE
SELECT level, share, msrp, daily, used, spent FROM (
  SELECT query.level, query.n / (SELECT count(*) FROM drawn) AS share FROM (
    SELECT CASE name WHEN 'country' THEN country WHEN 'dev_os' THEN dev_os WHEN 'advertiser_category' THEN advertiser_category
      WHEN 'region' THEN region WHEN 'carrier' THEN carrier WHEN 'dev_make' THEN dev_make WHEN 'dev_model' THEN dev_model
      WHEN 'dev_osv' THEN dev_osv ELSE advertiser_bundle END AS level, count(*) AS n
    FROM drawn GROUP BY 1 HAVING level IS NOT NULL ORDER BY n DESC, level LIMIT 200
  ) AS query
) LEFT JOIN (
  SELECT level,
    any_value({mean: mean, sd: sd, ranks: ranks}) FILTER (value = 'release_msrp') AS msrp,
    any_value({mean: mean, sd: sd, ranks: ranks}) FILTER (value = 'avg_daily_sessions') AS daily,
    any_value({mean: mean, sd: sd, ranks: ranks}) FILTER (value = 'user_sessions_total') AS used,
    any_value({mean: mean, sd: sd, ranks: ranks}) FILTER (value = 'iap_revenue_usd_bundle_total') AS spent
  FROM standing WHERE category = name GROUP BY level
) USING (level);

CREATE TEMP TABLE countries AS FROM levels('country');
CREATE TEMP TABLE systems AS FROM levels('dev_os');
CREATE TEMP TABLE categories AS FROM levels('advertiser_category');
CREATE TEMP TABLE regions AS SELECT level, share FROM levels('region');
CREATE TEMP TABLE carriers AS SELECT level, share FROM levels('carrier');
CREATE TEMP TABLE makes AS SELECT level, share FROM levels('dev_make');
CREATE TEMP TABLE models AS SELECT level, share FROM levels('dev_model');
CREATE TEMP TABLE versions AS SELECT level, share FROM levels('dev_osv');
CREATE TEMP TABLE bundles AS SELECT level, share FROM levels('advertiser_bundle');

-- A level that training does not know stands like the whole.
CREATE TEMP TABLE others AS SELECT
  any_value({mean: mean, sd: sd, ranks: ranks}) FILTER (value = 'release_msrp') AS msrp,
  any_value({mean: mean, sd: sd, ranks: ranks}) FILTER (value = 'avg_daily_sessions') AS daily,
  any_value({mean: mean, sd: sd, ranks: ranks}) FILTER (value = 'user_sessions_total') AS used,
  any_value({mean: mean, sd: sd, ranks: ranks}) FILTER (value = 'iap_revenue_usd_bundle_total') AS spent
FROM standing WHERE category = 'whole';

CREATE TEMP TABLE whales AS
SELECT quantile_cont(iap_revenue_usd_bundle_total, 0.9) FILTER (iap_revenue_usd_bundle_total > 0) AS least FROM drawn;

CREATE MACRO features(source) AS TABLE
WITH placed AS (
  SELECT own.*,
    coalesce(countries.share, 0) AS country_share, coalesce(regions.share, 0) AS region_share,
    coalesce(carriers.share, 0) AS carrier_share, coalesce(makes.share, 0) AS dev_make_share,
    coalesce(models.share, 0) AS dev_model_share, coalesce(systems.share, 0) AS dev_os_share,
    coalesce(versions.share, 0) AS dev_osv_share, coalesce(bundles.share, 0) AS advertiser_bundle_share,
    coalesce(categories.share, 0) AS advertiser_category_share,
    step('release_msrp', release_msrp) + 1 AS msrp_step, step('avg_daily_sessions', avg_daily_sessions) + 1 AS daily_step,
    step('user_sessions_total', user_sessions_total) + 1 AS used_step,
    step('iap_revenue_usd_bundle_total', iap_revenue_usd_bundle_total) + 1 AS spent_step,
    coalesce(countries.msrp, others.msrp) AS country_msrp, coalesce(systems.msrp, others.msrp) AS os_msrp,
    coalesce(categories.msrp, others.msrp) AS category_msrp,
    coalesce(countries.daily, others.daily) AS country_daily, coalesce(systems.daily, others.daily) AS os_daily,
    coalesce(categories.daily, others.daily) AS category_daily,
    coalesce(countries.used, others.used) AS country_used, coalesce(systems.used, others.used) AS os_used,
    coalesce(categories.used, others.used) AS category_used,
    coalesce(countries.spent, others.spent) AS country_spent, coalesce(systems.spent, others.spent) AS os_spent,
    coalesce(categories.spent, others.spent) AS category_spent,
    (iap_revenue_usd_bundle_total >= whales.least)::INTEGER AS is_whale
  FROM query_table(source) AS own
  CROSS JOIN others CROSS JOIN whales
  LEFT JOIN countries ON countries.level = country LEFT JOIN systems ON systems.level = dev_os
  LEFT JOIN categories ON categories.level = advertiser_category LEFT JOIN regions ON regions.level = region
  LEFT JOIN carriers ON carriers.level = carrier LEFT JOIN makes ON makes.level = dev_make
  LEFT JOIN models ON models.level = dev_model LEFT JOIN versions ON versions.level = dev_osv
  LEFT JOIN bundles ON bundles.level = advertiser_bundle
)
SELECT * EXCLUDE (country, region, carrier, dev_make, dev_model, dev_os, dev_osv, advertiser_bundle, advertiser_category,
    msrp_step, daily_step, used_step, spent_step, country_msrp, os_msrp, category_msrp, country_daily, os_daily, category_daily,
    country_used, os_used, category_used, country_spent, os_spent, category_spent),
  is_whale * user_sessions_total AS whale_x_sessions, num_buys_bundle_total * last_buy_ts_decay_7d AS purchases_x_recency,
  bundles_ins_length / greatest(first_request_ts_days_ago, 1) AS install_velocity,
  iap_revenue_usd_bundle_total / nullif(num_buys_bundle_total, 0) AS average_purchase,
  release_msrp / nullif(country_msrp.mean, 0) AS device_price_ratio,
  country_msrp.ranks[msrp_step] AS release_msrp_rank_in_country, country_msrp.mean AS release_msrp_mean_in_country,
  (release_msrp - country_msrp.mean) / country_msrp.sd AS release_msrp_deviation_in_country,
  os_msrp.ranks[msrp_step] AS release_msrp_rank_in_dev_os, os_msrp.mean AS release_msrp_mean_in_dev_os,
  (release_msrp - os_msrp.mean) / os_msrp.sd AS release_msrp_deviation_in_dev_os,
  category_msrp.ranks[msrp_step] AS release_msrp_rank_in_advertiser_category, category_msrp.mean AS release_msrp_mean_in_advertiser_category,
  (release_msrp - category_msrp.mean) / category_msrp.sd AS release_msrp_deviation_in_advertiser_category,
  country_daily.ranks[daily_step] AS avg_daily_sessions_rank_in_country, country_daily.mean AS avg_daily_sessions_mean_in_country,
  (avg_daily_sessions - country_daily.mean) / country_daily.sd AS avg_daily_sessions_deviation_in_country,
  os_daily.ranks[daily_step] AS avg_daily_sessions_rank_in_dev_os, os_daily.mean AS avg_daily_sessions_mean_in_dev_os,
  (avg_daily_sessions - os_daily.mean) / os_daily.sd AS avg_daily_sessions_deviation_in_dev_os,
  category_daily.ranks[daily_step] AS avg_daily_sessions_rank_in_advertiser_category,
  category_daily.mean AS avg_daily_sessions_mean_in_advertiser_category,
  (avg_daily_sessions - category_daily.mean) / category_daily.sd AS avg_daily_sessions_deviation_in_advertiser_category,
  country_used.ranks[used_step] AS user_sessions_total_rank_in_country, country_used.mean AS user_sessions_total_mean_in_country,
  (user_sessions_total - country_used.mean) / country_used.sd AS user_sessions_total_deviation_in_country,
  os_used.ranks[used_step] AS user_sessions_total_rank_in_dev_os, os_used.mean AS user_sessions_total_mean_in_dev_os,
  (user_sessions_total - os_used.mean) / os_used.sd AS user_sessions_total_deviation_in_dev_os,
  category_used.ranks[used_step] AS user_sessions_total_rank_in_advertiser_category,
  category_used.mean AS user_sessions_total_mean_in_advertiser_category,
  (user_sessions_total - category_used.mean) / category_used.sd AS user_sessions_total_deviation_in_advertiser_category,
  country_spent.ranks[spent_step] AS iap_revenue_usd_bundle_total_rank_in_country,
  country_spent.mean AS iap_revenue_usd_bundle_total_mean_in_country,
  (iap_revenue_usd_bundle_total - country_spent.mean) / country_spent.sd AS iap_revenue_usd_bundle_total_deviation_in_country,
  os_spent.ranks[spent_step] AS iap_revenue_usd_bundle_total_rank_in_dev_os,
  os_spent.mean AS iap_revenue_usd_bundle_total_mean_in_dev_os,
  (iap_revenue_usd_bundle_total - os_spent.mean) / os_spent.sd AS iap_revenue_usd_bundle_total_deviation_in_dev_os,
  category_spent.ranks[spent_step] AS iap_revenue_usd_bundle_total_rank_in_advertiser_category,
  category_spent.mean AS iap_revenue_usd_bundle_total_mean_in_advertiser_category,
  (iap_revenue_usd_bundle_total - category_spent.mean) / category_spent.sd AS iap_revenue_usd_bundle_total_deviation_in_advertiser_category
FROM placed;

-- What a row does not say is the median of the drawn rows that do.
CREATE TEMP TABLE medians AS
SELECT coalesce(median(COLUMNS(* EXCLUDE (row_id, user_id, event_ts))::DOUBLE), 0) FROM features('drawn');
