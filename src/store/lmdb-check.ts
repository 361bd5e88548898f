// Whether LMDB may be given a file: it trusts what its pages say, so that a torn or overwritten one ends the process instead of an error.
// Here every branch and leaf is read first: each page where it should be, used once and not free, its keys in order. What values
// say is left to their checksums.

import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import {
  HEADER_BYTES,
  isOverflowPage,
  isTreeSane,
  type Meta,
  MIN_META_BYTES,
  NO_PAGE,
  type Node,
  readFreeRuns,
  readMeta,
  readNodes,
  type Tree,
} from './lmdb-pages.js'
import type { Turns } from './turns.js'

const META_PAGES = 2
const MIN_PAGE_BYTES = 512
const MAX_PAGE_BYTES = 65536
const PAGES_BETWEEN_LOOKS = 100

const USED = 1
const FREE = 2

/** What is wrong with the file, or null. Nobody writes to it meanwhile. Throws what the system says where it cannot be read. */
export async function checkFile(path: string, turns: Turns): Promise<string | null> {
  const fd = openSync(path, 'r')
  try {
    const { size } = fstatSync(fd)
    if (size === 0) return null // begun and never written: LMDB begins again
    const meta = newestMeta(fd, size)
    if (typeof meta === 'string') return meta
    const walk = new Walk(fd, size, meta)
    return (await walk.tree(meta.free, true, turns)) ?? (await walk.tree(meta.main, false, turns))
  } finally {
    closeSync(fd)
  }
}

function newestMeta(fd: number, size: number): Meta | string {
  const bytes = Buffer.alloc(Math.min(size, MAX_PAGE_BYTES + MIN_META_BYTES))
  readSync(fd, bytes, 0, bytes.length, 0)
  const first = readMeta(bytes, 0)
  const pageBytes = first?.pageBytes ?? 0
  if (first === null || pageBytes < MIN_PAGE_BYTES || pageBytes > MAX_PAGE_BYTES) {
    return 'it does not begin as an LMDB file'
  }
  const second = readMeta(bytes, pageBytes)
  if (second === null || second.pageBytes !== pageBytes) return 'its second page is not that of an LMDB file'
  const meta = second.txnId > first.txnId ? second : first
  const isSane = isTreeSane(meta.free) && isTreeSane(meta.main) && meta.lastPage < 2 ** 32
  return isSane ? meta : 'its newest root is impossible'
}

interface Task {
  readonly number: number
  /** 1: a leaf. */
  readonly level: number
  /** Keys are not below this one, and below that one. */
  readonly low: Buffer | null
  readonly high: Buffer | null
}

class Walk {
  private readonly fd: number
  private readonly size: number
  private readonly meta: Meta
  private readonly page: Buffer
  /** Page -> USED, FREE, or not seen yet. */
  private readonly seen: Uint8Array
  private wrong: string | null = null

  constructor(fd: number, size: number, meta: Meta) {
    this.fd = fd
    this.size = size
    this.meta = meta
    this.page = Buffer.alloc(meta.pageBytes)
    this.seen = new Uint8Array(Math.min(meta.lastPage + 1, 2 * Math.ceil(size / meta.pageBytes)))
  }

  /** What is wrong with the tree, or null. Keys of the free list are numbers, those of the other bytes. */
  async tree({ root, depth, entries }: Tree, isFreeList: boolean, turns: Turns): Promise<string | null> {
    if (root >= NO_PAGE) return null
    const tasks: Task[] = [{ number: root, level: depth, low: null, high: null }]
    let found = 0
    let pages = 0
    for (let task = tasks.pop(); task !== undefined; task = tasks.pop()) {
      const children = this.visit(task, isFreeList)
      if (typeof children === 'number') found += children
      else for (let i = children.length - 1; i >= 0; i--) tasks.push(children[i] as Task)
      if (this.wrong !== null) return this.wrong
      if (++pages % PAGES_BETWEEN_LOOKS === 0 && turns.isOver) await turns.nextTurn()
    }
    return found === entries ? null : `it has ${found} entries, but its root says ${entries}`
  }

