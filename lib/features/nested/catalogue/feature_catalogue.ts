/** What is taken of a map from names to numbers. */
export type DictStatistic = "mean" | "sd" | "max" | "min" | "count" | "total";

/** Which kinds of features are made, and from which columns. A group that is not there is off. */
export interface FeatureGroups {
  /** Maps from names to amounts: statistics of the amounts. */
  readonly dicts?: { readonly columns: readonly string[]; readonly statistics: readonly DictStatistic[] };
  /** Lists of names: how many, and which share of them differ. */
  readonly lists?: { readonly columns: readonly string[] };
  /** Lists of (hash, count): total, mean and largest count. */
  readonly sessions?: { readonly columns: readonly string[] };
  /** Maps from names to weights: shares of the heaviest, and entropy in nats. */
  readonly histograms?: { readonly columns: readonly string[]; readonly topK: number };
  /** Moments before the event: days ago, and a decay that halves in so many days. */
  readonly moments?: { readonly columns: readonly string[]; readonly halfLifeDays: readonly number[] };
  /** Numbers as they are. */
  readonly numbers?: { readonly columns: readonly string[] };
  /** Hour and weekday on a circle, and the part of the day. */
  readonly clock?: { readonly hour: string; readonly weekday: string };
  /** How much the apps are used, and how evenly. */
  readonly engagement?: {
    readonly sessionsPerDay: string;
    readonly duration: string;
    readonly sessions: string;
  };
  /** Products and quotients that mean something: whales, velocity, average purchase, price for the country. */
  readonly interactions?: InteractionColumns;
  /** Where a value stands among its own country, system or category. */
  readonly local?: { readonly within: readonly string[]; readonly values: readonly string[] };
  /** How common a category is in training. */
  readonly frequencies?: { readonly columns: readonly string[] };
  /** Whether a column says nothing, for all columns of the groups `dicts` to `numbers`. */
  readonly missing?: Readonly<Record<never, never>>;
}

/** The columns behind the interactions. */
export interface InteractionColumns {
  /** Map of what was spent so far. */
  readonly spent: string;
  /** Map of how often was bought so far. */
  readonly bought: string;
  /** Session tuples. */
  readonly sessions: string;
  /** List of installed apps. */
  readonly installed: string;
  /** When the user was first seen. */
  readonly firstSeen: string;
  /** When the user last bought. */
  readonly lastPurchase: string;
  /** Price of the device. */
  readonly price: string;
  /** Category within which a price is judged. */
  readonly priceWithin: string;
  /** A whale spent as much as this quantile of the training users who spent anything. In (0, 1). */
  readonly whaleQuantile: number;
  /** Days in which the weight of past purchases halves. */
  readonly halfLifeDays: number;
}

/** A catalogue of features: what `parseFeatureCatalogue` reads. */
export interface FeatureCatalogue {
  /** Rows that tables are fitted on at the most, drawn by row id. */
  readonly fitRows: number;
  /** Levels of a category that are told apart, the most common ones. */
  readonly levels: number;
  /** Rows' worth of the whole that each small group is drawn towards. */
  readonly smoothing: number;
  /** Steps of a percentile rank at the most. */
  readonly rankSteps: number;
  /** The groups that are on, with their parameters. */
  readonly groups: FeatureGroups;
}

/** The category columns that a catalogue tells levels of. */
export function categoriesOf({ groups }: FeatureCatalogue): string[] {
  const { frequencies, local, interactions: columns } = groups;
  return [
    ...new Set([
      ...frequencies?.columns ?? [],
      ...local?.within ?? [],
      ...(columns ? [columns.priceWithin] : []),
    ]),
  ];
}
