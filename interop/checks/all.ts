// Every check by its name.

import type { CheckName } from '../client.js'
import type { Bench } from '../runner/bench.js'
import { admin } from './admin.js'
import { codecs } from './codecs.js'
import { pause, staticMember } from './membership.js'
import { move } from './move.js'
import { callbacks, commits, consume, crash, grow, joins } from './reading.js'
import { slow } from './slow.js'

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
  codecs,
  admin,
  move,
}
