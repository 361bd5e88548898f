// The least a server can do: split frames, copy the correlation id, answer every request with the bytes of a successful
// Heartbeat v4, one write per chunk. What Cohort is measured beside.

import { createServer } from 'node:net'

const ANSWER_BYTES = 4 + 4 + 1 + 4 + 2 + 1

const server = createServer({ noDelay: true }, (socket) => {
  let rest = Buffer.alloc(0)
  socket.on('data', (chunk) => {
    let input = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    const answers = []
    while (input.length >= 4 && input.length >= 4 + input.readInt32BE()) {
      const answer = Buffer.alloc(ANSWER_BYTES)
      answer.writeInt32BE(ANSWER_BYTES - 4)
      answer.writeInt32BE(input.readInt32BE(8), 4)
      answers.push(answer)
      input = input.subarray(4 + input.readInt32BE())
    }
    rest = input
    if (answers.length > 0) socket.write(answers.length === 1 ? answers[0] : Buffer.concat(answers))
  })
  socket.on('error', () => {})
})

server.listen(Number(process.argv[2]), '127.0.0.1')
