// Values as text that a jsonb column takes, whatever a device put into its strings.

/**
 * JSON of a value. PostgreSQL's jsonb takes neither NUL nor half of a surrogate pair in a string; each becomes U+FFFD.
 * (PostgreSQL documentation, 8.14 JSON Types.)
 */
export const toJsonb = (value: unknown): string =>
  // Escapes are read one by one, so that an escaped backslash before `u0000` stays what it is.
  JSON.stringify(value).replace(/\\(u0000|ud[89a-f][0-9a-f]{2}|.)/g, (escape, what: string) =>
    what.length === 5 ? '\uFFFD' : escape,
  );
