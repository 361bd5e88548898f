import { expect, it } from 'vitest'
import { MemoryStore } from '../../src/store/memory.js'
import { storeContract } from './contract.js'

storeContract('the memory store', async () => new MemoryStore())

it('the memory store is durable on return', () => {
  expect(new MemoryStore().append('a', [{ key: 'x', value: 1 }])).toBeUndefined()
})
