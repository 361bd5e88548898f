// What one client compresses another reads, and the other way round. The other is of another language, so that no code is shared.

import { CODECS } from '../client.js'
import type { Bench } from '../runner/bench.js'
import type { Program } from '../runner/program.js'
import { recordBytes } from '../runner/sizes.js'
import { Failed, until } from '../runner/until.js'

/** Enough that any codec makes them smaller. */
const COUNT = 300

/** Both read all of both, in one order: each producer's records are there once. */
export async function codecs(bench: Bench): Promise<string[]> {
  await bench.createTopic(1)
  const known = bench.client.codecs ?? CODECS
  const readers = [bench.join(), await bench.partner('reader', 'consume', { group: `${bench.group}-2` })]
  for (const codec of ['none', ...known]) {
    const settings = { codec, idempotent: 'true' }
    await bench.send(bench.program(`producer-${codec}`, 'produce', settings), COUNT)
    await bench.send(await bench.partner(`partner-${codec}`, 'produce', settings), COUNT)
  }
  for (const reader of readers) await readsAll(bench, reader)
  for (const reader of readers) await bench.leave(reader)
  await assertSmaller(bench, known)
  return [...known]
}

async function readsAll({ produced }: Bench, reader: Program): Promise<void> {
  const read = () => reader.all('consumed').map(({ value }) => value)
  await until(
    `${reader.name} reads all`,
    () => {
      reader.assertWell()
      return read().length >= produced.length
    },
    () => `It read ${read().length} of ${produced.length}. ${reader.lastWords()}`,
  )
  const seen = read()
  const wrong = seen.findIndex((value, i) => value !== produced[i])
  if (wrong >= 0) throw new Failed(`${reader.name} read ${seen[wrong]} where ${produced[wrong]} is`)
}

/** A codec that was not used would pass otherwise. */
async function assertSmaller({ target }: Bench, known: readonly string[]): Promise<void> {
  const requests = await target.requests()
  if (requests === null) return
  const sent = (codec: string) => recordBytes(requests, `producer-${codec}`)
  const plain = sent('none')
  for (const codec of known)
    if (sent(codec) >= plain)
      throw new Failed(
        `${COUNT} records are ${sent(codec)} bytes with ${codec}, ${plain} without: was it used?`,
      )
}
