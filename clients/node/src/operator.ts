import { readFile } from "node:fs/promises";

/** A duration such as "360h", or milliseconds. */
export type Duration = string | number;
export type Catalog = "AWS" | "Sandbox";

/** The server refused a request to the operator API. */
export class OperatorError extends Error {
  constructor(
    readonly status: number,
    readonly detail: string,
    readonly errors: string[],
  ) {
    super([detail, ...errors].join("\n  "));
    this.name = "OperatorError";
  }
}

interface Problem {
  title?: string;
  detail?: string;
  errors?: { location?: string; message?: string }[];
}

/** Sends requests to /operator/v1. */
export class Operator {
  constructor(
    private readonly endpoint: string,
    private readonly token?: string,
  ) {}

  /** Sends a request and returns the decoded answer, undefined where it has no body. */
  async request<T = unknown>(
    method: string, path: string, body?: unknown, query: Record<string, string | number | undefined> = {},
  ): Promise<T> {
    const url = new URL(`${this.endpoint}/operator/v1${path}`);
    for (const [name, value] of Object.entries(query)) if (value !== undefined) url.searchParams.set(name, String(value));
    const headers: Record<string, string> = {};
    if (body !== undefined) headers["content-type"] = "application/json";
    if (this.token) headers.authorization = `Bearer ${this.token}`;
    const answer = await fetch(url, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
    const text = await answer.text();
    if (!answer.ok) throw explain(answer.status, text);
    return (text ? JSON.parse(text) : undefined) as T;
  }
}

function explain(status: number, text: string): OperatorError {
  let problem: Problem;
  try {
    problem = JSON.parse(text) as Problem;
  } catch {
    return new OperatorError(status, `the server answered ${status}`, []);
  }
  const errors = (problem.errors ?? []).map((e) => `${(e.location ?? "").replace(/^body\./, "")}: ${e.message ?? ""}`);
  return new OperatorError(status, problem.detail ?? problem.title ?? `the server answered ${status}`, errors);
}

const duration = (d: Duration): string => (typeof d === "number" ? `${d}ms` : d);
const pause = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

/** The business clock: deadlines, expiries and delays go by it. */
export class Clock {
  constructor(private readonly operator: Operator) {}

  /** Returns the business time. */
  async now(): Promise<Date> {
    return new Date((await this.operator.request<{ now: string }>("GET", "/clock")).now);
  }

  /** Moves the clock forward and waits until the work that has become due is done. */
  async advance(by: Duration): Promise<Date> {
    return this.move({ advance: duration(by) });
  }

  /** Sets the clock and waits until the work that has become due is done. */
  async set(to: Date | string): Promise<Date> {
    return this.move({ set: typeof to === "string" ? to : to.toISOString() });
  }

  /** Returns to the real time. */
  async reset(): Promise<Date> {
    return new Date((await this.operator.request<{ now: string }>("POST", "/clock", { reset: true })).now);
  }

  /** Waits until the background work that is due is done. */
  async settle(timeoutMs = 10_000): Promise<void> {
    const end = Date.now() + timeoutMs;
    for (let wait = 5; ; wait = Math.min(wait * 2, 100)) {
      const now = await this.now();
      const { work } = await this.operator.request<{ work: { dueAt: string }[] }>("GET", "/work");
      if (!work.some((job) => new Date(job.dueAt) <= now)) return;
      if (Date.now() > end) throw new Error(`work is still due after ${timeoutMs} ms: ${JSON.stringify(work)}`);
      await pause(wait);
    }
  }

  private async move(body: object): Promise<Date> {
    const { now } = await this.operator.request<{ now: string }>("POST", "/clock", body);
    await this.settle();
    return new Date(now);
  }
}

/** What a decision or a submission is about. */
export interface ReviewedOpportunity {
  id: string;
  account: string;
  catalog: Catalog;
  reviewStatus: string;
  stage: string;
  title?: string;
  companyName?: string;
  comments?: string;
  reason?: string;
}

/** Where an opportunity is; both are found out where they are absent. */
export interface Owner {
  account?: string;
  catalog?: Catalog;
}

/** The review desk: decides about submitted opportunities as AWS does. */
export class Review {
  constructor(private readonly operator: Operator) {}

  /** Returns the submitted opportunities of all accounts that wait for a decision. */
  async waiting(): Promise<ReviewedOpportunity[]> {
    return (await this.operator.request<{ reviews: ReviewedOpportunity[] }>("GET", "/reviews")).reviews;
  }

  /** Approves an opportunity. */
  approve(opportunity: string, options: Owner & { comments?: string } = {}): Promise<ReviewedOpportunity> {
    return this.decide(opportunity, "Approve", options);
  }

  /** Rejects an opportunity. */
  reject(opportunity: string, options: Owner & { reason?: string; comments?: string } = {}): Promise<ReviewedOpportunity> {
    return this.decide(opportunity, "Reject", options);
  }

  /** Asks the partner for changes. */
  requestAction(opportunity: string, comments: string, options: Owner = {}): Promise<ReviewedOpportunity> {
    return this.decide(opportunity, "RequestAction", { ...options, comments });
  }

