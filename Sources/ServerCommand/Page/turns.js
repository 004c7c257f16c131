import { element, renew } from './dom.js'

/** The conversation's turns in the order they were made; a turn that does not follow the one before it says which it follows. */
export function showTurns(list, conversation) {
  const { turns, turn } = conversation
  renew(list, turns.map((other, i) => {
    const parent = turns.findIndex(earlier => earlier.state === other.parent)
    const isBranch = parent >= 0 && parent !== i - 1
    return element('li', {},
      isBranch && element('small', {}, `from ${parent + 1} `),
      element('button', {
        type: 'button', 'data-key': `turn ${other.state}`, 'aria-current': other === turn && 'step', onclick: () => conversation.show(other),
      }, other.label || 'anything'))
  }))
  // Not while typing makes the only turn: it would have the page laid out once more for each key.
  if (turns.length > 1) list.querySelector('[aria-current]').scrollIntoView({ block: 'nearest', inline: 'nearest' })
}
