// Chance, given to a machine when it is made: random in the server, counted in tests.

/** All chance there is. Random in the server, a seeded counter in tests. */
export interface IdSource {
  /** RFC 4122 text form, 36 characters: the tail of a member id. */
  memberUuid(): string
  /** 22 characters of URL-safe base64, never the zero uuid and never starting with '-'. */
  topicId(): string
}
