// A stop as it is named in the address bar, beside the ids of assets. Pure.

export const stopKey = (stopId: string): string => `stop:${stopId}`;
export const stopIdOf = (key: string | undefined): string | undefined =>
  key?.startsWith('stop:') ? key.slice('stop:'.length) : undefined;
