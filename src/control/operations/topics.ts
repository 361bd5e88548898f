// Topics and records.

import { list, name, optional, readFields, record, whole } from '../../testkit/fields.js'
import { fromHeaders } from '../../testkit/fixture-bytes.js'
import { partitionCount } from '../../testkit/fixtures.js'
import { messageShape, toMessage } from '../../testkit/messages.js'
import { operation } from '../operation.js'

export const topicOperations = [
  operation({
    name: 'topics',
    method: 'GET',
    path: '/topics',
    summary: 'The topics, with their number of partitions.',
    fields: {},
    run: ({ cohort }) => cohort.topics(),
  }),
  operation({
    name: 'create-topic',
    method: 'POST',
    path: '/topics',
    summary: 'Creates a topic.',
    status: 201,
    fields: { topic: name, partitions: optional(partitionCount) },
    run: ({ cohort }, { topic, partitions }) => cohort.createTopic(topic, partitions),
  }),
  operation({
    name: 'grow-topic',
    method: 'PUT',
    path: '/topics/{topic}',
    summary: 'Gives a topic more partitions: so many in all.',
    fields: { partitions: partitionCount },
    run: ({ cohort }, { topic, partitions }) => cohort.growTopic(topic, partitions),
  }),
  operation({
    name: 'delete-topic',
    method: 'DELETE',
    path: '/topics/{topic}',
    summary: 'Deletes a topic, with its records and what is committed of it.',
    fields: {},
    run: ({ cohort }, { topic }) => cohort.deleteTopic(topic),
  }),
  operation({
    name: 'produce',
    method: 'POST',
    path: '/topics/{topic}/records',
    summary: 'Appends records; answers where each went.',
    status: 201,
    fields: { messages: list(record('an object with value, and maybe key, partition, headers, timestamp')) },
    run: ({ cohort }, { topic, messages }) => {
      const read = messages.map((message, i) => readFields(messageShape, message, `messages[${i}]`))
      return cohort.produce(topic, read.map(toMessage))
    },
  }),
  operation({
    name: 'records',
    method: 'GET',
    path: '/topics/{topic}/records',
    summary: 'The records of a topic, or of one partition.',
    fields: { partition: optional(whole(0)) },
    run: async ({ cohort }, { topic, partition }) => {
      const records = await cohort.records(topic, partition === undefined ? {} : { partition })
      return records.map(({ partition, offset, timestampMs, key, value, headers }) => ({
        ...{ partition, offset, timestamp: timestampMs, key, value },
        headers: fromHeaders(headers),
      }))
    },
  }),
]
