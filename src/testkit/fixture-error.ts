// What a broker cannot take, or does not have.

/** It cannot be had: the message says what, and Kafka's error. */
export class FixtureError extends Error {
  override readonly name = 'FixtureError'
}

/** @internal What goes wrong is told with the place that said it. */
export async function said<T>(where: string, act: () => T | Promise<T>): Promise<T> {
  try {
    return await act()
  } catch (error) {
    throw new FixtureError(`${where}: ${(error as Error).message}`, { cause: error })
  }
}
