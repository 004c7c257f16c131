// How values are written for people.

const encoder = new TextEncoder()
const decoder = new TextDecoder()

/** Text that is cut by byte offsets of its UTF-8, as the spans of a plan are. */
export class ByteText {
  constructor(text) { this.bytes = encoder.encode(text) }
  get length() { return this.bytes.length }
  slice(start, end) { return decoder.decode(this.bytes.subarray(start, end)) }
}

/** `-0.4` as `−0.40`, `0.4` as `+0.40`. */
export const signed = value => (value < 0 ? '−' : '+') + Math.abs(value).toFixed(2)

export const percent = value => `${Math.round(value * 100)} %`

/** Seconds as `3:07` or `1:02:07`. */
export function clock(seconds) {
  if (!Number.isFinite(seconds)) return '0:00'
  const whole = Math.floor(seconds), pad = n => String(n).padStart(2, '0')
  const hours = Math.floor(whole / 3600), minutes = Math.floor(whole / 60) % 60
  return hours ? `${hours}:${pad(minutes)}:${pad(whole % 60)}` : `${minutes}:${pad(whole % 60)}`
}

export const count = (n, one, many = one + 's') => `${n.toLocaleString('en')} ${n === 1 ? one : many}`

/** Low and high of a filter, either may be open. */
export function range({ low, high }, write = String) {
  if (low === undefined || low === null) return `up to ${write(high)}`
  if (high === undefined || high === null) return `from ${write(low)}`
  return low === high ? write(low) : `${write(low)}–${write(high)}`
}

export const titleOf = track => track.title || track.file?.split('/').pop() || track.id

export const facetOf = descriptor => descriptor.slice(0, descriptor.indexOf(':'))

const labels = new Map()

/** Labels come with the facets of every answer and with the vocabulary; until then a slug reads nearly as well. */
export function learnLabels(entries) { for (const { descriptor, label } of entries) labels.set(descriptor, label) }

export const labelOf = descriptor =>
  labels.get(descriptor) ?? descriptor.slice(descriptor.indexOf(':') + 1).replaceAll('-', ' ')
