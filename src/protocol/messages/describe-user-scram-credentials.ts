// DescribeUserScramCredentials (key 50, KIP-554): which users have passwords, without the passwords.

import { array, type Infer, int8, int16, int32, message, string } from '../schema.js'

const failure = {
  errorCode: int16('0+'),
  errorMessage: string('0+', { nullable: '0+' }),
}

export const describeUserScramCredentialsRequest = message('DescribeUserScramCredentialsRequest', '0', '0+', {
  users: array({ name: string('0+') })('0+', { nullable: '0+' }),
})

export const describeUserScramCredentialsResponse = message(
  'DescribeUserScramCredentialsResponse',
  '0',
  '0+',
  {
    throttleTimeMs: int32('0+'),
    ...failure,
    results: array({
      user: string('0+'),
      ...failure,
      credentialInfos: array({ mechanism: int8('0+'), iterations: int32('0+') })('0+'),
    })('0+'),
  },
)

export type DescribeUserScramCredentialsRequest = Infer<typeof describeUserScramCredentialsRequest>
