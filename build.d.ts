export function buildStale(names?: ('server' | 'web')[]): Promise<void>;
