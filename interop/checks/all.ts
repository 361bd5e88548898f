// Every check by its name.

import type { CheckName } from '../client.js'
import type { Bench } from '../runner/bench.js'
import { admin } from './admin.js'
import { pause, slow, staticMember } from './membership.js'
import { callbacks, commits, consume, crash, grow, joins } from './reading.js'

/** Throws Failed; may tell what it covered. */
export const RUN: Record<CheckName, (bench: Bench) => Promise<unknown>> = {
  consume,
  joins,
  crash,
  grow,
  commits,
  callbacks,
  slow,
  pause,
  static: staticMember,
  admin,
}