  /** The children of a branch, or how many entries a leaf has. */
  private visit(task: Task, isFreeList: boolean): Task[] | number {
    const { number, level } = task
    if (!this.claim(number, 1)) return 0
    readSync(this.fd, this.page, 0, this.page.length, number * this.meta.pageBytes)
    const nodes = readNodes(this.page, number, level === 1)
    if (typeof nodes === 'string') return this.fail(`page ${number} ${nodes}`)
    if (!isFreeList && !this.isOrdered(nodes, task))
      return this.fail(`page ${number} has its keys out of order`)
    if (level > 1) return this.children(nodes, task)
    for (const node of nodes) {
      if (node.overflow !== null) this.overflow(node.overflow)
      if (isFreeList && this.wrong === null) this.freeRuns(node)
    }
    return nodes.length
  }

  private key({ keyStart, keyEnd }: Node): Buffer {
    return this.page.subarray(keyStart, keyEnd)
  }

  private isOrdered(nodes: readonly Node[], { level, low, high }: Task): boolean {
    // The first key of a branch stands for all that is below the second.
    const keys = (level === 1 ? nodes : nodes.slice(1)).map((node) => this.key(node))
    return keys.every((key, i) => {
      const before = i > 0 ? (keys[i - 1] as Buffer) : null
      return (
        (before === null || before.compare(key) < 0) &&
        (low === null || low.compare(key) <= 0) &&
        (high === null || key.compare(high) < 0)
      )
    })
  }

  private children(nodes: readonly Node[], { level, low, high }: Task): Task[] {
    const keys = nodes.map((node) => Buffer.from(this.key(node)))
    return nodes.map(({ child }, i) => ({
      number: child,
      level: level - 1,
      low: i === 0 ? low : (keys[i] as Buffer),
      high: keys[i + 1] ?? high,
    }))
  }

  private overflow({ first, count }: { first: number; count: number }): void {
    if (!this.claim(first, count)) return
    const header = Buffer.alloc(HEADER_BYTES)
    readSync(this.fd, header, 0, header.length, first * this.meta.pageBytes)
    if (!isOverflowPage(header, first)) this.fail(`page ${first} is not that of a long value`)
  }

  private freeRuns({ keyEnd, valueBytes, overflow }: Node): void {
    let value = this.page.subarray(keyEnd, keyEnd + valueBytes)
    if (overflow !== null) {
      value = Buffer.alloc(valueBytes)
      readSync(this.fd, value, 0, valueBytes, overflow.first * this.meta.pageBytes + HEADER_BYTES)
    }
    const runs = readFreeRuns(value)
    if (runs === null) this.fail('a list of free pages is cut off')
    for (const { first, count } of runs ?? []) {
      if (!this.isPage(first, count)) this.fail(`page ${first} is free, but none of its pages`)
      else if (this.seen.subarray(first, first + count).includes(USED))
        this.fail(`page ${first} is in use and free`)
      else this.seen.fill(FREE, first, first + count)
    }
  }

  private isPage(first: number, count: number): boolean {
    return first >= META_PAGES && count >= 1 && first + count <= this.meta.lastPage + 1
  }

  private claim(first: number, count: number): boolean {
    const end = first + count
    const seen = this.seen.subarray(first, end)
    if (!this.isPage(first, count)) this.fail(`page ${first} is none of its pages`)
    else if (end * this.meta.pageBytes > this.size)
      this.fail(`page ${end - 1} is missing: the file is cut off`)
    else if (seen.includes(USED)) this.fail(`page ${first} is in use twice`)
    else if (seen.includes(FREE)) this.fail(`page ${first} is in use and free`)
    else seen.fill(USED)
    return this.wrong === null
  }

  private fail(wrong: string): 0 {
    this.wrong ??= wrong
    return 0
  }
}
