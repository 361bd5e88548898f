// Whole frames: a size, a header, a message. Decoding a request happens in two halves because what follows the header
// depends on what is handled; encoding appends to a Writer that many frames may share.

import { type Api, apiByKey, requestHeaderVersion, responseHeaderVersion } from './apis.js'
import { type Codec, codec } from './compile.js'
import { ProtocolError } from './errors.js'
import { requestHeader, responseHeader } from './header.js'
import {
  API_KEY_OFFSET,
  API_VERSION_OFFSET,
  CORRELATION_ID_OFFSET,
  FRAME_PREFIX_BYTES,
  REQUEST_PREFIX_BYTES,
} from './layouts.js'
import type { Draft, Infer } from './schema.js'
import { includes } from './versions.js'
import { Reader, Writer } from './wire.js'

const CORRELATION_ID_BYTES = 4

/** How requests of one version of an API and their answers stand on the wire. */
interface Form {
  readonly requestHeader: Codec<Infer<typeof requestHeader>>
  readonly request: Codec<object>
  readonly responseHeader: Codec<Infer<typeof responseHeader>>
  readonly response: Codec<object>
}

/** By API key and version: looked up on every request. */
const forms: (Form | undefined)[][] = []

/** RangeError for a version that never shipped. */
function formOf(api: Api, apiVersion: number): Form {
  return forms[api.key]?.[apiVersion] ?? newForm(api, apiVersion)
}

function newForm(api: Api, apiVersion: number): Form {
  const form: Form = {
    requestHeader: codec(requestHeader, requestHeaderVersion(api, apiVersion)),
    request: codec(api.request, apiVersion) as Codec<object>,
    responseHeader: codec(responseHeader, responseHeaderVersion(api, apiVersion)),
    response: codec(api.response, apiVersion) as Codec<object>,
  }
  forms[api.key] ??= []
  ;(forms[api.key] as Form[])[apiVersion] = form
  return form
}

/** The first eight bytes of a request: enough to know what it is, before anything else is believed. */
export interface RequestPrefix {
  readonly apiKey: number
  readonly apiVersion: number
  readonly correlationId: number
}

/** Of the frame from `start` to `end`, which begins behind its size. Throws ProtocolError when it is shorter than the prefix. */
export function readRequestPrefix(bytes: Buffer, start = 0, end = bytes.length): RequestPrefix {
  if (end - start < REQUEST_PREFIX_BYTES) {
    throw new ProtocolError(`request of ${end - start} bytes; a header has at least ${REQUEST_PREFIX_BYTES}`)
  }
  return {
    apiKey: bytes.readInt16BE(start + API_KEY_OFFSET),
    apiVersion: bytes.readInt16BE(start + API_VERSION_OFFSET),
    correlationId: bytes.readInt32BE(start + CORRELATION_ID_OFFSET),
  }
}

/** Of a request in any version, also one that never shipped. Throws ProtocolError. */
export function readClientId(
  api: Api,
  apiVersion: number,
  bytes: Buffer,
  start: number,
  end: number,
): string | null {
  const header = codec(requestHeader, requestHeaderVersion(api, apiVersion))
  return header.read(new Reader(bytes, start, end)).clientId
}

/** What of a request is behind its prefix. */
export interface ReadRequest {
  readonly clientId: string | null
  readonly body: object
  /** Parts of the body are views of the frame. */
  readonly isView: boolean
}

/**
 * Of the frame from `start` to `end`, which begins behind its size. Values may be views of it, or of a copy where its memory is
 * lent. Throws ProtocolError.
 */
export function readRequest(
  api: Api,
  apiVersion: number,
  bytes: Buffer,
  start = 0,
  end = bytes.length,
  isLent = false,
): ReadRequest {
  const form = formOf(api, apiVersion)
  const isView = form.request.readsViews
  const reader =
    isLent && isView ? new Reader(Buffer.from(bytes.subarray(start, end))) : new Reader(bytes, start, end)
  const { clientId } = form.requestHeader.read(reader)
  return { clientId, body: form.request.read(reader), isView }
}

/** Appends one response frame; `length` of it is its place in the writer. Nothing is left behind on an error. */
export function writeResponse(
  writer: Writer,
  api: Api,
  apiVersion: number,
  correlationId: number,
  body: object,
): void {
  const start = writer.length
  writer.int32(0)
  try {
    const form = formOf(api, apiVersion)
    form.responseHeader.write(writer, { correlationId })
    form.response.write(writer, body)
  } catch (error) {
    writer.truncate(start)
    throw error
  }
  writer.int32At(start, writer.length - start - FRAME_PREFIX_BYTES)
}

/** A frame with whatever content: what a broken broker would send. */
export function writeRaw(writer: Writer, correlationId: number, content: Buffer): void {
  writer.int32(CORRELATION_ID_BYTES + content.length)
  writer.int32(correlationId)
  writer.bytes(content)
}

/** A whole request frame. Throws RangeError for a value that its field cannot hold. */
export function encodeRequest<A extends Api>(
  api: A,
  apiVersion: number,
  correlationId: number,
  clientId: string | null,
  body: Draft<Infer<A['request']>>,
): Buffer {
  const writer = new Writer()
  writer.int32(0)
  const form = formOf(api, apiVersion)
  form.requestHeader.write(writer, {
    requestApiKey: api.key,
    requestApiVersion: apiVersion,
    correlationId,
    clientId,
  })
  form.request.write(writer, body)
  writer.int32At(0, writer.length - FRAME_PREFIX_BYTES)
  return writer.take()
}

/** `frame` begins behind the size. Throws ProtocolError. */
export function decodeResponse<A extends Api>(
  api: A,
  apiVersion: number,
  frame: Buffer,
): { correlationId: number; body: Infer<A['response']> } {
  const reader = new Reader(frame)
  const form = formOf(api, apiVersion)
  const { correlationId } = form.responseHeader.read(reader)
  return { correlationId, body: form.response.read(reader) as Infer<A['response']> }
}

/** `frame` begins behind the size. Throws ProtocolError, also for an API or version that is not known here. */
export function decodeRequest(
  frame: Buffer,
): RequestPrefix & { api: Api; clientId: string | null; body: object } {
  const { apiKey, apiVersion, correlationId } = readRequestPrefix(frame)
  const api = apiByKey(apiKey)
  if (api === undefined) throw new ProtocolError(`API key ${apiKey} is not known`)
  if (!includes(api.request.versions, apiVersion)) {
    throw new ProtocolError(`${api.name} has versions ${api.request.versions}, not ${apiVersion}`)
  }
  const { clientId, body } = readRequest(api, apiVersion, frame)
  return { apiKey, apiVersion, correlationId, api, clientId, body }
}
