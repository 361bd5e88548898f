// The property tests always with the same random values: who measures again sees the same.

import { mergeConfig } from 'vitest/config'
import base from '../../vitest.config.js'

export default mergeConfig(base, { test: { setupFiles: ['./test/defects/fixed-seed.ts'] } })
