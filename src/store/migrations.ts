// From each older format to the next. A directory is migrated in one commit, so it is of one format or of the other.

import { OWN, storedKey, storedValue } from './layout.js'
import { commit, type Env, type Write } from './lmdb-env.js'
import { FORMAT, formatEntry, readFormat } from './own-entries.js'
import { StoreError } from './store-error.js'

/** Format -> what makes the next of it. */
const MIGRATIONS: ReadonlyMap<number, (env: Env) => Write[]> = new Map([
  [0, addChecksums],
  [1, () => []], // had no write-ahead log
])

/** A new directory gets the present format. Resolves to the format that was found; throws StoreError for a newer one. */
export async function migrate(env: Env, dir: string): Promise<number | null> {
  const found = readFormat(env, dir)
  if (found === null) await commit(env, [formatEntry()])
  if (found === null || found === FORMAT) return found
  if (found > FORMAT) {
    throw new StoreError(
      `data directory ${dir}: it has format ${found}, written by a newer Cohort; this one knows formats up to ${FORMAT} and leaves it as it is`,
    )
  }
  for (let format = found; format < FORMAT; format++) {
    const writes = MIGRATIONS.get(format)?.(env)
    if (writes === undefined) throw new StoreError(`data directory ${dir}: nothing migrates format ${format}`)
    await commit(env, [...writes, formatEntry()])
  }
  return found
}

/** Format 0 had the value where a checksum is now. It never had keys so long that they are hashed. */
function addChecksums(env: Env): Write[] {
  const writes: Write[] = []
  for (const { key, value } of env.getRange({ start: storedKey(OWN, Buffer.alloc(0)) })) {
    writes.push({ key, value: storedValue(key, key.subarray(3), value) })
  }
  return writes
}
