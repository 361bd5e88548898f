// What kind of cause began a rebalance, from Kafka's reason strings: few enough to count by.

const KINDS: readonly (readonly [RegExp, string])[] = [
  [/^Adding new member /, 'member-joined'],
  [/^explicit `LeaveGroup` request/, 'member-left'],
  [/on heartbeat expiration/, 'session-expired'],
  [/on pending sync request expiration/, 'sync-timeout'],
  [/^Leader .* re-joining group/, 'leader-rejoined'],
  [/^Updating metadata for static member|^Group's selectedProtocol will change/, 'static-member-replaced'],
  [/^Updating metadata for member/, 'member-rejoined'],
  [/^Freshly-loaded group .* is over capacity/, 'over-capacity'],
]

export const CAUSE_KINDS: readonly string[] = [...KINDS.map(([, kind]) => kind), 'other']

export function causeKind(cause: string | null): string {
  return KINDS.find(([pattern]) => pattern.test(cause ?? ''))?.[1] ?? 'other'
}