  /** Begins the review: the opportunity becomes In review. */
  start(opportunity: string, options: Owner = {}): Promise<ReviewedOpportunity> {
    return this.decide(opportunity, "StartReview", options);
  }

  /** Lets submissions be approved by themselves, or not. */
  async policy(mode: "approve" | "off", after: Duration = "0s", catalog: Catalog = "Sandbox"): Promise<void> {
    await this.operator.request("PUT", `/review-policies/${catalog}`, { mode, after: duration(after) });
  }

  private async decide(
    opportunity: string, decision: string, options: Owner & { comments?: string; reason?: string },
  ): Promise<ReviewedOpportunity> {
    let { account, catalog } = options;
    if (!account || !catalog) {
      const { resources } = await this.operator.request<{ resources: Required<Owner>[] }>("GET", `/resources/${opportunity}`);
      account ??= resources[0]?.account;
      catalog ??= resources[0]?.catalog;
    }
    return this.operator.request("POST", `/opportunities/${opportunity}/review`,
      { decision, comments: options.comments, reason: options.reason }, { account, catalog });
  }
}

/** A fault: what fails, how, and how often. Members are those of the operator API. */
export interface Fault {
  operation?: string;
  account?: string;
  resource?: string;
  error?: string;
  latency?: string;
  rate?: number;
  times?: number;
  sequence?: { fail: number; pass: number };
  /** Reads see the state of this time ago. */
  readLag?: string;
  /** The server's clock is ahead of the client's. */
  clockSkew?: string;
  connection?: "reset" | "close" | "truncate" | "hang";
  event?: "duplicate" | "reorder" | "delay" | "drop";
  [member: string]: unknown;
}

/** Files of records that the server makes through the real rules. */
export class Fixtures {
  constructor(private readonly operator: Operator) {}

  /** Loads files in YAML or JSON, all records or none, and returns the identifiers by name. */
  async load(...files: string[]): Promise<Record<string, string>> {
    const contents = await Promise.all(files.map(async (name) => ({ name, content: await readFile(name, "utf8") })));
    return this.send(contents);
  }

  /** Loads records from a text in YAML or JSON; the name is for errors. */
  async loadText(content: string, name = "fixture.yaml"): Promise<Record<string, string>> {
    return this.send([{ name, content }]);
  }

  private async send(files: { name: string; content: string }[]): Promise<Record<string, string>> {
    return (await this.operator.request<{ ids: Record<string, string> }>("POST", "/fixtures", { files })).ids;
  }
}

/** Makes operations fail, be slow or break off, on purpose. */
export class Faults {
  constructor(private readonly operator: Operator) {}

  /** Replaces all faults. */
  async set(faults: Fault[]): Promise<void> {
    await this.operator.request("PUT", "/faults", faults);
  }

  /** Adds a fault. */
  async add(fault: Fault): Promise<void> {
    await this.set([...(await this.list()), fault]);
  }

  /** Returns the faults that are set. */
  async list(): Promise<Fault[]> {
    const answer = await this.operator.request<{ faults?: Fault[] } | Fault[]>("GET", "/faults");
    return Array.isArray(answer) ? answer : (answer.faults ?? []);
  }

  /** Removes all faults. */
  clear(): Promise<void> {
    return this.set([]);
  }

  /** Returns which faults were applied to which requests. */
  async fired(): Promise<Record<string, unknown>[]> {
    type Fired = Record<string, unknown>[];
    const answer = await this.operator.request<{ fired?: Fired } | Fired>("GET", "/faults/fired");
    return Array.isArray(answer) ? answer : (answer.fired ?? []);
  }
}

/** An event in EventBridge's form. */
export interface EventEnvelope {
  id: string;
  source: string;
  account: string;
  time: string;
  region: string;
  resources: string[];
  "detail-type": string;
  detail: Record<string, unknown>;
}

interface EventPage {
  events: { sequence: string; event: EventEnvelope }[];
  next: string;
}

/** The events of an account. */
export class Events {
  constructor(private readonly operator: Operator) {}

  /** Returns an account's events, the oldest first. */
  async list(account: string): Promise<EventEnvelope[]> {
    const all: EventEnvelope[] = [];
    for (let after = "0"; ; ) {
      const page = await this.operator.request<EventPage>("GET", "/events", undefined, { account, after, limit: 1000 });
      if (page.events.length === 0) return all;
      all.push(...page.events.map((e) => e.event));
      after = page.next;
    }
  }

  /** Returns an account's events once there are at least count of them. */
  async wait(account: string, count = 1, timeoutMs = 10_000): Promise<EventEnvelope[]> {
    const end = Date.now() + timeoutMs;
    const all: EventEnvelope[] = [];
    for (let after = "0"; all.length < count; ) {
      const left = end - Date.now();
      if (left <= 0) throw new Error(`account ${account} has ${all.length} of ${count} events after ${timeoutMs} ms`);
      const page = await this.operator.request<EventPage>("GET", "/events", undefined,
        { account, after, limit: 1000, wait: `${left}ms` });
      all.push(...page.events.map((e) => e.event));
      after = page.next;
    }
    return all;
  }
}
