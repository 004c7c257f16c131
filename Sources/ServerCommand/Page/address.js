// The address bar: `?q=` for a text as typed, `?s=` for a state that was reached by refining.

/** Browsers slow pages down that write the address at every keystroke. */
const typingPause = 400

let timer = 0
let pending = null
let isTyping = false

export function read() {
  const parameters = new URLSearchParams(location.search)
  const state = parameters.get('s'), text = parameters.get('q')
  const { turns = [] } = history.state ?? {}
  const turn = turns.find(turn => state ? turn.state === state : turn.isTyped && turn.text === text)
  return { turn: turn ?? (state ? { state } : text?.trim() ? { text, isTyped: true } : null), turns: turn ? turns : [] }
}

/** Typing makes one entry of the browser's history, up to Enter or another action. */
export function write(turn, turns, cause, isFromHistory) {
  const path = turn === null ? '/' : turn.isTyped ? `/?q=${encodeURIComponent(turn.text)}` : `/?s=${encodeURIComponent(turn.state)}`
  const record = { turns }
  if (isFromHistory) {
    settle()
    return history.replaceState(record, '', path)
  }
  if (cause === 'typing' && isTyping) {
    pending = () => history.replaceState(record, '', path)
    clearTimeout(timer)
    timer = setTimeout(flush, typingPause)
    return
  }
  settle()
  isTyping = cause === 'typing'
  if (path !== location.pathname + location.search) history.pushState(record, '', path)
  else history.replaceState(record, '', path)
}

/** What is typed next makes a new entry. */
export function settle() {
  flush()
  isTyping = false
}

function flush() {
  clearTimeout(timer)
  pending?.()
  pending = null
}
