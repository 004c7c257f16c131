import { graphic } from './dom.js'

const paths = {
  play: 'M5 3v14l12-7z',
  pause: 'M5 3h4v14H5zM11 3h4v14h-4z',
  previous: 'M4 3h2.5v14H4zM17 3v14L7 10z',
  next: 'M13.5 3H16v14h-2.5zM3 3v14l10-7z',
}

/** Drawn, for not every system font has the signs of a tape deck. */
export const icon = name => graphic('svg', { class: 'icon', viewBox: '0 0 20 20', width: 16, height: 16, 'aria-hidden': 'true' }, graphic('path', { d: paths[name] }))
