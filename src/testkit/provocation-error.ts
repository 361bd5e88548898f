// The error of what a test provokes in vain.

/** It cannot be done in the state that the group, or the cluster, is in: the message says which. */
export class ProvocationError extends Error {
  override readonly name = 'ProvocationError'
}
