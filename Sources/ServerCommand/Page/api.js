// The service's HTTP interface, as far as the page needs it.

/** What the service refuses, in its own words. */
export class RequestError extends Error {}

const view = { facets: true, limit: 20 }

/** By `text`, `state` or `plan`; with a `cursor` the page after it. */
export const search = (request, signal) => post('/v1/search', { ...view, ...request }, signal)

/** One turn on from a state, by a `critique` in words or by typed `critiques`. */
export const refine = (request, signal) => post('/v1/refine', { ...view, ...request }, signal)

export const library = () => call('/v1/library')

/** The whole vocabulary: it is small enough to be completed from without asking again. */
export const descriptors = () => call('/v1/descriptors?limit=10000').then(reply => reply.descriptors)

export const playlist = (state, format) => `/v1/playlists?${new URLSearchParams({ state, format })}`

const post = (path, body, signal) =>
  call(path, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body), signal })

async function call(path, options) {
  let response
  try {
    response = await fetch(path, options)
  } catch (error) {
    if (error.name === 'AbortError') throw error
    throw new RequestError('The server does not answer. Is it still running?')
  }
  const reply = await response.json().catch(error => {
    if (error.name === 'AbortError') throw error
    return {}
  })
  if (!response.ok) throw new RequestError(reply.error?.message ?? `The server answered ${response.status}.`)
  return reply
}
