// Waiting for something no longer than it is worth.

export class DeadlineError extends Error {
  override name = 'DeadlineError';
}

/** What `promise` gives, or a DeadlineError after `ms`; the work itself goes on, unheard. */
export async function within<T>(ms: number, promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new DeadlineError(`no answer within ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
