// What is said in both languages of the city.
import Type, { type Static } from 'typebox';

/** Indonesian first, English beside it. */
export const Words = Type.Object({
  id: Type.String({ minLength: 1, maxLength: 500 }),
  en: Type.String({ minLength: 1, maxLength: 500 }),
});
export type Words = Static<typeof Words>;
