// Waits for a condition, not for a time.

/** Tries again until `check` throws no more; after `withinMs` its error is the test's. */
export async function eventually<T>(check: () => T | Promise<T>, withinMs = 40_000): Promise<T> {
  const endsAt = Date.now() + withinMs;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (Date.now() > endsAt) throw error;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}
