import * as api from './api.js'
import { element } from './dom.js'
import { facetOf, learnLabels } from './wording.js'

const mostShown = 10
/** "no strings", "-strings", "without strings". */
const avoiding = /^\s*(?:[-−]|no\s|without\s)\s*/i

let entries = null

/** The vocabulary, asked for once and when it is first needed; descriptors that no track here has come last. */
export function vocabulary() {
  entries ??= api.descriptors().then(found => {
    learnLabels(found)
    return found.toSorted((a, b) => b.count - a.count)
  }).catch(error => {
    entries = null
    throw error
  })
  return entries
}

/** The descriptors whose label or other names start with a text, and then those with a word that does. */
function complete(text, found) {
  const prefix = text.toLowerCase()
  if (!prefix) return []
  const first = [], later = []
  for (const entry of found) {
    const names = [entry.label, ...entry.aliases ?? []].map(name => name.toLowerCase())
    if (names.some(name => name.startsWith(prefix))) first.push(entry)
    else if (names.some(name => name.includes(' ' + prefix))) later.push(entry)
    if (first.length >= mostShown) break
  }
  return [...first, ...later].slice(0, mostShown)
}

/** A combobox that adds a descriptor; see https://www.w3.org/WAI/ARIA/apg/patterns/combobox/. `choose(entry, isAvoided)`, `fail(message)`. */
export function makeAddBox(input, list, { choose, fail }) {
  let shown = [], active = -1

  const open = () => input.setAttribute('aria-expanded', String(!(list.hidden = shown.length === 0)))
  const close = () => {
    shown = []
    active = -1
    input.removeAttribute('aria-activedescendant')
    list.replaceChildren()
    open()
  }
  const activate = index => {
    active = shown.length === 0 ? -1 : (index + shown.length) % shown.length
    for (const [i, option] of [...list.children].entries()) option.setAttribute('aria-selected', String(i === active))
    if (active < 0) return input.removeAttribute('aria-activedescendant')
    input.setAttribute('aria-activedescendant', list.children[active].id)
    list.children[active].scrollIntoView({ block: 'nearest' })
  }
  const take = entry => {
    choose(entry, avoiding.test(input.value))
    input.value = ''
    close()
  }
  const update = async () => {
    try {
      const found = await vocabulary()
      shown = complete(input.value.replace(avoiding, '').trim(), found)
    } catch (error) {
      return fail(error.message)
    }
    const sign = avoiding.test(input.value) ? '− ' : '+ '
    list.replaceChildren(...shown.map((entry, i) => element('li', {
      id: `completion-${i}`, role: 'option', 'aria-selected': 'false', class: entry.count === 0 ? 'absent' : undefined,
      // Pressed before the input loses its focus, which closes the list.
      onpointerdown: event => {
        event.preventDefault()
        take(entry)
      },
    }, element('span', {}, sign + entry.label), element('small', {}, `${facetOf(entry.descriptor)} · ${entry.count.toLocaleString('en')}`))))
    open()
    activate(shown.length > 0 ? 0 : -1)
  }

  input.addEventListener('focus', () => vocabulary().catch(error => fail(error.message)))
  input.addEventListener('input', update)
  input.addEventListener('blur', close)
  input.addEventListener('keydown', event => {
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault()
      if (shown.length === 0) return update()
      activate(active + (event.key === 'ArrowDown' ? 1 : -1))
    } else if (event.key === 'Enter' && active >= 0) {
      event.preventDefault()
      take(shown[active])
    } else if (event.key === 'Escape') {
      if (shown.length > 0) event.preventDefault()
      else input.value = ''
      close()
    }
  })
}
