import * as address from './address.js'
import { makeAddBox, vocabulary } from './addbox.js'
import * as api from './api.js'
import { Conversation } from './conversation.js'
import { byID, element, takesText } from './dom.js'
import { FacetsView } from './facets.js'
import { MoodMap } from './moodmap.js'
import { PlanView } from './plan.js'
import { Player } from './player.js'
import { ResultsView, foundText } from './results.js'
import { showTurns } from './turns.js'
import { count, facetOf, labelOf, learnLabels, titleOf } from './wording.js'

const page = document.documentElement
page.classList.add('js')

const box = byID('q'), refinement = byID('refinement')
const conversation = new Conversation()
let holdings = {}
/** Whether what is shown next came from the browser's history, and must not make an entry of its own. */
let isFromHistory = false

// MARK: Parts

const follow = step => Array.isArray(step) ? conversation.refine(step) : conversation.revise(step.edit, step.label)
const plan = new PlanView(byID('plan'), follow)
const facets = new FacetsView(byID('facets'), follow)
const results = new ResultsView(byID('hits'), {
  play: hit => player.play(hit),
  like: hit => conversation.refine([{ action: 'like', track: hit.id }]),
  unlike: hit => conversation.refine([{ action: 'unlike', track: hit.id }]),
  more: () => conversation.more(),
  replaceWish,
})
const player = new Player({
  bar: byID('player'), audio: byID('audio'), toggle: byID('toggle'), previous: byID('previous'), following: byID('following'),
  seek: byID('seek'), elapsed: byID('elapsed'), length: byID('length'), track: byID('player-track'),
}, { hits: () => results.hits, changed: (id, isPlaying) => results.mark(id, isPlaying), fail })
const moodMap = new MoodMap(byID('moodmap'), { follow, visit: hit => byID(`hit-${hit.rank}`)?.focus() })

makeAddBox(byID('descriptor'), byID('completions'), { choose: addDescriptor, fail })

// MARK: Answers

conversation.addEventListener('answer', ({ detail: { answer, turn, cause, began, number } }) => {
  fail(null)
  learnLabels(Object.values(answer.facets ?? {}).flat())
  for (const id of ['understood', 'aside', 'jump']) byID(id).hidden = false
  byID('beginnings').hidden = true

  plan.show(answer.plan)
  results.show(answer)
  facets.show(answer.facets ?? {}, answer.plan)
  showMoods(answer)
  showTurns(byID('turns'), conversation)
  byID('undo').disabled = !turn.parent
  say(answer, cause)
  showPlaylists(answer)

  if (cause !== 'typing' && document.activeElement !== box) box.value = turn.text ?? answer.text
  document.title = `${turn.text || answer.text || 'Everything'} – Descant`
  address.write(turn, conversation.turns, cause, isFromHistory)
  isFromHistory = false
  tellWhenSeen(number, began)
})

conversation.addEventListener('page', ({ detail: { hits } }) => results.append(hits, conversation.answer.next))
conversation.addEventListener('failure', ({ detail: { message } }) => {
  isFromHistory = false
  fail(message)
})
conversation.addEventListener('empty', () => {
  results.clear()
  fail(null)
  for (const id of ['understood', 'aside', 'jump']) byID(id).hidden = true
  byID('beginnings').hidden = false
  byID('said').replaceChildren()
  document.title = 'Descant'
  address.write(null, [], 'typing', isFromHistory)
  isFromHistory = false
})

/** Notes when an answer was painted, for those who measure. */
function tellWhenSeen(number, began) {
  requestAnimationFrame(() => setTimeout(() => {
    performance.mark('answer', { detail: { number } })
    page.dataset.answerMs = (performance.now() - began).toFixed(1)
    page.dataset.answered = number
  }))
}

function say(answer, cause) {
  const { turn } = answer
  const lines = [element('p', { class: 'found' }, answer.say || foundText(answer))]
  if (turn && cause === 'refining') {
    const titles = tracks => tracks.slice(0, 3).map(titleOf).join(', ') + (tracks.length > 3 ? ` and ${tracks.length - 3} more` : '')
    const parts = [
      turn.changes?.map(change => change.text).join(', '),
      turn.came?.length > 0 && `came: ${titles(turn.came)}`,
      turn.went?.length > 0 && `went: ${titles(turn.went)}`,
      turn.changes && !turn.came?.length && !turn.went?.length && 'the same tracks',
    ].filter(Boolean)
    lines.push(element('p', { class: 'turned' }, parts.join(' · ')))
  }
  byID('said').replaceChildren(...lines)
}

