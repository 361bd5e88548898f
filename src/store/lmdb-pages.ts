// How LMDB lays out its file, as far as one must know it to tell whether it is whole: meta pages, branch pages, leaf pages, and where a
// value too long for a leaf is. All numbers are little-endian; page numbers beyond 2^48 are none.

const MAGIC = 0xbeefc0de
const DATA_VERSION = 2
export const HEADER_BYTES = 24
const NODE_HEADER_BYTES = 8
export const MIN_META_BYTES = 168
const MAX_DEPTH = 32

export const NO_PAGE = 2 ** 64 - 1

export interface Tree {
  readonly root: number
  readonly depth: number
  readonly entries: number
}

export interface Meta {
  readonly pageBytes: number
  readonly txnId: number
  readonly lastPage: number
  readonly free: Tree
  readonly main: Tree
}

const u64 = (bytes: Buffer, at: number) => bytes.readUInt32LE(at + 4) * 2 ** 32 + bytes.readUInt32LE(at)

/** null where there is none. */
export function readMeta(bytes: Buffer, at: number): Meta | null {
  if (at + MIN_META_BYTES > bytes.length) return null
  if (bytes.readUInt32LE(at + 24) !== MAGIC || bytes.readUInt32LE(at + 28) !== DATA_VERSION) return null
  return {
    pageBytes: bytes.readUInt32LE(at + 48),
    txnId: u64(bytes, at + 152),
    lastPage: u64(bytes, at + 144),
    free: treeAt(bytes, at + 48),
    main: treeAt(bytes, at + 96),
  }
}

function treeAt(bytes: Buffer, at: number): Tree {
  const root = u64(bytes, at + 40)
  return { root, depth: bytes.readUInt16LE(at + 6), entries: u64(bytes, at + 32) }
}

export const isTreeSane = ({ root, depth }: Tree) =>
  root >= NO_PAGE ? depth === 0 : depth > 0 && depth <= MAX_DEPTH

const BRANCH = 1
const LEAF = 2
const OVERFLOW = 4

/** Where things are in a page that has been found sound. */
export interface Node {
  readonly keyStart: number
  readonly keyEnd: number
  /** The child of a branch. */
  readonly child: number
  readonly valueBytes: number
  /** The first page of a value that is not here, and how many there are. */
  readonly overflow: { readonly first: number; readonly count: number } | null
}

/** The nodes of a page, or what is wrong with it. `isLeaf`: what the depth says it is. */
export function readNodes(page: Buffer, number: number, isLeaf: boolean): Node[] | string {
  if (u64(page, 0) !== number) return 'has another number'
  if (page.readUInt16LE(18) !== (isLeaf ? LEAF : BRANCH)) return `is not a ${isLeaf ? 'leaf' : 'branch'}`
  const lower = page.readUInt16LE(20)
  const upper = page.readUInt16LE(22)
  if (lower > upper || HEADER_BYTES + upper > page.length || lower % 2 !== 0) return 'has impossible bounds'
  const count = lower / 2
  if (count < (isLeaf ? 1 : 2)) return 'has too few nodes'
  const nodes: Node[] = []
  for (let i = 0; i < count; i++) {
    const offset = page.readUInt16LE(HEADER_BYTES + 2 * i)
    if (offset < upper) return `has node ${i} outside its bounds`
    const node = readNode(page, HEADER_BYTES + offset, isLeaf)
    if (node === null) return `has node ${i} outside the page`
    nodes.push(node)
  }
  return nodes
}

const BIG_DATA = 1
const OVERFLOW_NODE_BYTES = 24

function readNode(page: Buffer, at: number, isLeaf: boolean): Node | null {
  const keyStart = at + NODE_HEADER_BYTES
  if (keyStart > page.length) return null
  const low = page.readUInt32LE(at)
  const flags = page.readUInt16LE(at + 4)
  const keyEnd = keyStart + page.readUInt16LE(at + 6)
  if (!isLeaf) {
    const child = flags * 2 ** 32 + low
    return keyEnd > page.length ? null : { keyStart, keyEnd, child, valueBytes: 0, overflow: null }
  }
  if (flags !== 0 && flags !== BIG_DATA) return null
  const dataBytes = flags === BIG_DATA ? OVERFLOW_NODE_BYTES : low
  if (keyEnd + dataBytes > page.length) return null
  if (flags === 0) return { keyStart, keyEnd, child: 0, valueBytes: low, overflow: null }
  const overflow = { first: u64(page, keyEnd), count: u64(page, keyEnd + 16) }
  const needed = Math.ceil((HEADER_BYTES + low) / page.length)
  return overflow.count < needed ? null : { keyStart, keyEnd, child: 0, valueBytes: low, overflow }
}

/** Of the first page of a long value. */
export function isOverflowPage(page: Buffer, number: number): boolean {
  return u64(page, 0) === number && page.readUInt16LE(18) === OVERFLOW
}

/** A list of free pages: how many numbers, then each a page, nothing (0), or minus the length of a run whose first page follows. */
export function readFreeRuns(value: Buffer): { first: number; count: number }[] | null {
  const runs: { first: number; count: number }[] = []
  const length = value.length < 8 ? 0 : u64(value, 0)
  if (value.length < 8 * (length + 1)) return null
  for (let i = 1; i <= length; i++) {
    const number = Number(value.readBigInt64LE(8 * i))
    if (number > 0) runs.push({ first: number, count: 1 })
    if (number >= 0) continue
    if (++i > length) return null
    runs.push({ first: u64(value, 8 * i), count: -number })
  }
  return runs
}
