import type { Credential, OrganizationConfig } from '../config/configuration.js';
import { Account, ScimToken } from './account.js';
import type { CredentialKind } from './credential.js';
import { fingerprintOf, kindOf } from './credential.js';
import { Endpoint } from './endpoint.js';
import { FirstThatWorks } from './first-that-works.js';
import { HostHealth } from './host-health.js';
import { HttpClient, mostBodyBytes } from './http-client.js';
import type { Reader } from './organization-reader.js';
import { OrganizationReader } from './organization-reader.js';
import type { Patience } from './patient-requests.js';
import { PatientRequests, usualPatience } from './patient-requests.js';
import type { BudgetView } from './rate-budget.js';
import { RateBudget } from './rate-budget.js';
import { RunClock } from './run-clock.js';
import type { SharedBudget } from './shared-budget.js';
import { SignIn } from './sign-in.js';

export interface HubOptions {
  /** A URL; may have a path of its own. */
  readonly hubUrl: string;
  /** Machine milliseconds at which the run gives up. */
  readonly deadline: number;
  /** Keys the fingerprints of credentials; the same key gives the same fingerprints in every process. */
  readonly fingerprintKey: Buffer;
  readonly now?: () => number;
  readonly signal?: AbortSignal;
  /** Called for every request that is sent, sign-ins included. */
  readonly onRequest?: () => void;
  readonly patience?: Partial<Patience>;
  readonly mostBodyBytes?: number;
  /** Where every process that uses a credential shares its rate limit; by the credential's fingerprint. */
  readonly sharedBudget?: (credential: string) => SharedBudget;
}

interface Host {
  readonly http: HttpClient;
  readonly health: HostHealth;
}

/**
 * Docker Hub during one run. Whatever is true of a credential or a host (a sign-in, what is left of a rate limit, that it
 * refused) is found out once and holds for every organization.
 */
export class DockerHub {
  readonly #options: HubOptions;
  readonly #clock: RunClock;
  readonly #requests: PatientRequests;
  readonly #hosts = new Map<string, Host>();
  readonly #accounts = new Map<string, Account>();
  readonly #routes = new Map<Account, FirstThatWorks<number>>();
  #sent = 0;

  constructor(options: HubOptions) {
    this.#options = options;
    this.#clock = new RunClock(options.now ?? Date.now, options.deadline, options.signal);
    this.#requests = new PatientRequests(this.#clock, { ...usualPatience, ...options.patience });
  }

  /** Requests sent so far, sign-ins included. */
  get requests(): number {
    return this.#sent;
  }

  /** What is known of each credential's rate limit, by fingerprint. */
  get budget(): readonly (BudgetView & { readonly credential: string })[] {
    return [...this.#accounts.values()].map(({ fingerprint, budget }) => ({ credential: fingerprint, ...budget.view }));
  }

  /** `signal`: of this reader alone, instead of everybody's. What waits for its turn when it aborts is never sent. */
  organization(config: OrganizationConfig, signal?: AbortSignal): OrganizationReader {
    const readers: Reader[] = [];
    for (const role of ['hub', 'owner'] as const) {
      const credential = config[role];
      if (!credential) continue;
      const looks = kindOf(credential, config.name);
      readers.push({ role, looks, account: this.#login(credential, looks) });
    }
    if (config.scim) readers.push({ role: 'scim', looks: 'scim', account: this.#scim(config.scim) });
    return new OrganizationReader(config, readers, (account) => this.#routesOf(account), signal);
  }

  /** Ends idle connections, which would otherwise keep a server from closing, and gives back what it will not send. */
  close(): void {
    for (const { http } of this.#hosts.values()) http.close();
    for (const { budget } of this.#accounts.values()) budget.close();
  }

  #budget(fingerprint: string): RateBudget {
    return new RateBudget(this.#clock, this.#options.sharedBudget?.(fingerprint) ?? null);
  }

  #login(credential: Credential, looks: CredentialKind): Account {
    const fingerprint = fingerprintOf(this.#options.fingerprintKey, credential.identifier, credential.secret);
    return this.#account(`login ${fingerprint}`, () => {
      const given = { ...this.#host(this.#options.hubUrl), requests: this.#requests };
      const pass = new SignIn(credential, looks, { ...given, clock: this.#clock });
      return new Account(fingerprint, this.#budget(fingerprint), { ...given, pass });
    });
  }

  #scim({ url, token }: { readonly url: string; readonly token: string }): Account {
    const fingerprint = fingerprintOf(this.#options.fingerprintKey, url, token);
    return this.#account(`scim ${fingerprint}`, () => {
      const given = { ...this.#host(url), requests: this.#requests };
      const pass = new ScimToken(token);
      return new Account(fingerprint, this.#budget(fingerprint), { ...given, pass });
    });
  }

  #account(key: string, create: () => Account): Account {
    const account = this.#accounts.get(key) ?? create();
    this.#accounts.set(key, account);
    return account;
  }

  #host(address: string): Host {
    const endpoint = new Endpoint(address);
    const known = this.#hosts.get(endpoint.address);
    if (known) return known;
    const http = new HttpClient(endpoint, {
      onRequest: () => {
        this.#sent += 1;
        this.#options.onRequest?.();
      },
      mostBodyBytes: this.#options.mostBodyBytes ?? mostBodyBytes,
    });
    const host = { http, health: new HostHealth() };
    if (!endpoint.isSafe) host.health.stop(insecure(endpoint.host));
    this.#hosts.set(endpoint.address, host);
    return host;
  }

  #routesOf(account: Account): FirstThatWorks<number> {
    const routes = this.#routes.get(account) ?? new FirstThatWorks([0, 1], true);
    this.#routes.set(account, routes);
    return routes;
  }
}

function insecure(host: string) {
  const message = `The address of ${host} is not https, so that no credential is sent to it.`;
  return { status: 'failed', reason: 'SOURCE_UNREACHABLE', message } as const;
}
