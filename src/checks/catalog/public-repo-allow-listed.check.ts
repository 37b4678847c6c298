import { iso27001, nist, soc2, supplyChain } from '../controls.js';
import type { DocumentedCheck } from '../documented-check.js';
import { matchesRepositoryPattern } from '../patterns.js';
import type { RepositoryFacts } from '../repository-facts.js';
import { Names } from '../threshold.js';
import { fail, pass, unknown } from '../verdicts.js';

const patterns = 'a list of repository names, `*` for any run of characters, such as [cli, "acme/docs-*"]';

export class PublicRepositoryPolicy {
  @Names(patterns)
  allowed: readonly string[] = [];

  @Names(patterns)
  sensitive: readonly string[] = ['*internal*', '*private*', '*secret*', '*confidential*'];
}

export const publicRepoAllowListed: DocumentedCheck<RepositoryFacts, PublicRepositoryPolicy> = {
  id: 'public-repo-allow-listed',
  title: 'Only repositories on the allow-list are public',
  subjects: ['repository'],
  source: 'repositories',
  population: ['repositories'],
  needs: ['repositories'],
  severity: 'critical',
  sla: '24h',
  why: 'Whatever lies in a public repository, with every secret in every layer, belongs to everybody from the first minute on.',
  remedy: 'Make the repository private and replace every secret that its images hold, or put it on the allow-list.',
  controls: [
    ...soc2('CC6.1', 'CC6.7'),
    ...iso27001('A.8.3', 'A.8.12'),
    ...nist('AC-3', 'AC-22'),
    ...supplyChain('4.2.5'),
  ],
  policy: PublicRepositoryPolicy,
  settings: {
    allowed:
      'the repositories that may be public, by name or pattern, with or without the organization; a pattern never covers a sensitive name',
    sensitive: 'patterns of names that only an exact name under `allowed` makes public',
  },
  reasons: {
    pass: { PRIVATE: 'it is private', ALLOWED: 'it is public and on the allow-list' },
    fail: {
      PUBLIC_NOT_ALLOWED: 'it is public and not on the allow-list',
      PUBLIC_SENSITIVE: 'it is public, its name is sensitive, and the allow-list does not have exactly that name',
    },
    unknown: { FIELD_NOT_EXPOSED: 'Docker Hub did not say whether it is public' },
  },
  judge({ organization, name, isPrivate }, { policy }) {
    const label = `${organization}/${name}`;
    if (isPrivate === true) return pass('PRIVATE', `${label} is private.`);
    if (isPrivate !== false) {
      return unknown('FIELD_NOT_EXPOSED', `Docker Hub did not say whether ${label} is public.`);
    }
    const covers = (pattern: string): boolean => matchesRepositoryPattern(pattern, organization, name);
    const allowedBy = policy.allowed.filter(covers);
    const sensitiveBy = policy.sensitive.find(covers);
    const sensitive = sensitiveBy !== undefined;
    const [allowing] = sensitive ? allowedBy.filter((pattern) => !pattern.includes('*')) : allowedBy;
    if (allowing !== undefined) {
      return pass('ALLOWED', `${label} is public, which \`${allowing}\` of the allow-list covers.`, {
        allowedBy: allowing,
      });
    }
    const facts = { isPrivate, sensitive, sensitivePattern: sensitiveBy ?? null };
    return sensitive
      ? fail(
          'PUBLIC_SENSITIVE',
          `${label} is public, and its name is sensitive (\`${sensitiveBy}\`); the allow-list would have to name it exactly.`,
          facts,
        )
      : fail('PUBLIC_NOT_ALLOWED', `${label} is public, and the allow-list does not have it.`, facts);
  },
};
