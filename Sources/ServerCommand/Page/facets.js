import { element, renew } from './dom.js'
import { count } from './wording.js'

const order = ['genre', 'mood', 'instrument', 'voice', 'tempo', 'theme', 'texture', 'place', 'era']
const titles = { genre: 'Genre', mood: 'Mood', instrument: 'Instrument', voice: 'Voice', tempo: 'Tempo', theme: 'Theme', texture: 'Texture', place: 'Place', era: 'Era' }
const shownAtFirst = 5

/** Descriptors counted over all that was found. `follow` takes critiques. */
export class FacetsView {
  #container
  #follow
  #opened = new Set()
  #shown = null

  constructor(container, follow) {
    this.#container = container
    this.#follow = follow
  }

  show(facets, plan) {
    this.#shown = { facets, plan }
    const wanted = new Set(plan.clauses.filter(clause => clause.polarity === 'want' && clause.semantic === undefined).map(clause => clause.descriptor))
    const named = [...order.filter(facet => facets[facet]?.length), ...Object.keys(facets).filter(facet => !order.includes(facet) && facets[facet].length)]
    renew(this.#container, named.map(facet => this.#facet(facet, facets[facet], wanted)))
  }

  #facet(facet, values, wanted) {
    const most = Math.max(...values.map(value => value.count))
    const shown = this.#opened.has(facet) ? values : values.slice(0, shownAtFirst)
    const title = titles[facet] ?? facet
    return element('section', { class: 'facet', 'aria-label': title },
      element('h2', {}, title),
      element('ul', {}, shown.map(value => this.#value(value, most, wanted.has(value.descriptor)))),
      shown.length < values.length && element('button', {
        type: 'button', class: 'plain', 'data-key': `all ${facet}`, 'aria-label': `${values.length - shown.length} more of ${title}`,
        onclick: () => {
          this.#opened.add(facet)
          this.show(this.#shown.facets, this.#shown.plan)
        },
      }, `${values.length - shown.length} more`))
  }

  #value({ descriptor, label, count: n }, most, isWanted) {
    const ask = action => this.#follow([{ action, descriptor }])
    return element('li', {},
      element('button', {
        type: 'button', class: 'choose', 'data-key': `facet ${descriptor}`, 'data-descriptor': descriptor, 'aria-pressed': String(isWanted),
        'aria-label': `${label}, ${count(n, 'track')}`, title: isWanted ? 'press to drop' : 'press to add; with Shift to avoid',
        onclick: event => ask(event.shiftKey ? 'avoid' : isWanted ? 'drop' : 'add'),
      }, element('i', { 'aria-hidden': 'true', style: { width: `${Math.max(2, n / most * 100)}%` } }), element('span', { class: 'label' }, label),
        element('span', { class: 'count' }, n.toLocaleString('en'))),
      element('button', { type: 'button', class: 'avoid', 'data-key': `avoid ${descriptor}`, 'aria-label': `avoid ${label}`, title: 'avoid', onclick: () => ask('avoid') }, '−'))
  }
}
