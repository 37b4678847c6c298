import type { Refusal } from './reading.js';

export type Refused = { readonly outcome: 'refused' } & Refusal;

export function failed(
  reason: 'SOURCE_UNREACHABLE' | 'SOURCE_INCOMPLETE' | 'CREDENTIAL_REFUSED' | 'DEADLINE',
  message: string,
): Refused {
  return { outcome: 'refused', status: 'failed', reason, message };
}

/** Only why: whose the credential is, and what to create instead, is said where one knows for which organization it was used. */
export function credentialRefused(why: string): Refused {
  return failed('CREDENTIAL_REFUSED', why);
}

export function notPermitted(message: string): Refused {
  return { outcome: 'refused', status: 'not_permitted', reason: 'CAPABILITY_MISSING', message };
}

export function notConfigured(message: string): Refused {
  return { outcome: 'refused', status: 'not_configured', reason: 'NOT_CONFIGURED', message };
}

export function seconds(ms: number): string {
  return `${Math.max(1, Math.round(ms / 1000))} s`;
}
