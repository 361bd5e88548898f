// Which assignors take all partitions from everybody at each rebalance (KIP-429 has the other kind). One that nobody here
// knows counts as neither.

const EAGER = ['range', 'roundrobin', 'sticky', 'RoundRobinAssigner']

export const isEager = (assignor: string): boolean => EAGER.includes(assignor)
