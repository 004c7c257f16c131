import { byID, element, renew, unseen } from './dom.js'
import { icon } from './icons.js'
import { reasonBar, scale } from './reasons.js'
import { clock, count, facetOf, labelOf, titleOf } from './wording.js'

const facetOrder = ['genre', 'mood', 'instrument', 'voice', 'tempo', 'theme', 'texture', 'place', 'era']
const labelsShown = 8
const artworksKept = 200

/**
 * The hits, those that fit before those that come near, with pages appended.
 *
 * Actions: `play(hit)`, `like(hit)`, `unlike(hit)`, `more()`, `replaceWish(shortfall, text)`.
 */
export class ResultsView {
  hits = []
  #container
  #actions
  #scale
  #came = new Set()
  /** A picture that is moved stays decoded, one that is made anew flickers. */
  #artworks = new Map()
  #playing = null

  constructor(container, actions) {
    this.#container = container
    this.#actions = actions
    container.addEventListener('keydown', event => this.#move(event))
  }

  show(answer) {
    this.hits = answer.hits
    this.#scale = scale(answer.hits)
    this.#came = new Set(answer.turn?.came?.map(track => track.id))
    renew(this.#container,
      this.#shortfalls(answer),
      this.#group('strong', 'Fits', answer.totals.strong),
      this.#group('near', 'Comes near', answer.totals.near),
      answer.hits.length === 0 && answer.shortfalls.length === 0 && element('p', { class: 'nothing' }, 'Nothing here fits that.'),
      this.#moreButton(answer.next))
  }

  /** The next page; the focus goes to its first hit. */
  append(hits, next) {
    this.hits = [...this.hits, ...hits]
    for (const relevance of ['strong', 'near']) {
      const section = this.#container.querySelector(`.hits.${relevance}`)
      section.append(...hits.filter(hit => hit.relevance === relevance).map(hit => this.#row(hit)))
      section.parentElement.hidden = section.children.length === 0
    }
    this.#container.querySelector('.more')?.remove()
    const button = this.#moreButton(next)
    if (button) this.#container.append(button)
    if (hits.length > 0) byID(`hit-${hits[0].rank}`).focus()
  }

  clear() {
    this.hits = []
    this.#container.replaceChildren()
  }

  /** Marks the track that plays. */
  mark(id, isPlaying) {
    this.#playing = isPlaying ? id : null
    for (const button of this.#container.querySelectorAll('.play')) this.#markButton(button)
  }

  /** To the first hit. */
  enter() { this.#container.querySelector('.hit')?.focus() }

  #group(relevance, title, total) {
    const hits = this.hits.filter(hit => hit.relevance === relevance)
    const heading = `${relevance}-title`
    return element('section', { class: `group ${relevance}`, 'aria-labelledby': heading, hidden: hits.length === 0 },
      element('h2', { id: heading }, title, ' ', element('span', { class: 'total' }, total.toLocaleString('en'))),
      element('ol', { class: `hits ${relevance}` }, hits.map(hit => this.#row(hit))))
  }

  #row(hit) {
    const title = titleOf(hit)
    const key = name => `${name} ${hit.id}`
    const play = hit.audio && element('button', { type: 'button', class: 'play', 'data-key': key('play'), 'data-track': hit.id, onclick: () => this.#actions.play(hit) })
    const row = element('li', { class: 'hit', id: `hit-${hit.rank}`, tabindex: -1, 'data-key': key('hit'), 'data-track': hit.id },
      element('div', { class: 'cover' }, this.#artwork(hit), play),
      element('div', { class: 'what' },
        element('h3', {}, title, hit.versions > 1 && element('small', {}, ` ${hit.versions} versions`), this.#came.has(hit.id) && element('small', { class: 'came' }, ' new')),
        element('p', { class: 'by' }, [hit.artist, hit.album, hit.year, hit.duration && clock(hit.duration)].filter(Boolean).map((part, i) =>
          element('span', { class: i === 0 && hit.artist ? 'artist' : undefined }, String(part)))),
        this.#labels(hit)),
      element('div', { class: 'score' }, unseen('score '), String(Math.round(hit.score * 100))),
      reasonBar(hit, this.#scale),
      element('div', { class: 'seeds' },
        element('button', { type: 'button', 'data-key': key('like'), title: 'more like this', 'aria-label': `more like ${title}`, onclick: () => this.#actions.like(hit) }, '≈', element('span', {}, ' more')),
        element('button', { type: 'button', 'data-key': key('unlike'), title: 'less like this', 'aria-label': `less like ${title}`, onclick: () => this.#actions.unlike(hit) }, '−', element('span', {}, ' less'))))
    if (play) {
      play.dataset.title = title
      this.#markButton(play)
    }
    return row
  }

  #markButton(button) {
    const isPlaying = button.dataset.track === this.#playing
    button.replaceChildren(icon(isPlaying ? 'pause' : 'play'))
    button.setAttribute('aria-label', `${isPlaying ? 'pause' : 'play'} ${button.dataset.title}`)
    button.closest('.hit')?.classList.toggle('playing', isPlaying)
  }

  #artwork(hit) {
    const kept = this.#artworks.get(hit.artwork)
    if (kept) return kept
    const picture = element('img', { src: hit.artwork, alt: '', width: 64, height: 64, loading: 'lazy', decoding: 'async', onerror: event => event.target.remove() })
    this.#artworks.set(hit.artwork, picture)
    if (this.#artworks.size > artworksKept) this.#artworks.delete(this.#artworks.keys().next().value)
    return picture
  }

  /** What the track is described as, first what speaks for it or against it. */
  #labels(hit) {
    const reasons = new Map(hit.reasons.filter(({ kind }) => kind === 'descriptor').map(({ text, value }) => [text, value < 0 ? 'against' : 'asked']))
    const all = facetOrder.flatMap(facet => hit.descriptors?.[facet] ?? [])
    const shown = [...all.filter(label => reasons.has(label)), ...all.filter(label => !reasons.has(label))].slice(0, labelsShown)
    return shown.length > 0 && element('ul', { class: 'labels', 'aria-label': 'described as' },
      shown.map(label => element('li', { class: reasons.get(label) }, label)))
  }

  #moreButton(next) {
    return next && element('button', { type: 'button', class: 'more', 'data-key': 'more', onclick: () => this.#actions.more() }, 'More')
  }

  #shortfalls({ shortfalls, plan }) {
    return shortfalls.length > 0 && element('div', { class: 'shortfalls' }, shortfalls.map(shortfall => element('p', {},
      sentence(shortfall, plan),
      shortfall.instead?.length > 0 && [' ', element('span', { class: 'instead' }, shortfall.kind === 'missing' ? 'Nearest to it: ' : 'Perhaps: '), ...shortfall.instead.flatMap((text, i) => [
        i > 0 && ', ',
        element('button', { type: 'button', class: 'link', 'data-key': `instead ${text}`, onclick: () => this.#actions.replaceWish(shortfall, text) }, text),
      ]), '.'])))
  }

  /** Arrow keys go through the hits, Enter plays or opens one. */
  #move(event) {
    const row = event.target.closest('.hit')
    if (!row) return
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      const rows = [...this.#container.querySelectorAll('.hit')]
      const next = rows[rows.indexOf(row) + (event.key === 'ArrowDown' ? 1 : -1)]
      event.preventDefault()
      if (next) next.focus()
      else if (event.key === 'ArrowUp') byID('q').focus()
    } else if (event.key === 'Enter' && event.target === row) {
      const play = row.querySelector('.play'), why = row.querySelector('.why')
      if (play) play.click()
      else why.open = !why.open
    }
  }
}

/** What the library cannot give. */
function sentence({ kind, text }, plan) {
  switch (kind) {
    case 'missing': {
      const clause = plan.clauses.find(clause => labelOf(clause.descriptor) === text)
      return `Nothing here is ${clause && facetOf(clause.descriptor) === 'instrument' ? 'played on ' : ''}${text}.`
    }
    case 'unknownSeed': return `“${text}” is not in this library.`
    default: return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`
  }
}

export const foundText = ({ totals, tracks }) =>
  totals.strong + totals.near === 0 ? `None of ${count(tracks, 'track')}.` : `${totals.strong.toLocaleString('en')} fit, ${totals.near.toLocaleString('en')} come near, of ${count(tracks, 'track')}.`
