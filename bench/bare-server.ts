// The bare server as TypeScript: what tsx itself costs at start.

import './bare-server.mjs'
