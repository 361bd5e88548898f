// Request and response headers. Request header v0 (without client id) belonged to ControlledShutdown alone; v2 and
// response header v1 add tagged fields to flexible requests. The client id never became compact.

import { type Infer, int16, int32, message, string } from './schema.js'

export const requestHeader = message('RequestHeader', '0-2', '2+', {
  requestApiKey: int16('0+'),
  requestApiVersion: int16('0+'),
  correlationId: int32('0+'),
  clientId: string('1+', { nullable: '1+', flexible: 'none' }),
})

export const responseHeader = message('ResponseHeader', '0-1', '1+', {
  correlationId: int32('0+'),
})

export type RequestHeader = Infer<typeof requestHeader>
export type ResponseHeader = Infer<typeof responseHeader>
