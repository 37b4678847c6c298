import type { Control } from './check.js';
import type { ControlId, Framework } from './control-catalogue.js';

// Only requirements of control-catalogue.ts can be claimed: the ids are closed unions of what was compared there.

function of<Of extends Framework>(framework: Of): (...ids: readonly ControlId<Of>[]) => Control[] {
  return (...ids) => ids.map((id) => ({ framework, id }));
}

export const soc2 = of('SOC 2');
export const iso27001 = of('ISO 27001:2022');
export const pci = of('PCI DSS 4.0');
export const hipaa = of('HIPAA');
export const sox = of('SOX');
export const nist = of('NIST 800-53');
export const supplyChain = of('CIS Software Supply Chain');
