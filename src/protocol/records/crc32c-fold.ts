// Makes long bytes short without changing their CRC-32C, sixteen bytes at a time: what the tables of crc32c.ts then have to walk
// over is the last part. The polynomial of CRC-32C divides F(x) = x^209 + x^144 + x^54 + x^39 + x^14 + 1, the sparsest there is of that
// degree, so it divides F(x)^128, which over GF(2) is F(x^128): any block of 128 bits may be added (xor) to those 65, 155, 170, 195
// and 209 blocks behind it, and be forgotten. Three hundred bytes of WebAssembly do it, because JavaScript has no 128-bit numbers.

const DISTANCES = [65, 155, 170, 195, 209] as const
const [NEAREST] = DISTANCES
const FARTHEST = 209
const BLOCK_BYTES = 16
/** Blocks of zeros in front of the bytes: the first ones have nothing to take from. */
const LEAD_BYTES = FARTHEST * BLOCK_BYTES
const PAGES = 4
const BLOCKS_PER_TURN = 4

/** Shorter ones are hardly worth the turn; below 6 KiB what is left over would take from the lead. */
export const FOLD_FROM_BYTES = 8 * 1024
/** Longer ones go piece by piece. */
export const FOLD_MAX_BYTES = PAGES * 65_536 - LEAD_BYTES

/**
 * Of FOLD_FROM_BYTES to FOLD_MAX_BYTES: what has the same CRC, begun with 0, as they have, begun with `crc`. Valid until called
 * again.
 */
export type Fold = (crc: number, bytes: Uint8Array, start: number, end: number) => Uint8Array

interface Exports {
  readonly memory: { readonly buffer: ArrayBuffer }
  // All are bytes; `from` and `to` count from the end of the lead.
  /** Each block from `from` to `to` takes what was moved there from all that stand before it. */
  readonly fold: (from: number, to: number) => void
  /** Each block from `from` to `to` takes what was moved there from the one that stands `distance` before it. */
  readonly add: (from: number, to: number, distance: number) => void
}

/** The little that is used of it: Node's types leave it to those of the browser. */
interface Wasm {
  readonly Module: new (bytes: Uint8Array) => object
  readonly Instance: new (module: object) => { readonly exports: unknown }
}

/** null where there is no WebAssembly, or no memory for it (--jitless, a limit of addresses). */
export function makeFold(): Fold | null {
  try {
    const { WebAssembly } = globalThis as unknown as { WebAssembly: Wasm }
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(moduleBytes()))
    return foldWith(exports as Exports)
  } catch {
    return null
  }
}

function foldWith({ memory, fold, add }: Exports): Fold {
  const room = new Uint8Array(memory.buffer)
  const firstWord = new Int32Array(memory.buffer, LEAD_BYTES, 1)
  return (crc, bytes, start, end) => {
    room.set(bytes.subarray(start, end), LEAD_BYTES)
    firstWord[0] = (firstWord[0] as number) ^ crc
    const sizeBytes = end - start
    const blocks = Math.floor(sizeBytes / BLOCK_BYTES)
    /** So many blocks are forgotten, and what follows them takes from them alone. */
    const moved = blocks - FARTHEST
    const even = moved + NEAREST - ((moved + NEAREST) % BLOCKS_PER_TURN)
    fold(0, even * BLOCK_BYTES)
    for (const distance of DISTANCES) {
      const to = moved + distance
      if (even < to) add(even * BLOCK_BYTES, to * BLOCK_BYTES, distance * BLOCK_BYTES)
    }
    return room.subarray(LEAD_BYTES + moved * BLOCK_BYTES, LEAD_BYTES + sizeBytes)
  }
}

// The module, after the WebAssembly core specification with vector instructions (2.0).

const [I32, VOID] = [0x7f, 0x40]
const [TYPES, FUNCTIONS, MEMORIES, EXPORTS, CODE] = [1, 3, 5, 7, 10]
const [AS_FUNCTION, AS_MEMORY] = [0x00, 0x02]
const [LOOP, END, BR_IF] = [0x03, 0x0b, 0x0d]
const [LOCAL_GET, LOCAL_TEE, I32_CONST, I32_LT_U, I32_ADD, I32_SUB] = [0x20, 0x22, 0x41, 0x49, 0x6a, 0x6b]
const VECTOR = 0xfd
const [V128_LOAD, V128_STORE, V128_XOR] = [0x00, 0x0b, 0x51]
const ALIGNED_16 = 4
const [FROM, TO, DISTANCE] = [0, 1, 2]
const AT_FROM = [LOCAL_GET, FROM]

/** `do { each block of a turn ^= those DISTANCES before it } while ((from += a turn) < to)` */
function foldCode(): number[] {
  const turn: number[] = []
  for (let i = 0; i < BLOCKS_PER_TURN; i++) {
    const at = LEAD_BYTES + i * BLOCK_BYTES
    turn.push(...AT_FROM, ...AT_FROM, ...load(at))
    for (const distance of DISTANCES) {
      turn.push(...AT_FROM, ...load(at - distance * BLOCK_BYTES), VECTOR, V128_XOR)
    }
    turn.push(...store(at))
  }
  return loop(turn, BLOCKS_PER_TURN)
}

/** `do { block ^= the one that is `distance` before it } while ((from += a block) < to)` */
function addCode(): number[] {
  const atOther = [...AT_FROM, LOCAL_GET, DISTANCE, I32_SUB]
  const sum = [...AT_FROM, ...load(LEAD_BYTES), ...atOther, ...load(LEAD_BYTES), VECTOR, V128_XOR]
  return loop([...AT_FROM, ...sum, ...store(LEAD_BYTES)], 1)
}

function moduleBytes(): Uint8Array {
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    ...section(TYPES, [2, ...[0x60, 2, I32, I32, 0], ...[0x60, 3, I32, I32, I32, 0]]),
    ...section(FUNCTIONS, [2, 0, 1]),
    ...section(MEMORIES, [1, 0, PAGES]),
    ...section(EXPORTS, [
      ...[3, ...named('memory'), AS_MEMORY, 0],
      ...[...named('fold'), AS_FUNCTION, 0, ...named('add'), AS_FUNCTION, 1],
    ]),
    ...section(CODE, [2, ...body(foldCode()), ...body(addCode())]),
  ])
}

const load = (offset: number) => [VECTOR, V128_LOAD, ALIGNED_16, ...leb(offset)]
const store = (offset: number) => [VECTOR, V128_STORE, ALIGNED_16, ...leb(offset)]
const body = (code: readonly number[]) => [...leb(code.length + 2), 0, ...code, END]

function loop(turn: readonly number[], blocks: number): number[] {
  const next = [...AT_FROM, I32_CONST, ...signedLeb(blocks * BLOCK_BYTES), I32_ADD, LOCAL_TEE, FROM]
  return [LOOP, VOID, ...turn, ...next, LOCAL_GET, TO, I32_LT_U, BR_IF, 0, END]
}

const section = (id: number, content: readonly number[]) => [id, ...leb(content.length), ...content]
const named = (name: string) => [name.length, ...Buffer.from(name)]

function leb(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...leb(value >>> 7)]
}

/** Of what is not negative: the topmost bit would be its sign. */
function signedLeb(value: number): number[] {
  return value < 0x40 ? [value] : [(value & 0x7f) | 0x80, ...signedLeb(value >>> 7)]
}
