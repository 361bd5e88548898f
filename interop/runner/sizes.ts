// How large what a producer sent was: the test kit keeps sizes of records, not the records.

import type { Request } from './target.js'

interface Produce {
  readonly topicData: readonly { readonly partitionData: readonly { readonly records: string }[] }[]
}

export function recordBytes(requests: readonly Request[], clientId: string): number {
  const own = requests.filter((each) => each.api === 'Produce' && each.clientId === clientId)
  const parts = own
    .flatMap(({ body }) => (body as Produce).topicData)
    .flatMap(({ partitionData }) => partitionData)
  return parts.reduce((sum, { records }) => sum + Number.parseInt(records, 10), 0)
}
