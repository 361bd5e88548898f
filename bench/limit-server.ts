// The limit server as TypeScript: what tsx itself costs at start.

import './limit-server.mjs'
