import type { Report } from '../../src/findings/report.js';
import type { SyntheticCompany } from './company.js';
import type { JudgedPack } from './judge-pack.js';
import { canBeLinked, expectations } from './oracle.js';
import { employmentOf, isThere, nights } from './truth.js';

interface CheckTally {
  judged: number;
  wrong: number;
  wrongPasses: number;
}

/** What Hubwarden said beside what is true, over many companies. */
export class Tally {
  companies = 0;
  verdicts = 0;
  readonly checks = new Map<string, CheckTally>();
  readonly examples: string[] = [];
  /** Accounts and invites of people who had left, night by night. */
  readonly leavers = { held: 0, found: 0, missed: 0, unidentified: 0 };
  readonly alarms = { raised: 0, false: 0 };
  readonly links = { made: 0, right: 0, linkable: 0, linkableFound: 0, ofPeople: 0, ofPeopleFound: 0 };

  count(companies: readonly SyntheticCompany[], { reports, links }: JudgedPack): void {
    this.companies += companies.length;
    reports.forEach((report, night) => {
      const said = saidIn(report);
      for (const company of companies) {
        this.#countVerdicts(company, night, said);
        this.#countLeavers(company, night, said);
      }
      this.verdicts += report.results.length;
    });
    for (const company of companies) this.#countLinks(company, links);
  }

  /** What another one counted, also one that came from another process and has lost its methods. */
  add(other: Pick<Tally, 'companies' | 'verdicts' | 'checks' | 'examples' | 'leavers' | 'alarms' | 'links'>): void {
    this.companies += other.companies;
    this.verdicts += other.verdicts;
    for (const [check, counted] of other.checks) {
      const tally = this.#of(check);
      tally.judged += counted.judged;
      tally.wrong += counted.wrong;
      tally.wrongPasses += counted.wrongPasses;
    }
    this.examples.push(...other.examples.slice(0, 20 - this.examples.length));
    addUp(this.leavers, other.leavers);
    addUp(this.alarms, other.alarms);
    addUp(this.links, other.links);
  }

  #of(check: string): CheckTally {
    const tally = this.checks.get(check) ?? { judged: 0, wrong: 0, wrongPasses: 0 };
    this.checks.set(check, tally);
    return tally;
  }

  #countVerdicts({ truth }: SyntheticCompany, night: number, said: ReadonlyMap<string, string>): void {
    for (const { check, kind, name, verdicts } of expectations(truth, night)) {
      if (verdicts.length === 0) continue;
      const verdict = said.get(`${truth.name}/${check}/${kind}/${name}`) ?? 'nothing';
      const tally = this.#of(check);
      tally.judged += 1;
      if (verdicts.some((right) => right === verdict)) continue;
      tally.wrong += 1;
      if (verdict === 'pass') tally.wrongPasses += 1;
      if (this.examples.length < 20) {
        this.examples.push(
          `night ${night + 1}: ${check} of ${kind} ${name} is ${verdict}, should be ${verdicts.join(' or ')}`,
        );
      }
    }
  }

  #countLeavers({ truth }: SyntheticCompany, night: number, said: ReadonlyMap<string, string>): void {
    for (const account of truth.accounts) {
      if (account.service !== null || !isThere(account, night)) continue;
      const verdict = said.get(`${truth.name}/offboarded-access-removed/${account.kind}/${account.name}`);
      const hasLeft = account.person !== null && employmentOf(account.person, night) === 'ended';
      if (verdict === 'fail') {
        this.alarms.raised += 1;
        if (!hasLeft) this.alarms.false += 1;
      }
      if (!hasLeft) continue;
      this.leavers.held += 1;
      if (verdict === 'fail') this.leavers.found += 1;
      else if (said.get(`${truth.name}/user-identified/${account.kind}/${account.name}`) === 'pass')
        this.leavers.missed += 1;
      else this.leavers.unidentified += 1;
    }
  }

  #countLinks(company: SyntheticCompany, links: ReadonlyMap<string, string>): void {
    for (const account of company.truth.accounts) {
      if (account.service !== null) continue;
      const linked = links.get(`${company.truth.name}/${account.kind}/${company.idOf(account)}`);
      const isRight = account.person !== null && linked !== undefined && linked.replace(/B$/, '') === account.person.id;
      if (linked !== undefined) {
        this.links.made += 1;
        if (isRight) this.links.right += 1;
        else if (this.examples.length < 20)
          this.examples.push(`${account.name} (${account.trail}) is linked to ${linked}`);
      }
      if (account.person === null) continue;
      this.links.ofPeople += 1;
      if (isRight) this.links.ofPeopleFound += 1;
      if (!canBeLinked(account)) continue;
      this.links.linkable += 1;
      if (isRight) this.links.linkableFound += 1;
    }
  }

  get lines(): string[] {
    const { leavers, alarms, links } = this;
    const share = (part: number, whole: number): string =>
      whole === 0 ? 'none' : `${((100 * part) / whole).toFixed(3)} %`;
    return [
      `${this.companies} companies, ${nights.length} nights, ${this.verdicts} verdicts.`,
      `Leavers with access: ${leavers.held}; found ${leavers.found}, missed ${leavers.missed}; ${leavers.unidentified} whom no key leads to, none of whom passes as identified.`,
      `Offboarding alarms: ${alarms.raised}; false ${alarms.false} (${share(alarms.false, alarms.raised)}).`,
      `Links: ${links.made}; precision ${share(links.right, links.made)}; recall ${share(links.linkableFound, links.linkable)} of those that some key leads to, ${share(links.ofPeopleFound, links.ofPeople)} of all accounts of people.`,
      ...[...this.checks].map(
        ([check, { judged, wrong, wrongPasses }]) =>
          `${check}: ${judged} judged, ${wrong} wrong, ${wrongPasses} of them wrong passes.`,
      ),
    ];
  }
}

function addUp<Figure extends string>(to: Record<Figure, number>, more: Readonly<Record<Figure, number>>): void {
  for (const figure in more) to[figure] += more[figure];
}

function saidIn(report: Report): Map<string, string> {
  return new Map(
    report.results.map(({ check, organization, subject, verdict }) => [
      `${organization ?? ''}/${check}/${subject.kind}/${subject.name}`,
      verdict,
    ]),
  );
}
