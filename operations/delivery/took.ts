/** `90 s`, `12 min`: how long something took, for a log. */
export const took = (ms: number): string =>
  ms < 120_000 ? `${Math.round(ms / 1000)} s` : `${Math.round(ms / 60_000)} min`;
