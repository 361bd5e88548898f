// npm run conformance -- --brokers host:port [options] [prefix...]; --help shows the options.

import { conform } from './main.js'

process.exitCode = await conform(process.argv.slice(2))
