/**
 * Runs a Cosell server for tests and plays the AWS side of Partner Central.
 *
 *     import { start } from "cosell";
 *
 *     const cosell = await start();
 *     const partner = new PartnerCentralSellingClient(cosell.account("111122223333").client);
 *     await cosell.stop();
 */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { openSync, closeSync, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { findBinary } from "./binary.js";
import { Clock, Events, Faults, Fixtures, Operator, Review, type Catalog } from "./operator.js";

export { findBinary } from "./binary.js";
export * from "./operator.js";

// Node before 18.18 does not have the symbol.
(Symbol as { asyncDispose?: symbol }).asyncDispose ??= Symbol.for("nodejs.asyncDispose");

/** An account and its development keys. */
export class Account {
  constructor(
    readonly id: string,
    readonly endpoint: string,
  ) {}

  /** The configuration of a client of the AWS SDK that acts for the account. */
  get client(): { endpoint: string; region: string; credentials: { accessKeyId: string; secretAccessKey: string } } {
    return { endpoint: this.endpoint, region: "us-east-1", credentials: { accessKeyId: this.id, secretAccessKey: "test" } };
  }

  /** The variables with which any AWS SDK and the AWS CLI act for the account. */
  get environment(): Record<string, string> {
    return {
      AWS_ENDPOINT_URL_PARTNERCENTRAL_SELLING: this.endpoint,
      AWS_ACCESS_KEY_ID: this.id,
      AWS_SECRET_ACCESS_KEY: "test",
      AWS_REGION: "us-east-1",
      AWS_DEFAULT_REGION: "us-east-1",
    };
  }
}

/** What a referral made. */
export interface Referral {
  opportunityId: string;
  engagementId: string;
  engagementInvitationId: string;
}

/** A server and the other side of Partner Central: AWS, the operator, the clock. */
export class Server {
  /** Sends requests to the operator API. */
  readonly operator: Operator;
  /** The business clock. */
  readonly clock: Clock;
  /** The review desk. */
  readonly review: Review;
  /** Files of records. */
  readonly fixtures: Fixtures;
  /** Injected faults. */
  readonly faults: Faults;
  /** Events. */
  readonly events: Events;
  private accounts = 0;

  constructor(
    /** The address of the server, such as http://127.0.0.1:40123. */
    readonly endpoint: string,
    token?: string,
    private readonly end: () => Promise<void> = async () => {},
  ) {
    this.operator = new Operator(endpoint, token);
    this.clock = new Clock(this.operator);
    this.review = new Review(this.operator);
    this.fixtures = new Fixtures(this.operator);
    this.faults = new Faults(this.operator);
    this.events = new Events(this.operator);
  }

  /** Returns an account: any twelve digits, or aws. Without an identifier, one that was not returned before. */
  account(id: string = String(600_000_000_000 + ++this.accounts)): Account {
    return new Account(id, this.endpoint);
  }

  /** Refers an opportunity, with the members of CreateOpportunity, from AWS to a partner. */
  refer(opportunity: object, account: string, catalog: Catalog = "Sandbox"): Promise<Referral> {
    return this.operator.request<Referral>("POST", "/referrals", { account, catalog, opportunity });
  }

  /**
   * Removes everything from the server, faults too, and returns the clock to the real time.
   * With an account only its records are removed, and the clock stays.
   */
  async reset(account?: string): Promise<void> {
    await this.operator.request("POST", account === undefined ? "/reset" : `/reset?account=${encodeURIComponent(account)}`);
  }

  /** Stops the server, if start started it. */
  stop(): Promise<void> {
    return this.end();
  }

  /** Stops the server at the end of a block with `await using`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }
}

/** How a server is started. */
export interface Options {
  /** Further flags of `cosell serve`. */
  flags?: string[];
  /** The binary; found by itself if absent. */
  binary?: string;
  /** The file that gets the server's log. */
  log?: string;
}

/** Returns a server that already runs, such as one in a container. */
export function connect(endpoint: string, token?: string): Server {
  return new Server(endpoint.replace(/\/+$/, ""), token);
}

/** Starts a server with an empty store on a free port of this machine. */
export async function start(options: Options = {}): Promise<Server> {
  const dir = await mkdtemp(join(tmpdir(), "cosell-"));
  const log = options.log ?? join(dir, "server.log");
  const errors = openSync(log, "a");
  const child = spawn(options.binary ?? findBinary(),
    ["serve", "--listen", "127.0.0.1:0", "--data", join(dir, "data"), ...(options.flags ?? [])],
    { stdio: ["ignore", "pipe", errors] });
  closeSync(errors);
  const kill = (): void => void child.kill("SIGKILL");
  process.once("exit", kill);
  try {
    const endpoint = await address(child);
    // The server must not keep a test process alive that forgot to stop it.
    child.unref();
    (child.stdout as unknown as { unref?: () => void }).unref?.();
    return new Server(endpoint, undefined, async () => {
      process.removeListener("exit", kill);
      await ended(child);
      await rm(dir, { recursive: true, force: true });
    });
  } catch (error) {
    process.removeListener("exit", kill);
    const said = readFileSync(log, "utf8").trim().slice(-4000);
    await rm(dir, { recursive: true, force: true });
    throw new Error(`the server did not start: ${(error as Error).message}\n${said}`);
  }
}

/** Waits for the first line, which names the address, and discards the rest. */
function address(child: ChildProcess): Promise<string> {
  return new Promise((found, failed) => {
    let text = "";
    child.on("error", failed);
    child.on("exit", (code) => failed(new Error(`it ended with status ${code}`)));
    child.stdout?.setEncoding("utf8").on("data", (part: string) => {
      if (text.includes("\n")) return;
      text += part;
      const url = /https?:\/\/\S+/.exec(text);
      if (text.includes("\n") && url) found(url[0]);
    });
  });
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.ref();
  const exit = once(child, "exit");
  child.kill();
  const force = setTimeout(() => child.kill("SIGKILL"), 10_000);
  await exit;
  clearTimeout(force);
}