function showMoods(answer) {
  const isShown = holdings.hasMoods && (answer.hits.some(hit => hit.mood) || answer.plan.seeds.length > 0)
  byID('mood').hidden = !isShown
  if (isShown) moodMap.show(answer)
}

function showPlaylists({ state, hits }) {
  byID('export').hidden = hits.length === 0
  byID('playlists').replaceChildren(...['m3u8', 'xspf', 'jspf'].map(format => element('a', { href: api.playlist(state, format), download: true }, format.toUpperCase())))
}

function fail(message) {
  byID('failure').textContent = message ?? ''
  byID('failure').hidden = message === null
}

// MARK: Wishes

function addDescriptor({ descriptor, label }, isAvoided) {
  if (conversation.turn) return conversation.refine([{ action: isAvoided ? 'avoid' : 'add', descriptor }])
  box.value = (isAvoided ? 'no ' : '') + label
  return conversation.type(box.value)
}

/** Asks for what the library has instead of what it lacks. */
async function replaceWish(shortfall, text) {
  const { plan } = conversation.answer
  if (shortfall.kind === 'unknownSeed') {
    const seed = plan.seeds.find(seed => seed.kind === 'unknown')
    box.value = plan.text.replace(seed?.name ?? shortfall.text, text)
    return conversation.type(box.value)
  }
  const lacking = plan.clauses.find(clause => labelOf(clause.descriptor) === shortfall.text)?.descriptor
  const found = (await vocabulary()).filter(entry => entry.label === text)
  const added = found.find(entry => lacking && facetOf(entry.descriptor) === facetOf(lacking)) ?? found[0]
  if (!added) return conversation.refine(text)
  return conversation.refine([...(lacking ? [{ action: 'drop', descriptor: lacking }] : []), { action: 'add', descriptor: added.descriptor }])
}

// MARK: Input

box.addEventListener('input', event => conversation.type(box.value, event.timeStamp))
byID('ask').addEventListener('submit', event => {
  event.preventDefault()
  if (box.value.trim() !== (conversation.turn?.isTyped ? conversation.turn.text.trim() : null)) conversation.type(box.value)
  address.settle()
})
byID('refine').addEventListener('submit', event => {
  event.preventDefault()
  const text = refinement.value.trim()
  if (!text) return
  refinement.value = ''
  conversation.refine(text)
})
byID('undo').addEventListener('click', () => conversation.undo())
byID('help-open').addEventListener('click', () => byID('help').showModal())

// Links within the page move the focus and leave the address alone: it is the conversation's.
for (const link of document.querySelectorAll('a[href^="#"]')) {
  link.addEventListener('click', event => {
    event.preventDefault()
    byID(link.hash.slice(1)).focus()
  })
}

document.addEventListener('keydown', event => {
  const { key, target } = event
  if (byID('help').open || event.defaultPrevented) return
  if (key === 'ArrowDown' && (target === box || target === refinement || target === document.body)) {
    event.preventDefault()
    return results.enter()
  }
  if (takesText(target)) return
  if ((event.ctrlKey || event.metaKey) && key.toLowerCase() === 'z' && !event.shiftKey) {
    event.preventDefault()
    return conversation.undo()
  }
  if (event.ctrlKey || event.metaKey || event.altKey) return
  if (key === '/') {
    event.preventDefault()
    box.focus()
    box.select()
  } else if (key === '?') {
    byID('help').showModal()
  } else if (key === ' ' && player.isReady && !target.closest('button, summary, a, [role=slider]')) {
    event.preventDefault()
    player.toggle()
  }
})

// MARK: Addresses

function open() {
  const { turn, turns } = address.read()
  isFromHistory = true
  if (!turn) {
    box.value = ''
    return conversation.clear()
  }
  if (turn.text !== undefined) box.value = turn.text
  return conversation.show(turn, turns)
}

addEventListener('popstate', open)

api.library().then(library => {
  holdings = library
  byID('holdings').textContent = count(library.tracks, 'track')
  if (conversation.answer) showMoods(conversation.answer)
}).catch(error => fail(error.message))

if (!address.read().turn) box.focus()
open()
