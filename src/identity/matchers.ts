import type { CertainMatcher, Matcher, SuggestionMatcher } from './matcher.js';
import { dockerUsername } from './matchers/docker-username.matcher.js';
import { fullName } from './matchers/full-name.matcher.js';
import { handle } from './matchers/handle.matcher.js';
import { lookAlikeAddress } from './matchers/look-alike-address.matcher.js';
import { workEmail } from './matchers/work-email.matcher.js';

/** By priority: where several lead to the same person, the first is named as the link's source, or as the first reason. */
export const matchers: readonly Matcher[] = [workEmail, dockerUsername, lookAlikeAddress, fullName, handle];

export const certainMatchers: readonly CertainMatcher[] = matchers.filter((matcher) => matcher.certainty === 'certain');
export const suggestionMatchers: readonly SuggestionMatcher[] = matchers.filter(
  (matcher) => matcher.certainty === 'suggestion',
);
