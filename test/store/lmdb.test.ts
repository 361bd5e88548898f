// The store in a directory: the contract in each mode, and what a process that comes after finds.

import { afterEach, describe, expect, it } from 'vitest'
import { openLmdbStore } from '../../src/store/lmdb.js'
import { DURABILITIES } from '../../src/store/store.js'
import { read, storeContract } from './contract.js'
import { directories } from './directories.js'

const { directory, clear } = directories()
afterEach(clear)

for (const durability of DURABILITIES) {
  storeContract(`the LMDB store, ${durability},`, () => openLmdbStore({ dir: directory(), durability }))
}

describe.each(DURABILITIES)('a directory written with durability %s', (durability) => {
  it('is read by who opens it next', async () => {
    const dir = directory()
    const first = await openLmdbStore({ dir, durability })
    await first.append('a', [{ key: 'x', value: 1 }])
    await first.append('b', [{ key: 'y', value: { z: [null, 'é'] } }])
    await first.close()
    const second = await openLmdbStore({ dir, durability })
    expect(await read(second, 'a')).toEqual([{ key: 'x', value: 1 }])
    expect(await read(second, 'b')).toEqual([{ key: 'y', value: { z: [null, 'é'] } }])
    await second.append('c', [{ key: 'x', value: 2 }])
    expect(await read(second, 'a')).toEqual([{ key: 'x', value: 1 }])
    await second.close()
  })
})
