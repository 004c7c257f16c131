import { element, unseen } from './dom.js'
import { percent, signed } from './wording.js'

const kinds = {
  descriptor: 'described so', near: 'near in meaning', seed: 'like the seed', words: 'words of title or text', tempo: 'tempo', filters: 'within the bounds',
  meaning: 'meaning', likeness: 'likeness', kept: 'kept from the seed', focus: 'how central',
}

/** What the bars of one answer have in common: the length of 1. */
export function scale(hits) {
  return 1 / Math.max(1, ...hits.map(hit => hit.reasons.reduce((sum, { value }) => sum + Math.max(0, value), 0)))
}

/**
 * A score as a bar of its reasons, which opens to a table of them. What is taken away hatches the end of what was given, so that the plain part is as long
 * as the score.
 */
export function reasonBar(hit, unit) {
  const reasons = hit.reasons.toSorted((a, b) => b.value - a.value)
  let end = 0
  const segments = reasons.map(reason => {
    const start = reason.value < 0 ? end + reason.value * unit : end
    end += reason.value * unit
    return element('i', {
      class: `segment ${reason.kind}${reason.value < 0 ? ' negative' : ''}`, title: `${reason.text} ${signed(reason.value)}`,
      style: { left: place(start), width: place(Math.abs(reason.value) * unit) },
    })
  })
  const details = element('details', { class: 'why' },
    element('summary', { 'data-key': `why ${hit.id}` },
      unseen(`Why, score ${hit.score.toFixed(2)}: `),
      element('span', { class: 'bar', 'aria-hidden': 'true' }, segments),
      element('span', { class: 'legend' }, reasons.map(reason => `${reason.text} ${signed(reason.value)}`).join(' · '))))
  // Nobody reads twenty tables: each is made when it is opened.
  details.addEventListener('toggle', () => { if (details.open && !details.querySelector('table')) details.append(reasonTable(hit, reasons)) })
  return details
}

const place = share => `${(Math.max(0, share) * 100).toFixed(2)}%`

function reasonTable(hit, reasons) {
  const row = reason => element('tr', {},
    element('th', { scope: 'row' }, element('i', { class: `swatch ${reason.kind}${reason.value < 0 ? ' negative' : ''}`, 'aria-hidden': 'true' }), reason.text),
    element('td', { class: 'kind' }, [kinds[reason.kind] ?? reason.kind, reason.source, reason.confidence !== undefined && `${percent(reason.confidence)} sure`]
      .filter(Boolean).join(', ')),
    element('td', { class: 'value' }, signed(reason.value)))
  return element('table', {},
    element('caption', { class: 'unseen' }, 'What the score is made of'),
    element('tbody', {}, reasons.map(row)),
    element('tfoot', {}, element('tr', {}, element('th', { scope: 'row' }, 'Score'), element('td'), element('td', { class: 'value' }, hit.score.toFixed(2)))))
}
