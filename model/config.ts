// The environment, read once at a start and passed down; a wrong value says its name, what was given and what is expected.

export interface Config {
  host: string;
  port: number;
  /** The address people type, without a trailing slash; undefined means the listening address. */
  publicUrl: string | undefined;
  trustedProxies: string[];
  dataFolder: string;
  databaseUrl: string | undefined;
  mqttUrl: string | undefined;
  mqttPort: number;
  /** Whether clients of the embedded broker may publish feeds without a user name. */
  mqttAnonymous: boolean;
  city: string;
  simulate: boolean;
  adminPassword: string | undefined;
  basemap: string | undefined;
}

export class ConfigError extends Error {
  override name = 'ConfigError';
}

interface Variable<T> {
  expected: string;
  fallback: T;
  /** Undefined when the text is not of the expected form. */
  parse: (text: string) => T | undefined;
}

const text = <T extends string | undefined>(
  expected: string,
  fallback: T,
  pattern = /./,
): Variable<string | T> => ({
  expected,
  fallback,
  parse: (given) => (pattern.test(given) ? given : undefined),
});

const url = (expected: string, protocols: string[]): Variable<string | undefined> => ({
  expected,
  fallback: undefined,
  parse: (given) =>
    URL.canParse(given) && protocols.includes(new URL(given).protocol)
      ? given.replace(/\/+$/, '')
      : undefined,
});

const port = (fallback: number): Variable<number> => ({
  expected: 'a port number, 0 to 65535 (0 takes a free one)',
  fallback,
  parse: (given) => (/^\d{1,5}$/.test(given) && Number(given) <= 65535 ? Number(given) : undefined),
});

const variables = {
  SIMPANG_HOST: text('a host name or address to listen on', '127.0.0.1', /^[A-Za-z0-9.:_-]+$/),
  SIMPANG_PORT: port(8080),
  SIMPANG_PUBLIC_URL: url('an http or https address, such as https://simpang.example.go.id', [
    'http:',
    'https:',
  ]),
  SIMPANG_TRUSTED_PROXIES: text('addresses or networks, separated by commas', '', /^[0-9A-Fa-f.:/, ]*$/),
  SIMPANG_DATA: text('a folder', './data'),
  DATABASE_URL: url('postgres://user:password@host:port/database', ['postgres:', 'postgresql:']),
  MQTT_URL: url('mqtt://host:port or mqtts://host:port', ['mqtt:', 'mqtts:', 'tcp:', 'ssl:']),
  SIMPANG_MQTT_PORT: port(1883),
  SIMPANG_MQTT_ANONYMOUS: text<'0' | '1'>('0 or 1', '1', /^[01]$/),
  SIMPANG_CITY: text('the name of a folder in cities/, or a path', 'pematangsiantar'),
  SIMPANG_SIMULATE: text<'0' | '1' | undefined>('0 or 1', undefined, /^[01]$/),
  SIMPANG_ADMIN_PASSWORD: text('at least 12 characters', undefined, /^.{12,256}$/s),
  SIMPANG_BASEMAP: text(
    'a .pmtiles file, or the http(s) address of a style',
    undefined,
    /\.pmtiles$|^https?:\/\//,
  ),
};

const secret = new Set(['SIMPANG_ADMIN_PASSWORD', 'DATABASE_URL', 'MQTT_URL']);

/**
 * Reads the configuration from an environment. An empty variable counts as unset.
 * @param simulateByDefault whether this command runs the simulated city unless told otherwise.
 * @throws {ConfigError} naming every wrong variable, what was given and what is expected.
 */
export function parseConfig(env: Record<string, string | undefined>, simulateByDefault: boolean): Config {
  const faults: string[] = [];
  const read = <T>(name: keyof typeof variables, variable: Variable<T>): T => {
    const given = env[name];
    if (given === undefined || given === '') return variable.fallback;
    const value = variable.parse(given);
    if (value === undefined) {
      const shown = secret.has(name)
        ? `a value of ${given.length} characters (not shown)`
        : JSON.stringify(given);
      faults.push(`${name} is ${shown}; expected ${variable.expected}`);
      return variable.fallback;
    }
    return value;
  };
  const simulate = read('SIMPANG_SIMULATE', variables.SIMPANG_SIMULATE);
  const config: Config = {
    host: read('SIMPANG_HOST', variables.SIMPANG_HOST),
    port: read('SIMPANG_PORT', variables.SIMPANG_PORT),
    publicUrl: read('SIMPANG_PUBLIC_URL', variables.SIMPANG_PUBLIC_URL),
    trustedProxies: read('SIMPANG_TRUSTED_PROXIES', variables.SIMPANG_TRUSTED_PROXIES)
      .split(',')
      .map((proxy) => proxy.trim())
      .filter(Boolean),
    dataFolder: read('SIMPANG_DATA', variables.SIMPANG_DATA),
    databaseUrl: read('DATABASE_URL', variables.DATABASE_URL),
    mqttUrl: read('MQTT_URL', variables.MQTT_URL),
    mqttPort: read('SIMPANG_MQTT_PORT', variables.SIMPANG_MQTT_PORT),
    mqttAnonymous: read('SIMPANG_MQTT_ANONYMOUS', variables.SIMPANG_MQTT_ANONYMOUS) === '1',
    city: read('SIMPANG_CITY', variables.SIMPANG_CITY),
    simulate: simulate === undefined ? simulateByDefault : simulate === '1',
    adminPassword: read('SIMPANG_ADMIN_PASSWORD', variables.SIMPANG_ADMIN_PASSWORD),
    basemap: read('SIMPANG_BASEMAP', variables.SIMPANG_BASEMAP),
  };
  if (faults.length > 0) throw new ConfigError(faults.join('\n'));
  return config;
}
