// A topic with three partitions that the suite makes for itself: offsets are committed for it.

export const TOPIC = 'conformance-topic'
