// How requests meet their schemas: a query is text to be read, a body is taken as it is.
import type { FastifySchemaCompiler } from 'fastify';
import type { TSchema } from 'typebox';
import { Compile, type Validator } from 'typebox/compile';

type Query = Record<string, unknown>;

/** Converting cuts a fraction off where a whole number is wanted; then it is the number given that is judged. */
function readQuery(validator: Validator<Record<never, never>, TSchema>, given: Query): unknown {
  const read = validator.Convert(validator.Default({ ...given })) as Query;
  for (const [key, value] of Object.entries(read)) {
    if (typeof value === 'number' && typeof given[key] === 'string' && Number(given[key]) !== value)
      read[key] = Number(given[key]);
  }
  return read;
}

/**
 * Only a query is read from its text into numbers and booleans, with defaults filled in. Bodies are taken as they are:
 * a password given as a number is a fault of the sender.
 */
export const compileValidator: FastifySchemaCompiler<TSchema> = ({ schema, httpPart }) => {
  const validator = Compile(schema);
  return (given: unknown) => {
    const value = httpPart === 'querystring' ? readQuery(validator, given as Query) : given;
    if (validator.Check(value)) return { value };
    // The deepest fault says most: a wrong member of a union is also reported as a fault of the union.
    const errors = validator.Errors(value).sort((a, b) => b.instancePath.length - a.instancePath.length);
    return { error: errors };
  };
};

/** Answers are written as they are; their schemas describe them, and tests hold them to it. */
export const compileSerializer =
  () =>
  (data: unknown): string =>
    JSON.stringify(data);
