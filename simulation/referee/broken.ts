// A promise that was not kept. The first one ends a run; it is not thrown, because a server catches what is thrown.

export interface Broken {
  /** What holds, in words. */
  readonly promise: string
  readonly detail: string
}

/** Says that `promise` was broken. */
export type Fail = (promise: string, detail: string) => void
