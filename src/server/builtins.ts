// Modules of Node that a broker does without until the first request for what they do. They cost milliseconds at the start, and
// ES modules have no other way to load one in the midst of a function.

export const crypto = () => process.getBuiltinModule('node:crypto')
export const http = () => process.getBuiltinModule('node:http')
export const zlib = () => process.getBuiltinModule('node:zlib')
