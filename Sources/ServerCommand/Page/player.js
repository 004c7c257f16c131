import { element } from './dom.js'
import { icon } from './icons.js'
import { clock, titleOf } from './wording.js'

/** Plays tracks of the library from their files, through the list of results. */
export class Player {
  #parts
  #hits
  #changed
  #hit = null
  #isSeeking = false

  /** `parts` are the bar's elements by name; `hits()` gives the list to go through; `changed(id, isPlaying)` is told what plays; `fail(message)`. */
  constructor(parts, { hits, changed, fail }) {
    this.#parts = parts
    this.#hits = hits
    this.#changed = changed
    const { audio, seek, toggle, previous, following } = parts
    toggle.append(icon('play'))
    previous.append(icon('previous'))
    following.append(icon('next'))
    toggle.addEventListener('click', () => this.toggle())
    previous.addEventListener('click', () => this.#step(-1))
    following.addEventListener('click', () => this.#step(1))
    seek.addEventListener('input', () => {
      this.#isSeeking = true
      this.#showTime(Number(seek.value))
    })
    seek.addEventListener('change', () => {
      this.#isSeeking = false
      audio.currentTime = Number(seek.value)
    })
    audio.addEventListener('timeupdate', () => { if (!this.#isSeeking) this.#showTime(audio.currentTime) })
    audio.addEventListener('durationchange', () => this.#showTime(audio.currentTime))
    for (const event of ['play', 'pause']) audio.addEventListener(event, () => this.#showState())
    audio.addEventListener('ended', () => this.#step(1))
    audio.addEventListener('error', () => fail(`${titleOf(this.#hit)} cannot be played: its file is missing, or of a kind that this browser does not play.`))
  }

  get isReady() { return this.#hit !== null }

  /** Plays a hit from its beginning, or pauses and goes on where it is the one in the player. */
  play(hit) {
    if (this.#hit?.id === hit.id) return this.toggle()
    const { audio, bar, track } = this.#parts
    this.#hit = hit
    bar.hidden = false
    document.documentElement.classList.add('has-player')
    track.replaceChildren(element('strong', {}, titleOf(hit)), element('span', {}, hit.artist))
    audio.src = hit.audio
    this.#showTime(0)
    this.#start()
  }

  toggle() {
    if (this.#parts.audio.paused) this.#start()
    else this.#parts.audio.pause()
  }

  /** A file that cannot be played is told by the error event; play that is broken off by the next track is none. */
  #start() { this.#parts.audio.play().catch(() => this.#showState()) }

  #neighbour(step) {
    const playable = this.#hits().filter(hit => hit.audio)
    const at = playable.findIndex(hit => hit.id === this.#hit.id)
    return at < 0 ? playable[0] : playable[at + step]
  }

  #step(step) {
    const hit = this.#neighbour(step)
    if (hit) this.play(hit)
  }

  #showTime(now) {
    const { audio, seek, elapsed, length } = this.#parts
    const whole = Number.isFinite(audio.duration) ? audio.duration : this.#hit?.duration ?? 0
    seek.max = whole
    seek.value = now
    seek.setAttribute('aria-valuetext', `${clock(now)} of ${clock(whole)}`)
    elapsed.textContent = clock(now)
    length.textContent = clock(whole)
  }

  #showState() {
    const isPlaying = !this.#parts.audio.paused
    this.#parts.toggle.replaceChildren(icon(isPlaying ? 'pause' : 'play'))
    this.#parts.toggle.setAttribute('aria-label', isPlaying ? 'Pause' : 'Play')
    this.#changed(this.#hit.id, isPlaying)
  }
}
