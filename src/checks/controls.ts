import type { Control } from './check.js';

// Only requirements whose numbers were compared with the published frameworks. Claim no other without doing so.

export function soc2(...ids: readonly ('CC6.1' | 'CC6.2' | 'CC6.3')[]): Control[] {
  return ids.map((id) => ({ framework: 'SOC 2', id }));
}

export function iso27001(...ids: readonly `A.${number}.${number}`[]): Control[] {
  return ids.map((id) => ({ framework: 'ISO 27001:2022', id }));
}

export function hipaa(...ids: readonly `164.${string}`[]): Control[] {
  return ids.map((id) => ({ framework: 'HIPAA', id }));
}

export function supplyChain(...ids: readonly `${number}.${number}.${number}`[]): Control[] {
  return ids.map((id) => ({ framework: 'CIS Software Supply Chain', id }));
}
