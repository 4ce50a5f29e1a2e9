// The shape of a rule's condition is judged by the kind that it says it is, so that the fault names the field meant.
import type { FastifyRequest } from 'fastify';
import type { TSchema } from 'typebox';
import { Compile, type Validator } from 'typebox/compile';
import type { AlarmConditionKind } from '../model/alarm-rule.ts';
import { conditionKinds, conditionSchemaOf } from '../model/alarm-rule-http.ts';
import { fieldOf, HttpProblem } from './problem.ts';

const validators = new Map<AlarmConditionKind, Validator<Record<never, never>, TSchema>>();

function validatorOf(kind: AlarmConditionKind): Validator<Record<never, never>, TSchema> {
  let validator = validators.get(kind);
  if (validator === undefined) {
    validator = Compile(conditionSchemaOf(kind) as TSchema);
    validators.set(kind, validator);
  }
  return validator;
}

/**
 * A hook before the body's own schema, in which the condition is one of ten: of a body that fits none of them nobody
 * could say what is wrong.
 * @throws {HttpProblem} 400 naming the field.
 */
export async function demandConditionShape({ body }: Pick<FastifyRequest, 'body'>): Promise<void> {
  const condition = memberOf(memberOf(body, 'rule'), 'condition');
  // What is missing altogether is said by the schema.
  if (typeof condition !== 'object' || condition === null) return;
  const kind = conditionKinds.find((each) => each === memberOf(condition, 'kind'));
  if (kind === undefined)
    throw new HttpProblem(400, `must be one of ${conditionKinds.join(', ')}`, {
      field: 'rule.condition.kind',
    });
  const validator = validatorOf(kind);
  if (validator.Check(condition)) return;
  const [first] = validator.Errors(condition).sort((a, b) => b.instancePath.length - a.instancePath.length);
  const path = fieldOf(first);
  throw new HttpProblem(400, first?.message ?? 'is not as expected', {
    field: ['rule.condition', ...(path === undefined ? [] : [path])].join('.'),
  });
}

const memberOf = (value: unknown, key: string): unknown =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    ? (value as Record<string, unknown>)[key]
    : undefined;
