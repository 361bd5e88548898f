// The small copy of Kafka's own bytes: proves the codecs on a machine that has nothing else.

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import type { ApiName } from '../../src/protocol/api-names.js'
import { Apis } from '../../src/protocol/apis.js'
import { RECORD_TYPES } from '../../src/protocol/embedded/coordinator-records.js'
import { parseVersions } from '../../src/protocol/versions.js'
import { checkLine } from '../vectors/check.js'

const folder = join(import.meta.dirname, '../vectors/sample')
const lines = readdirSync(folder)
  .filter((name) => name.endsWith('.jsonl.gz'))
  .flatMap((name) =>
    gunzipSync(readFileSync(join(folder, name)))
      .toString()
      .trim()
      .split('\n'),
  )

describe('bytes made by Kafka', () => {
  it('decode to what they say and encode to the same bytes', () => {
    const wrong = lines.map(checkLine).filter(({ verdict }) => verdict !== 'checked')
    expect(wrong).toEqual([])
  })

  it('cover every version of every message', () => {
    const covered = new Set(
      lines.map((line) => {
        const { api, type, version } = JSON.parse(line) as { api: string; type: string; version: number }
        return `${api} ${type} v${version}`
      }),
    )
    const names = Object.keys(Apis) as ApiName[]
    const missing = names.flatMap((name) =>
      (['request', 'response'] as const).flatMap((type) => {
        const { first, last } = parseVersions(Apis[name][type].versions)
        const versions = Array.from({ length: last - first + 1 }, (_, i) => first + i)
        return versions.map((version) => `${name} ${type} v${version}`).filter((key) => !covered.has(key))
      }),
    )
    expect(missing).toEqual([])
  })

  it('cover every version of every record of __consumer_offsets', () => {
    const covered = new Set(
      lines.map((line) => {
        const { api, version } = JSON.parse(line) as { api: string; version: number }
        return `${api} v${version}`
      }),
    )
    const missing = RECORD_TYPES.flatMap(({ key, value }) => [key, value]).flatMap(({ name, versions }) => {
      const { first, last } = parseVersions(versions)
      const all = Array.from({ length: last - first + 1 }, (_, i) => `${name} v${first + i}`)
      return all.filter((each) => !covered.has(each))
    })
    expect(missing).toEqual([])
  })

  it('have unknown tagged fields, which are found where Kafka put them', () => {
    const tagged = lines.filter((line) => line.includes('"unknownTaggedFields"'))
    expect(tagged.length).toBeGreaterThan(40)
    const moved = (tagged[0] as string).replace(/("unknownTaggedFields":\[\{"path":")/, '$1/elsewhere')
    expect(checkLine(moved)).toMatchObject({ verdict: 'mismatch' })
  })

  it('are refused when a byte of a record batch is changed', () => {
    const batch = JSON.parse(lines.find((line) => line.includes('"none-plain"')) as string) as { hex: string }
    const flipped = JSON.stringify({ ...batch, hex: `${batch.hex.slice(0, -2)}01` })
    expect(checkLine(flipped)).toMatchObject({ verdict: 'mismatch' })
  })
})
