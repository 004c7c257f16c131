import { byID, element, graphic, renew } from './dom.js'
import { labelOf, percent, signed, titleOf } from './wording.js'

/** Side of the drawing; the plane from −1 to 1 fills it but for a margin. */
const side = 240, margin = 16
const step = 0.1
/** Arrow keys that follow each other make one turn. */
const keyPause = 350

const across = valence => margin + (valence + 1) / 2 * (side - 2 * margin)
const down = arousal => side - across(arousal)
const within = value => Math.round(Math.min(1, Math.max(-1, value)) * 100) / 100
const written = ({ valence, arousal }) => `valence ${signed(valence)}, arousal ${signed(arousal)}`

/** The hits in the valence–arousal plane and the mood that the seeds are moved to. `follow` takes critiques, `visit(hit)` shows one. */
export class MoodMap {
  #container
  #follow
  #visit
  #target = null
  #strength = 0.6
  #pause = 0

  constructor(container, { follow, visit }) {
    this.#container = container
    this.#follow = follow
    this.#visit = visit
  }

  show({ hits, plan, move }) {
    clearTimeout(this.#pause)
    const hasSeed = plan.seeds.some(seed => seed.polarity !== 'avoid' && seed.kind !== 'unknown')
    const moved = plan.moodMove
    this.#target = moved ? moved.place ?? move?.target ?? null : null
    if (moved) this.#strength = moved.strength
    const located = hits.filter(hit => hit.mood)
    renew(this.#container,
      this.#map(located, move, hasSeed),
      this.#told(located),
      hasSeed ? this.#dial(moved, move) : element('p', { class: 'hint' }, 'A mood is moved from a track: choose “≈ more” at one, or ask for “like …”. Then press where it should go.'))
  }

  #map(hits, move, hasSeed) {
    const dots = hits.map(hit => graphic('circle', {
      class: `dot ${hit.relevance}`, cx: across(hit.mood.valence), cy: down(hit.mood.arousal), r: 4, onclick: event => {
        event.stopPropagation()
        this.#visit(hit)
      },
    }, graphic('title', {}, `${hit.rank} ${titleOf(hit)}`)))
    const map = graphic('svg', { viewBox: `0 0 ${side} ${side}`, class: hasSeed ? 'map movable' : 'map', role: 'group', 'aria-label': 'Moods of the results' },
      graphic('rect', { class: 'plane', x: margin, y: margin, width: side - 2 * margin, height: side - 2 * margin, rx: 3 }),
      graphic('path', { class: 'axes', d: `M${margin} ${side / 2}H${side - margin}M${side / 2} ${margin}V${side - margin}` }),
      this.#axisLabel(0, 'excited'), this.#axisLabel(90, 'pleasant'), this.#axisLabel(180, 'calm'), this.#axisLabel(270, 'unpleasant'),
      dots,
      move?.seed && this.#way(move),
      hasSeed && this.#handle(move))
    if (hasSeed) map.addEventListener('click', event => {
      const box = map.getBoundingClientRect()
      const scale = side / box.width, span = side - 2 * margin
      this.#go({ valence: ((event.clientX - box.left) * scale - margin) / span * 2 - 1, arousal: 1 - ((event.clientY - box.top) * scale - margin) / span * 2 })
      this.#commit()
    })
    return map
  }

  /** Outside the plane, at the end of an axis: its angle is clockwise from the top. */
  #axisLabel(angle, text) {
    const middle = side / 2, isBelow = angle === 180
    return graphic('text', {
      x: middle, y: isBelow ? side - 3 : margin - 5, 'text-anchor': 'middle', 'aria-hidden': 'true', transform: isBelow ? null : `rotate(${angle} ${middle} ${middle})`,
    }, text)
  }

  #way({ seed, target }) {
    return [
      target && graphic('path', { class: 'way', d: `M${across(seed.valence)} ${down(seed.arousal)}L${across(target.valence)} ${down(target.arousal)}` }),
      graphic('rect', { class: 'seed', x: across(seed.valence) - 4, y: down(seed.arousal) - 4, width: 8, height: 8 }, graphic('title', {}, 'the seed')),
    ]
  }

  /** A slider in two directions: its value is the valence, its text tells both. */
  #handle(move) {
    const at = () => this.#target ?? move?.seed ?? { valence: 0, arousal: 0 }
    const handle = graphic('g', {
      id: 'mood-target', class: this.#target ? 'target' : 'target unset', role: 'slider', tabindex: 0, 'data-key': 'mood target',
      'aria-label': 'Mood to move to', 'aria-valuemin': -1, 'aria-valuemax': 1,
    }, graphic('circle', { r: 9 }), graphic('path', { d: 'M-13 0H-5M5 0H13M0 -13V-5M0 5V13' }))
    this.#place(handle, at())
    const steps = { ArrowRight: [step, 0], ArrowLeft: [-step, 0], ArrowUp: [0, step], ArrowDown: [0, -step] }
    handle.addEventListener('keydown', event => {
      const direction = steps[event.key]
      if (!direction) return
      event.preventDefault()
      event.stopPropagation()
      this.#go({ valence: at().valence + direction[0], arousal: at().arousal + direction[1] })
      clearTimeout(this.#pause)
      this.#pause = setTimeout(() => this.#commit(), keyPause)
    })
    return handle
  }

  #place(handle, point) {
    handle.setAttribute('transform', `translate(${across(point.valence)} ${down(point.arousal)})`)
    handle.setAttribute('aria-valuenow', point.valence)
    handle.setAttribute('aria-valuetext', written(point))
  }

  #go({ valence, arousal }) {
    this.#target = { valence: within(valence), arousal: within(arousal) }
    const handle = byID('mood-target')
    handle.classList.remove('unset')
    this.#place(handle, this.#target)
  }

  #commit() { this.#follow([{ action: 'move', place: this.#target, strength: this.#strength }]) }

  #dial(moved, move) {
    const output = element('output', { for: 'mood-strength' }, percent(this.#strength))
    const slider = element('input', {
      type: 'range', id: 'mood-strength', min: 0, max: 1, step: 0.05, value: this.#strength, 'data-key': 'mood strength',
      oninput: event => {
        this.#strength = Number(event.target.value)
        output.textContent = percent(this.#strength)
      },
      onchange: () => { if (this.#target) this.#commit() },
    })
    return element('div', { class: 'dial' },
      element('p', {}, element('label', { for: 'mood-strength' }, 'How far '), slider, output),
      element('p', { class: 'hint' }, !moved ? 'Press on the map where the mood should go.'
        : move?.from && move?.to ? `From ${move.from} to ${move.to}.` : `To ${moved.targets.map(target => labelOf(target.descriptor)).join(', ') || written(this.#target)}.`),
      moved && element('button', { type: 'button', class: 'plain', 'data-key': 'mood off', onclick: () => this.#follow([{ action: 'drop', facet: 'mood' }]) }, 'Leave the mood as it is'))
  }

  /** The map in words. */
  #told(hits) {
    return element('ul', { class: 'unseen' }, hits.map(hit => element('li', {}, `${titleOf(hit)}: ${written(hit.mood)}`)))
  }
}
