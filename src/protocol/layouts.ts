// What is fixed in size, described with buffer-layout: the size in front of a frame and the first fields of both
// headers. The hot path reads through numbers taken from here, and only numbers are exported: buffer-layout brings no
// types, so none of it may reach our emitted declarations. The record batch header is records/header.ts.

import bufferLayout from 'buffer-layout'

const { s16be, s32be, struct } = bufferLayout

/** In front of every request and response: how many bytes follow. */
const FRAME_PREFIX = struct<{ sizeBytes: number }>([s32be('sizeBytes')])

/** What every request begins with; client id and tagged fields vary in size. */
const REQUEST_HEADER = struct<{ apiKey: number; apiVersion: number; correlationId: number }>([
  s16be('apiKey'),
  s16be('apiVersion'),
  s32be('correlationId'),
])

export const FRAME_PREFIX_BYTES = FRAME_PREFIX.span
export const REQUEST_PREFIX_BYTES = REQUEST_HEADER.span
export const API_KEY_OFFSET = REQUEST_HEADER.offsetOf('apiKey') as number
export const API_VERSION_OFFSET = REQUEST_HEADER.offsetOf('apiVersion') as number
export const CORRELATION_ID_OFFSET = REQUEST_HEADER.offsetOf('correlationId') as number
