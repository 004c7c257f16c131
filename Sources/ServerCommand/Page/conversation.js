import * as api from './api.js'

/**
 * The turns of a conversation and the answer of the one that is shown.
 *
 * A turn is `{state, parent, label, text, isTyped}`: `state` is the handle that the service gave, `text` what was typed to begin with, and a turn that is
 * nothing but that text is typed. The service keeps nothing between requests: every turn can be gone back to and gone on from, so
 * turns are a tree, kept in the order they were made.
 *
 * Events: `answer` {answer, turn, cause, began, number}, `page` {hits}, `empty`, `failure` {message}. `cause` is `typing`, `refining` or `moving`.
 */
export class Conversation extends EventTarget {
  turns = []
  turn = null
  answer = null

  #answers = new Map()
  #waiting = new AbortController()
  #queue = Promise.resolve()
  #number = 0

  /** Answers kept for going back without asking. */
  static #mostAnswers = 60

  /** A new conversation; the reply to what was typed before is no longer wanted. */
  type(text, began = performance.now()) {
    this.#begin()
    if (!text.trim()) return this.clear()
    return this.#ask({ text }, 'typing', began, answer => {
      this.turns = []
      return { text, label: text, isTyped: true }
    })
  }

  /** One turn on, by words or by a list of critiques. */
  refine(said) {
    const began = performance.now()
    // Each critique is made of the answer to the one before, so they wait for each other.
    return this.#enqueue(() => {
      if (!this.turn) return
      const request = typeof said === 'string' ? { critique: said } : { critiques: said }
      return this.#follow(() => api.refine({ state: this.turn.state, ...request }, this.#waiting.signal), began)
    })
  }

  /** One turn on, by an edited plan: for what no critique can say. */
  revise(edit, label) {
    const began = performance.now()
    return this.#enqueue(() => {
      if (!this.turn) return
      const plan = structuredClone(this.answer.plan)
      edit(plan)
      const parent = this.turn.state
      return this.#follow(() => api.search({ state: parent, plan }, this.#waiting.signal).then(answer => ({ turn: { critique: label }, ...answer })), began)
    })
  }

  /** To a turn of this conversation, or to one from an address: `{state}` or `{text}`. */
  async show(turn, turns = this.turns) {
    this.#begin()
    const kept = this.#answers.get(turn.state)
    const settle = answer => {
      this.turns = turns
      return { ...turn, label: turn.label ?? answer.turn?.critique ?? answer.text }
    }
    if (kept) return this.#settle(kept, 'moving', performance.now(), settle)
    return this.#ask(turn.isTyped ? { text: turn.text } : { state: turn.state }, 'moving', performance.now(), settle)
  }

  /** To the turn before. */
  undo() {
    const { parent } = this.turn ?? {}
    if (parent) return this.show(this.turns.find(turn => turn.state === parent) ?? { state: parent })
  }

  /** The next page of the answer shown. */
  async more() {
    const { state, next } = this.answer
    try {
      const page = await api.search({ state, cursor: next, facets: false }, this.#waiting.signal)
      if (this.answer.state !== state) return
      this.answer = { ...this.answer, hits: [...this.answer.hits, ...page.hits], next: page.next }
      this.#emit('page', { hits: page.hits })
    } catch (error) { this.#fail(error) }
  }

  clear() {
    this.#begin()
    this.turns = []
    this.turn = this.answer = null
    this.#emit('empty')
  }

  #begin() {
    this.#waiting.abort()
    this.#waiting = new AbortController()
    this.#queue = Promise.resolve()
    this.#number += 1
  }

  #enqueue(step) { return this.#queue = this.#queue.then(step).catch(error => this.#fail(error)) }

  async #ask(request, cause, began, settle) {
    const number = this.#number
    try {
      const answer = await api.search(request, this.#waiting.signal)
      if (number === this.#number) this.#settle(answer, cause, began, settle)
    } catch (error) { this.#fail(error) }
  }

  async #follow(ask, began) {
    const number = this.#number
    const answer = await ask()
    if (number !== this.#number) return
    this.#settle(answer, 'refining', began, () => ({ text: this.turn.text, label: answer.turn?.critique || answer.text.split('; ').at(-1) }))
  }

  /** `settle` gives what is known of the turn; a state that was reached before stays the turn it was. */
  #settle(answer, cause, began, settle) {
    const turn = settle(answer)
    const known = this.turns.find(other => other.state === answer.state)
    this.turn = known ?? { ...turn, state: answer.state, parent: turn.parent ?? answer.parent }
    if (!known) {
      const child = this.turns.findIndex(other => other.parent === answer.state)
      this.turns = this.turns.toSpliced(child < 0 ? this.turns.length : child, 0, this.turn)
    }
    this.answer = answer
    this.#answers.set(answer.state, answer)
    if (this.#answers.size > Conversation.#mostAnswers) this.#answers.delete(this.#answers.keys().next().value)
    this.#emit('answer', { answer, turn: this.turn, cause, began, number: this.#number })
  }

  #fail(error) {
    if (error.name === 'AbortError') return
    if (!(error instanceof api.RequestError)) console.error(error)
    this.#emit('failure', { message: error.message })
  }

  #emit(type, detail) { this.dispatchEvent(new CustomEvent(type, { detail })) }
}
