// Who has had which partition, from when on, as members say it themselves: an assignment is had from the answer to SyncGroup
// on, and given up when its member asks to join again without naming it, or is removed.

export interface Tenure {
  /** The member's letter; null: nobody. */
  readonly owner: string | null
  readonly fromMs: number
}

export interface Moved {
  readonly partition: string
  readonly from: string | null
  readonly to: string
  readonly atMs: number
  /** How long nobody had it. */
  readonly idleMs: number
}

export interface Owned {
  /** topic-partition -> who, oldest first. */
  readonly partitions: Map<string, Tenure[]>
  /** The newest last. */
  moves: Moved[]
}

const MAX_TENURES = 500
const MAX_MOVES = 500

export function ownerOf({ partitions }: Owned, name: string): string | null {
  return partitions.get(name)?.at(-1)?.owner ?? null
}

export function acquire(owned: Owned, name: string, owner: string, atMs: number): void {
  const tenures = owned.partitions.get(name) ?? []
  owned.partitions.set(name, tenures)
  const last = tenures.at(-1)
  if (last?.owner === owner) return
  const before = last?.owner === null ? tenures.at(-2)?.owner : last?.owner
  if (last !== undefined) {
    const idleMs = last.owner === null ? Math.max(atMs - last.fromMs, 0) : 0
    owned.moves.push({ partition: name, from: before ?? null, to: owner, atMs, idleMs })
    if (owned.moves.length > MAX_MOVES) owned.moves.shift()
  }
  push(tenures, { owner, fromMs: atMs })
}

/** Only from this owner. */
function release(owned: Owned, name: string, owner: string, atMs: number): void {
  const tenures = owned.partitions.get(name)
  const last = tenures?.at(-1)
  if (tenures !== undefined && last?.owner === owner)
    push(tenures, { owner: null, fromMs: Math.max(atMs, last.fromMs) })
}

/** Whatever else it has it gives up. */
export function settle(owned: Owned, owner: string, keeps: readonly string[], atMs: number): void {
  const kept = new Set(keeps)
  for (const name of owned.partitions.keys()) if (!kept.has(name)) release(owned, name, owner, atMs)
}

function push(tenures: Tenure[], tenure: Tenure): void {
  tenures.push(tenure)
  if (tenures.length > MAX_TENURES) tenures.shift()
}
