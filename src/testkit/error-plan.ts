// What becomes of a request that is to be answered with an error: which part of it is handled for real, and how the error comes into
// the answer.

import type { TopicName } from '../observe/named.js'
import type { ErrorCode } from '../protocol/errors.js'
import { type Asked, errorEntries, errorResponse } from './error-response.js'
import { failed, type Meets, merged, part } from './part.js'

export interface ErrorPlan {
  /** What is handled; null: nothing. */
  readonly rest: object | null
  /** The answer, made of the real one. */
  readonly put: (real: object) => object
}

interface Part {
  readonly isOfPart: boolean
  readonly meetsPart: Meets
}

/** Their answers name all brokers, or all topics, whatever is wrong: without those no client sees the error. */
const NEEDS_REAL: readonly string[] = ['Metadata', 'DescribeTopicPartitions']

export function errorPlan(
  asked: Asked,
  { isOfPart, meetsPart }: Part,
  code: ErrorCode,
  topicName: TopicName,
): ErrorPlan {
  const { api, body } = asked
  if (NEEDS_REAL.includes(api)) {
    const onTop = isOfPart ? {} : { errorCode: code }
    const meets = isOfPart ? meetsPart : () => true
    const rest = { ...body, allowAutoTopicCreation: false } // an error creates nothing
    return { rest, put: (real) => ({ ...failed(real, meets, code, topicName), ...onTop }) }
  }
  const { met, rest } = isOfPart ? part(body, meetsPart, topicName) : { met: null, rest: null }
  if (isOfPart && met === null)
    // it names none, which means all
    return { rest: body, put: (real) => failed(real, meetsPart, code, topicName) }
  const errors = met === null ? null : errorEntries({ ...asked, body: met }, code)
  if (errors === null) return { rest: null, put: () => errorResponse(asked, code) }
  // With an error in it a Fetch is answered at once.
  const handled = rest === null || api !== 'Fetch' ? rest : { ...rest, maxWaitMs: 0, minBytes: 0 }
  return { rest: handled, put: (real) => merged(real, errors) }
}
