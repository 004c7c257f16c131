import { element, renew, unseen } from './dom.js'
import { readings } from './readings.js'
import { ByteText, percent } from './wording.js'

const signs = { want: '+', avoid: '−', like: '≈', filter: '#' }
const names = { want: 'wanted', avoid: 'avoided', like: 'like', filter: 'only', off: 'off' }
const leastStrength = 0.1
/** Pixels of a drag from nothing to full strength. */
const dragLength = 140
/** A chip that is moved less is pressed, not dragged. */
const dragThreshold = 5
/** Arrow keys that follow each other make one turn. */
const keyPause = 350
/** Guesses shown of what unknown words may mean; the rest behind a button. */
const guessesShown = 2

/** The plan as a line of its words, each reading as a chip under the words it came from. */
export class PlanView {
  #container
  #follow
  #off = []
  #goingOff = null
  #opened = new Set()
  #weighing = 0
  #plan = null

  /** `follow(step)` takes what a chip asks for: critiques, or `{edit, label}`. */
  constructor(container, follow) {
    this.#container = container
    this.#follow = follow
  }

  show(plan) {
    this.#plan = plan
    // What was turned off stays for one turn, to be put back.
    this.#off = this.#goingOff ? [this.#goingOff] : []
    this.#goingOff = null
    this.#draw()
  }

