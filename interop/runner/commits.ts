// Commits as the broker answered them, for clients that do not say whether one succeeded.

import type { History } from './judge.js'
import type { Request } from './target.js'

interface Topics<Partition> {
  readonly topics: readonly { readonly partitions: readonly (Partition & { partitionIndex: number })[] }[]
}

/** What a program would have said, one history for all. */
export function answeredCommits(requests: readonly Request[], group: string): History {
  const commits = requests.filter(
    ({ api, group: of, response }) => api === 'OffsetCommit' && of === group && response,
  )
  const events = commits.flatMap(({ body, response, answeredAtMs, atMs }) => {
    const offsets = accepted(
      body as Topics<{ committedOffset: number }>,
      response as Topics<{ errorCode: number }>,
    )
    return [{ event: 'committed' as const, at: answeredAtMs ?? atMs, offsets }]
  })
  return { name: 'the broker', events }
}

function accepted(
  { topics }: Topics<{ committedOffset: number }>,
  answer: Topics<{ errorCode: number }>,
): Record<string, number> {
  const errors = new Map<number, number>()
  for (const { partitions } of answer.topics)
    for (const { partitionIndex, errorCode } of partitions) errors.set(partitionIndex, errorCode)
  const all = topics.flatMap(({ partitions }) => partitions)
  const fine = all.filter(({ partitionIndex }) => errors.get(partitionIndex) === 0)
  return Object.fromEntries(fine.map((each) => [each.partitionIndex, Number(each.committedOffset)]))
}
