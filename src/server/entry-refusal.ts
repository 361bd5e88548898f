// What APIs of administrators answer when they cannot be carried out, where the error belongs to each entry that was asked for.

import type { ErrorCode } from '../protocol/errors.js'

type Body = Readonly<Record<string, unknown>>

interface Topic extends Body {
  readonly name?: string
  readonly topic?: string
}

const entries = <T = Body>(list: unknown) => (list ?? []) as readonly T[]

/** undefined: the error is on top, or told elsewhere. */
export function refusedEntries(apiName: string, body: object, errorCode: ErrorCode): object | undefined {
  const request = body as Body
  switch (apiName) {
    case 'CreateAcls':
      return { results: entries(request.creations).map(() => ({ errorCode, errorMessage: null })) }
    case 'DeleteAcls':
      return { filterResults: entries(request.filters).map(() => ({ errorCode, errorMessage: null })) }
    case 'AlterClientQuotas':
      return {
        entries: entries(request.entries).map(({ entity }) => ({ errorCode, errorMessage: null, entity })),
      }
    case 'ElectLeaders':
      return { errorCode, replicaElectionResults: electionResults(request, errorCode) }
    case 'AlterReplicaLogDirs': {
      const topics = entries(request.dirs).flatMap(({ topics }) => entries<Topic>(topics))
      return {
        results: topics.map(({ name, partitions }) => ({
          topicName: name,
          partitions: entries<number>(partitions).map((partitionIndex) => ({ partitionIndex, errorCode })),
        })),
      }
    }
    case 'DescribeProducers':
      return { topics: producerTopics(request, errorCode) }
    default:
      return undefined
  }
}

function electionResults({ topicPartitions }: Body, errorCode: ErrorCode): object[] {
  return entries<Topic>(topicPartitions).map(({ topic, partitions }) => ({
    topic,
    partitionResult: entries<number>(partitions).map((partitionId) => {
      return { partitionId, errorCode, errorMessage: null }
    }),
  }))
}

function producerTopics({ topics }: Body, errorCode: ErrorCode): object[] {
  return entries<Topic>(topics).map(({ name, partitionIndexes }) => ({
    name,
    partitions: entries<number>(partitionIndexes).map((partitionIndex) => ({ partitionIndex, errorCode })),
  }))
}
