import type { Control } from './check.js';

/**
 * The requirements that a check may claim to give evidence for. Each number and its meaning were compared with a published
 * text of the framework; what is not here was not compared, or asks for something that no check shows. The titles are ours
 * and shorter than the requirement: they help a reader find it and replace nothing.
 *
 * SOX names no controls. Auditors sort the general controls of IT by theme, and so do we.
 */
const controlCatalogue = {
  'SOC 2': {
    'CC4.1': 'ongoing evaluations show whether controls work',
    'CC6.1': 'logical access to protected assets is restricted',
    'CC6.2': 'users are registered and authorized first, and lose access when it is no longer authorized',
    'CC6.3': 'access follows roles, least privilege and segregation of duties',
    'CC6.6': 'threats from outside the system boundary are kept out',
    'CC6.7': 'information moves only to whom it is meant for',
    'CC6.8': 'unauthorized or malicious software is prevented or detected',
    'CC7.1': 'changes of configuration that open a vulnerability are detected',
    'CC7.2': 'anomalies in the operation of systems are monitored and analyzed',
    'CC7.3': 'security events are evaluated and acted upon',
    'CC8.1': 'changes are authorized, tested and approved',
    'A1.2': 'what availability and recovery depend on is operated and monitored',
  },
  'ISO 27001:2022': {
    'A.5.3': 'segregation of duties',
    'A.5.11': 'return of assets',
    'A.5.15': 'access control',
    'A.5.16': 'identity management',
    'A.5.17': 'authentication information',
    'A.5.18': 'access rights',
    'A.5.19': 'security in relations with suppliers',
    'A.5.28': 'collection of evidence',
    'A.6.5': 'duties after employment ends or changes',
    'A.8.2': 'privileged access rights',
    'A.8.3': 'restriction of access to information',
    'A.8.4': 'access to source code',
    'A.8.5': 'secure authentication',
    'A.8.12': 'prevention of data leakage',
    'A.8.15': 'logging',
    'A.8.16': 'monitoring activities',
    'A.8.19': 'installation of software on operational systems',
    'A.8.20': 'security of networks',
    'A.8.31': 'separation of development, test and production',
    'A.8.32': 'change management',
  },
  'PCI DSS 4.0': {
    '7.2.1': 'an access control model is defined',
    '7.2.2': 'access follows job function and least privilege',
    '7.2.3': 'privileges are approved by authorized personnel',
    '7.2.4': 'accounts and their access are reviewed every six months',
    '7.2.5': 'application and system accounts have the least privileges that they need',
    '7.2.5.1': 'access of application and system accounts is reviewed periodically',
    '8.2.1': 'every user has a unique ID',
    '8.2.2': 'shared and generic IDs only by justified and approved exception',
    '8.2.4': 'adding, changing and deleting IDs is approved',
    '8.2.5': 'access of terminated users is revoked at once',
    '8.2.6': 'inactive user accounts are removed within 90 days',
    '8.2.7': 'accounts of third parties are enabled only while needed, and monitored',
    '8.6.1': 'interactive use of system accounts is justified, approved and attributable',
    '8.6.3': 'secrets of application and system accounts are changed periodically',
    '10.2.1.2': 'logs capture what administrators do',
    '10.2.1.5': 'logs capture changes of credentials, such as raised privileges',
    '10.4.1': 'security events and logs of critical systems are reviewed daily',
    '10.5.1': 'audit logs are kept for twelve months',
    '10.7.2': 'failures of critical security controls are detected and addressed promptly',
  },
  HIPAA: {
    '164.308(a)(1)(ii)(D)': 'information system activity review',
    '164.308(a)(3)(ii)(B)': 'workforce clearance procedure',
    '164.308(a)(3)(ii)(C)': 'termination procedures',
    '164.308(a)(4)(ii)(B)': 'access authorization',
    '164.308(a)(4)(ii)(C)': 'access establishment and modification',
    '164.312(a)(2)(i)': 'unique user identification',
    '164.312(b)': 'audit controls',
    '164.312(d)': 'person or entity authentication',
  },
  SOX: {
    APD: 'access to programs and data',
    CM: 'change management',
    IPE: 'information produced by the entity is complete and accurate',
    SOD: 'segregation of duties',
  },
  'NIST 800-53': {
    'AC-1': 'policy and procedures of access control',
    'AC-2': 'account management',
    'AC-2(1)': 'automated management of accounts',
    'AC-2(3)': 'accounts that are expired, unowned or inactive are disabled',
    'AC-3': 'access enforcement',
    'AC-5': 'separation of duties',
    'AC-6': 'least privilege',
    'AC-6(5)': 'privileged accounts are restricted to named people or roles',
    'AC-6(7)': 'review of privileges',
    'AC-6(9)': 'use of privileged functions is logged',
    'AC-22': 'publicly accessible content',
    'AU-6': 'review and analysis of audit records',
    'AU-11': 'retention of audit records',
    'CA-7': 'continuous monitoring',
    'CM-3': 'control of configuration changes',
    'CM-5': 'restricted access for making changes',
    'CM-7': 'least functionality',
    'IA-2': 'identification and authentication of users',
    'IA-2(5)': 'individual authentication where accounts are shared',
    'IA-4': 'management of identifiers',
    'IA-5': 'management of authenticators',
    'PS-4': 'access of personnel ends with employment',
    'PS-5': 'access follows transfers of personnel',
    'PS-7': 'security of external personnel',
    'SC-7': 'protection of the system boundary',
    'SI-4': 'monitoring of systems',
    'SI-7': 'integrity of software and information',
    'SI-10': 'validation of information that comes in',
  },
  'CIS Software Supply Chain': {
    '1.2.2': 'creating repositories is limited to specific members',
    '1.2.3': 'deleting repositories is limited to specific members',
    '1.3.1': 'inactive users are reviewed and removed',
    '1.3.3': 'the organization has a minimum of administrators',
    '1.3.7': 'every repository has two administrators',
    '1.3.8': 'base permissions are strict',
    '4.2.2': 'few users may upload artifacts',
    '4.2.5': 'anonymous access to artifacts is off',
  },
} as const satisfies Readonly<Record<Control['framework'], Readonly<Record<string, string>>>>;

export type Framework = keyof typeof controlCatalogue;
export type ControlId<Of extends Framework> = keyof (typeof controlCatalogue)[Of] & string;

/** Half a sentence; undefined for a requirement that is not in the catalogue. */
export function controlTitle({ framework, id }: Control): string | undefined {
  const titles: Readonly<Record<string, string>> = controlCatalogue[framework];
  return Object.hasOwn(titles, id) ? titles[id] : undefined;
}