  #draw() {
    const text = new ByteText(this.#plan.text)
    const all = readings(this.#plan)
    const off = this.#off.filter(reading => !all.some(other => other.key === reading.key)).map(reading => ({ ...reading, isOff: true }))
    const marks = [...all, ...off].map(reading => ({ reading, span: reading.span }))
    for (const correction of this.#plan.corrections ?? []) marks.push({ correction, span: correction.span })
    for (const ignored of this.#plan.ignored ?? []) marks.push({ ignored, span: ignored.span })

    const isPlaced = ({ span }) => span && span.start >= 0 && span.start < span.end && span.end <= text.length
    const words = phrases(placed(marks.filter(isPlaced), text)).map(group => this.#words(group))
    const loose = marks.filter(mark => mark.reading && !isPlaced(mark)).map(mark => mark.reading)
    renew(this.#container,
      element('div', { class: 'words' }, words, loose.map(reading => element('div', { class: 'word loose' }, this.#chips([reading])))),
      (this.#plan.conflicts ?? []).map(conflict => element('p', { class: 'conflict' }, conflict.reason)))
  }

  #words({ text, marks, tail }) {
    const chips = marks.filter(mark => mark.reading).map(mark => mark.reading)
    const correction = marks.find(mark => mark.correction)?.correction
    const isIgnored = marks.some(mark => mark.ignored)
    const polarity = chips.find(chip => !chip.isOff && !chip.isGuess)?.polarity ?? (chips.some(chip => !chip.isOff) ? 'guess' : '')
    return element('div', { class: 'word' },
      element('span', { class: `mark ${isIgnored ? 'ignored' : polarity}` }, text),
      correction && element('small', { class: 'aside' }, ` read as ${correction.to}`),
      isIgnored && element('small', { class: 'aside' }, ' not understood'),
      tail,
      chips.length > 0 && this.#chips(chips))
  }

  #chips(chips) {
    const sure = chips.filter(chip => !chip.isGuess), guesses = chips.filter(chip => chip.isGuess)
    const key = 'more:' + guesses[0]?.key
    const shown = this.#opened.has(key) ? guesses : guesses.slice(0, guessesShown)
    return element('div', { class: 'chips' },
      sure.map((chip, i) => [i > 0 && chip.group !== undefined && chip.group === sure[i - 1].group && element('span', { class: 'or' }, 'or'), this.#chip(chip)]).flat(),
      guesses.length > 0 && element('div', { class: 'guesses' },
        element('span', { class: 'or' }, 'perhaps'),
        shown.map(chip => this.#chip(chip)),
        shown.length < guesses.length && element('button', {
          type: 'button', class: 'plain', 'data-key': key, 'aria-label': `${guesses.length - shown.length} more meanings`, onclick: () => {
            this.#opened.add(key)
            this.#draw()
          },
        }, `${guesses.length - shown.length} more`)))
  }

  #chip(reading) {
    const { key, label, note, polarity, isOff } = reading
    const state = isOff ? 'off' : polarity
    const turn = element('button', { type: 'button', class: 'turn', 'data-key': key, 'aria-keyshortcuts': 'Delete ArrowLeft ArrowRight', title: this.#hint(reading) },
      element('span', { class: 'sign', 'aria-hidden': 'true' }, signs[polarity]), unseen(`${names[state]}: `),
      element('span', { class: 'label' }, label), !reading.isGuess && element('small', {}, ` ${note}`))
    const chip = element('div', { class: `chip ${state}${reading.isGuess ? ' guess' : ''}`, role: 'group', 'aria-label': `${label}, ${names[state]}` }, turn)
    turn.addEventListener('click', () => this.#turnOver(reading))
    if (!isOff) {
      chip.append(element('button', { type: 'button', class: 'drop', tabindex: -1, 'aria-label': `drop ${label}`, onclick: () => this.#follow(reading.drop) }, '✕'))
      chip.addEventListener('keydown', event => {
        if (event.key !== 'Delete' && event.key !== 'Backspace') return
        event.preventDefault()
        this.#follow(reading.drop)
      })
    }
    if (!isOff && reading.weigh) this.#addStrength(chip, turn, reading)
    return chip
  }

  #hint({ isOff, isBinding, next, polarity }) {
    if (isOff) return 'off: press to put it back'
    const binding = isBinding ? polarity === 'avoid' ? 'must not occur; ' : 'must occur; ' : ''
    return binding + (next ? 'press to avoid' : 'press to turn off')
  }

  #turnOver(reading) {
    if (reading.isOff) return this.#follow(reading.restore)
    if (reading.next) return this.#follow(reading.next)
    if (reading.restore) this.#goingOff = reading
    this.#follow(reading.drop)
  }

  #addStrength(chip, turn, reading) {
    let strength = reading.strength
    const fill = element('i')
    const slider = element('span', {
      class: 'strength', role: 'slider', tabindex: 0, 'data-key': `${reading.key} strength`, 'aria-label': `strength of ${reading.label}`,
      'aria-valuemin': leastStrength, 'aria-valuemax': 1, 'aria-orientation': 'horizontal',
    }, fill)
    const set = value => {
      strength = Math.round(Math.min(1, Math.max(leastStrength, value)) * 100) / 100
      fill.style.width = `${strength * 100}%`
      slider.setAttribute('aria-valuenow', strength)
      slider.setAttribute('aria-valuetext', percent(strength))
      chip.dataset.strength = percent(strength)
    }
    const commit = () => {
      clearTimeout(this.#weighing)
      if (Math.abs(strength - reading.strength) > 0.004) this.#follow(reading.weigh(strength))
    }
    set(strength)
    chip.append(slider)

    const steps = { ArrowRight: 0.1, ArrowUp: 0.1, ArrowLeft: -0.1, ArrowDown: -0.1, PageUp: 0.25, PageDown: -0.25, Home: -1, End: 1 }
    chip.addEventListener('keydown', event => {
      const isVertical = event.key === 'ArrowUp' || event.key === 'ArrowDown'
      if (!(event.key in steps) || isVertical && event.target !== slider) return
      event.preventDefault()
      event.stopPropagation()
      chip.classList.add('weighing')
      set(strength + steps[event.key])
      clearTimeout(this.#weighing)
      this.#weighing = setTimeout(commit, keyPause)
    })

    let isDragged = false
    chip.addEventListener('pointerdown', ({ button, target, clientX: origin, pointerId }) => {
      if (button !== 0 || target.closest('.drop')) return
      const from = strength
      const dragging = new AbortController()
      isDragged = false
      const listen = (type, step) => document.addEventListener(type, event => { if (event.pointerId === pointerId) step(event) }, { signal: dragging.signal })
      listen('pointermove', ({ clientX }) => {
        isDragged ||= Math.abs(clientX - origin) >= dragThreshold
        if (!isDragged) return
        chip.classList.add('weighing')
        set(from + (clientX - origin) / dragLength)
      })
      listen('pointerup', () => {
        dragging.abort()
        chip.classList.remove('weighing')
        if (isDragged) commit()
      })
      listen('pointercancel', () => {
        dragging.abort()
        chip.classList.remove('weighing')
        set(from)
      })
    })
    // The press that ends a drag is none.
    turn.addEventListener('click', event => {
      if (isDragged) event.stopImmediatePropagation()
      isDragged = false
    }, { capture: true })
  }
}

/** Cuts a text where marks begin and end: marks that overlap share a group, words between them stand alone. */
function placed(marks, text) {
  const groups = []
  for (const mark of marks.toSorted((a, b) => a.span.start - b.span.start || b.span.end - a.span.end)) {
    const last = groups.at(-1)
    if (last && mark.span.start < last.end) {
      last.end = Math.max(last.end, mark.span.end)
      last.marks.push(mark)
    } else groups.push({ start: mark.span.start, end: mark.span.end, marks: [mark] })
  }
  const cut = []
  let end = 0
  const plain = until => {
    const between = text.slice(end, until)
    // Punctuation stays with the word before it.
    const tail = cut.length > 0 ? between.match(/^\S*/)[0] : ''
    if (tail) cut.at(-1).tail = tail
    for (const word of between.slice(tail.length).split(/\s+/)) if (word) cut.push({ text: word, marks: [] })
  }
  for (const { start, end: after, marks } of groups) {
    plain(start)
    cut.push({ text: text.slice(start, after), marks })
    end = after
  }
  plain(text.length)
  return cut
}

/** Each turn adds a phrase after a semicolon; one that nothing rests on any more is left out, but for the first. */
function phrases(groups) {
  const split = [[]]
  for (const group of groups) {
    split.at(-1).push(group)
    if ((group.tail ?? group.text).endsWith(';')) split.push([])
  }
  return split.filter((phrase, i) => i === 0 || phrase.some(group => group.marks.length > 0)).flat()
}
