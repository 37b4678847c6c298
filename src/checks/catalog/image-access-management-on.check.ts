import { iso27001, nist, soc2 } from '../controls.js';
import type { DocumentedCheck } from '../documented-check.js';
import type { OrganizationFacts } from '../facts.js';
import { YesOrNo } from '../threshold.js';
import { unreadMeanings, unreadVerdict } from '../unread.js';
import { fail, pass, unknown } from '../verdicts.js';

export class ImageAccessPolicy {
  @YesOrNo()
  allowVerifiedPublishers = true;
}

export const imageAccessManagementOn: DocumentedCheck<OrganizationFacts, ImageAccessPolicy> = {
  id: 'image-access-management-on',
  title: 'Image access management is on, so that members pull only images of a kind that the policy admits',
  subjects: ['organization'],
  population: [],
  needs: ['image_access'],
  severity: 'medium',
  sla: '10bd',
  why: 'Anybody can publish an image in Docker Hub under a name that looks like a good one.',
  remedy:
    'Switch image access management on in the settings of the organization. Below the Business plan there is none: then disable the check, with that as its reason.',
  controls: [...soc2('CC6.8'), ...iso27001('A.8.19', 'A.8.32'), ...nist('CM-7')],
  policy: ImageAccessPolicy,
  settings: { allowVerifiedPublishers: 'whether images of verified publishers may be admitted' },
  reasons: {
    pass: { IMAGE_ACCESS_MANAGED: 'it is on, and admits nothing that the policy forbids' },
    fail: {
      IMAGE_ACCESS_OFF: 'it is off',
      PUBLISHERS_ADMITTED: 'it admits images of verified publishers, which the policy forbids',
    },
    unknown: {
      ...unreadMeanings,
      FIELD_NOT_EXPOSED: 'Docker Hub did not say whether it is on, or whether it admits verified publishers',
    },
  },
  judge(facts, { policy }) {
    const { organization, imageAccess } = facts;
    const unread = unreadVerdict(facts, 'image_access');
    if (unread !== null) return unread;
    const { enabled, allowOfficialImages, allowVerifiedPublishers } = imageAccess ?? {};
    const about = {
      enabled: enabled ?? null,
      allowOfficialImages: allowOfficialImages ?? null,
      allowVerifiedPublishers: allowVerifiedPublishers ?? null,
    };
    if (enabled === false) return fail('IMAGE_ACCESS_OFF', `Image access management of ${organization} is off.`, about);
    if (enabled !== true) return unsaid(organization, 'whether image access management is on');
    if (!policy.allowVerifiedPublishers) {
      if (allowVerifiedPublishers === true) {
        return fail(
          'PUBLISHERS_ADMITTED',
          `Image access management of ${organization} admits images of verified publishers, which the policy forbids.`,
          about,
        );
      }
      if (allowVerifiedPublishers !== false) {
        return unsaid(organization, 'whether image access management admits verified publishers');
      }
    }
    return pass(
      'IMAGE_ACCESS_MANAGED',
      `Image access management of ${organization} is on. It binds neither owners nor organization access tokens, and Docker Hub does not show which repositories are excepted.`,
      about,
    );
  },
};

function unsaid(organization: string, what: string) {
  return unknown('FIELD_NOT_EXPOSED', `Docker Hub did not say ${what} of ${organization}.`);
}
