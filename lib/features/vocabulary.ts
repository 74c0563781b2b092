import { words } from "./words.ts";

/** How the columns of a role are usually called and what they hold. */
export interface RoleVocabulary {
  /** Words that together speak for the role, with how much. */
  readonly phrases: Readonly<Record<string, number>>;
  /** Words that together speak against it, whatever else the name says. */
  readonly against: readonly string[];
  /** How well each kind of values fits; kinds that are not listed fit badly. */
  readonly fits: Readonly<Partial<Record<"flag" | "count" | "quantity" | "levels" | "text", number>>>;
  /** The smallest and largest value that the role can have. */
  readonly range?: readonly [number, number];
}

const NUMBER = { count: 1, quantity: 1 };

/** The words by which each role of the dictionary is recognised: general English of customer tables. */
export const VOCABULARY: Readonly<Record<string, RoleVocabulary>> = {
  tenure: {
    phrases: {
      "tenure": 1,
      "vintage": 0.9,
      "lifetime": 0.8,
      "seniority": 0.9,
      "length account": 0.9,
      "months book": 0.9,
      "months network": 0.9,
      "months inception": 0.9,
      "years company": 0.9,
      "years antig": 0.9,
      "months customer": 0.9,
      "years customer": 0.9,
      "customer since": 0.9,
      "days since first": 0.9,
      "newbie": 0.7,
      "new customer": 0.7,
    },
    against: ["value", "last", "frequency"],
    fits: { ...NUMBER, flag: 0.8 },
  },
  recency: {
    phrases: {
      "recency": 1,
      "since last": 0.9,
      "last interaction": 0.9,
      "last purchase": 0.9,
      "last order": 0.9,
      "inactive": 0.8,
      "pdays": 0.9,
      "idle": 0.8,
      "dormant": 0.8,
    },
    against: ["claim", "promotion", "year hike", "amount"],
    fits: NUMBER,
  },
  frequency: {
    phrases: {
      "frequency": 1,
      "trans ct": 1,
      "transactions": 0.9,
      "order count": 1,
      "orders": 0.8,
      "purchases": 0.8,
      "previous bookings": 0.7,
      "day calls": 0.6,
      "total calls": 0.6,
      "visits": 0.7,
      "sessions": 0.8,
      "cons": 0.6,
      "consumption": 0.7,
      "usage": 0.7,
      "product related": 0.6,
    },
    against: [
      "chng",
      "change",
      "current month",
      "last month",
      "forecast",
      "gas",
      "duration",
      "service",
      "canceled not",
      "cancellations",
      "intl",
      "night",
      "eve",
      "group",
    ],
    fits: NUMBER,
  },
  monetary: {
    phrases: {
      "monthly charges": 1,
      "monthly bill": 1,
      "monthly income": 0.8,
      "monthly premium": 1,
      "trans amt": 1,
      "spend": 1,
      "spent": 1,
      "history": 0.6,
      "balance": 0.7,
      "current balance": 0.8,
      "net margin": 0.9,
      "margin": 0.6,
      "revenue": 0.9,
      "price": 0.7,
      "avg price": 0.8,
      "day charge": 0.7,
      "charges": 0.7,
      "cashback amount": 0.7,
      "amount": 0.6,
      "monetary": 1,
      "mnt": 0.5,
    },
    against: [
      "chng",
      "change",
      "hike",
      "forecast",
      "previous",
      "ratio",
      "time",
      "website",
      "segment",
      "hour",
      "prev",
      "utilization",
    ],
    fits: NUMBER,
  },
  usageTrend: {
    phrases: {
      "chng ct": 1,
      "chng": 0.8,
      "change": 0.6,
      "trend": 1,
      "hike last year": 0.9,
      "growth": 0.8,
      "current month frequency": 0.8,
      "last month cons": 0.8,
      "last month usage": 0.8,
      "prev average balance": 0.7,
    },
    against: ["plan", "address", "salary", "percent"],
    fits: NUMBER,
  },
  contractCommitment: {
    phrases: {
      "contract": 1,
      "contract length": 1,
      "contract period": 1,
      "commitment": 1,
      "term": 0.6,
      "subscription length": 0.9,
    },
    against: ["end"],
    fits: { levels: 1, flag: 0.9, count: 1, quantity: 0.7 },
  },
  supportContacts: {
    phrases: {
      "service calls": 1,
      "support calls": 1,
      "support": 0.8,
      "contacts count": 0.9,
      "tickets": 0.9,
      "technical issues": 0.8,
      "helpdesk": 0.9,
    },
    against: ["tech"],
    fits: { ...NUMBER, flag: 0.6 },
  },
  complaints: {
    phrases: { "complaints": 1, "complaint": 1, "complain": 1, "grievances": 0.9 },
    against: [],
    fits: { ...NUMBER, flag: 1 },
  },
  discount: {
    phrases: {
      "discount": 1,
      "coupon": 1,
      "coupons": 1,
      "promo": 0.8,
      "promotion": 0.7,
      "voucher": 0.9,
      "deals": 0.8,
      "offer": 0.5,
    },
    against: ["since"],
    fits: { ...NUMBER, flag: 1, levels: 0.6 },
  },
  productBreadth: {
    phrases: {
      "num products": 1,
      "products": 0.8,
      "prod act": 1,
      "relationship count": 0.9,
      "number policies": 0.9,
      "subscription type": 0.6,
      "number device registered": 0.6,
      "plan": 0.5,
      "lines": 0.4,
      "product": 0.4,
      "service": 0.35,
      "services": 0.6,
      "mens": 0.4,
      "womens": 0.4,
    },
    against: ["related", "calls", "change", "changes", "meal", "fruits", "contact"],
    fits: { count: 1, flag: 0.9, levels: 0.9, quantity: 0.5 },
  },
  paymentFriction: {
    phrases: {
      "payment": 0.8,
      "payment delay": 1,
      "payment method": 0.9,
      "payment mode": 0.9,
      "late": 0.7,
      "overdue": 1,
      "default": 0.8,
      "arrears": 1,
      "delinq": 0.8,
    },
    against: [],
    fits: { ...NUMBER, flag: 1, levels: 1 },
  },
  satisfaction: {
    phrases: {
      "satisfaction": 1,
      "satisfaction score": 1,
      "csat": 1,
      "nps": 1,
      "job satisfaction": 1,
      "rating": 0.6,
      "stars": 0.6,
    },
    against: ["environment", "relationship", "performance"],
    fits: { count: 1, levels: 1, quantity: 0.8, flag: 0.6 },
  },
  engagement: {
    phrases: {
      "active member": 0.9,
      "app": 0.8,
      "engagement": 1,
      "involvement": 0.9,
      "articles viewed": 0.9,
      "emails clicked": 0.7,
      "viewed": 0.6,
      "special requests": 0.8,
      "duration product": 0.8,
      "web visits": 0.8,
      "logins": 1,
      "time website": 0.8,
    },
    against: [],
    fits: { ...NUMBER, flag: 1 },
  },
  customerAge: {
    phrases: { "age": 1, "customer age": 1, "birth year": 0.8, "birth": 0.7 },
    against: ["vehicle", "account"],
    fits: { count: 1, quantity: 0.9, levels: 0.5 },
    range: [0, 120],
  },
};

const SHORT: Readonly<Record<string, string>> = {
  no: "number",
  nb: "number",
  nr: "number",
  avg: "average",
  mon: "month",
  cnt: "count",
};

/** The words of a column's name, with common short forms written out beside them. */
export function wordsOf(name: string): string[] {
  const plain = words(name);
  return [...plain, ...plain.flatMap((word) => SHORT[word] ?? [])];
}
