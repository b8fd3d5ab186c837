import type { Platform } from './platform';

/** Regions that may be used: those of the guard rails, or where delivery and the environments are. */
export function allowedRegions({ guardrails, delivery, environments }: Platform): string[] {
  const used = [delivery.region, ...Object.values(environments).map(({ region }) => region)];
  return [...new Set(guardrails.regions ?? used)].sort();
}
