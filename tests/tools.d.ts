export const tools: Record<'chromium' | 'mosquitto' | 'ffprobe' | 'initdb', string | undefined>;
export function missingTools(): string[];
