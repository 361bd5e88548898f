// Authorized operations as bit fields (KIP-430): without an authorizer everybody may do everything.

/** READ, WRITE, CREATE, DELETE, ALTER, DESCRIBE, DESCRIBE_CONFIGS, ALTER_CONFIGS of a topic, as Kafka counts them. */
export const ALL_TOPIC_OPERATIONS = 3576
export const ALL_CLUSTER_OPERATIONS = 8096
export const OPERATIONS_NOT_ASKED_FOR = -2147483648
