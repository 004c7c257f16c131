import { clock, facetOf, labelOf, range } from './wording.js'

/**
 * What a plan holds, as one list of readings that chips are made of.
 *
 * A reading is `{key, span, polarity, label, note, strength, group, next, drop, weigh}`. `next`, `drop` and `weigh(strength)` are steps: a list of critiques,
 * or `{edit, label}` where only the plan itself can be edited. `next` goes from want to avoid to off, `restore` back from there; without `next` a chip
 * goes off at once.
 */
export function readings(plan) {
  return [
    ...plan.clauses.map(clauseReading),
    ...plan.seeds.map(seedReading),
    ...filterReadings(plan.filters ?? {}),
    ...(plan.moodMove ? [moodReading(plan.moodMove)] : []),
    ...(plan.keep ?? []).map(keptReading),
  ]
}

function clauseReading(clause) {
  const { descriptor, polarity, strength } = clause
  const critique = (action, amount) => [{ action, descriptor, ...(amount === undefined ? {} : { strength: amount }) }]
  const drop = critique('drop')
  return {
    key: descriptor,
    span: clause.span,
    polarity,
    label: [clause.change, labelOf(descriptor)].filter(Boolean).join(' '),
    note: facetOf(descriptor),
    strength,
    group: clause.alternatives,
    isGuess: clause.semantic !== undefined,
    isBinding: clause.hard,
    drop,
    next: polarity === 'avoid' ? undefined : critique('avoid'),
    restore: critique('add', polarity === 'avoid' ? undefined : strength),
    weigh: amount => critique(polarity === 'avoid' ? 'avoid' : 'add', amount),
  }
}

function seedReading(seed, index) {
  const isAvoided = seed.polarity === 'avoid'
  const label = seed.artist ? `${seed.name} by ${seed.artist}` : seed.name
  const shared = { key: `seed:${seed.track ?? seed.name}`, span: seed.span, polarity: isAvoided ? 'avoid' : 'like', label, note: seed.kind }
  if (seed.kind === 'track' && seed.track) {
    const critique = action => [{ action, track: seed.track }]
    return { ...shared, drop: critique('drop'), next: isAvoided ? undefined : critique('unlike'), restore: critique('like') }
  }
  const edited = (label, edit) => ({ label, edit })
  return {
    ...shared,
    note: seed.kind === 'unknown' ? 'not in this library' : seed.kind,
    drop: edited(`drop ${label}`, plan => plan.seeds.splice(index, 1)),
    next: isAvoided || seed.kind === 'unknown' ? undefined : edited(`unlike ${label}`, plan => { plan.seeds[index].polarity = 'avoid' }),
    restore: edited(`like ${label}`, plan => plan.seeds.splice(index, 0, { ...seed, polarity: 'like' })),
  }
}

function filterReadings(filters) {
  const written = {
    years: [bounds => range(bounds), 'years'],
    bpm: [bounds => `${range(bounds, Math.round)} bpm`, 'tempo'],
    duration: [bounds => range(bounds, clock), 'length'],
  }
  const reading = (name, label, note, span, restore) =>
    ({ key: `filter:${name}`, span, polarity: 'filter', label, note, drop: [{ action: 'drop', filter: name }], restore })
  const bounds = Object.entries(written).filter(([name]) => filters[name]).map(([name, [write, note]]) => {
    const { low, high, span } = filters[name]
    return reading(name, write(filters[name]), note, span, [{ action: 'add', filters: { [name]: { from: low, to: high } } }])
  })
  const named = ['artists', 'withoutArtists'].filter(name => filters[name]?.length).map(name => {
    const names = filters[name].map(artist => artist.name)
    return reading(name, (name === 'artists' ? 'by ' : 'not by ') + names.join(', '), 'artist', filters[name][0].span, [{ action: 'add', filters: { [name]: names } }])
  })
  const words = ['key', 'metre'].filter(name => filters[name]).map(name =>
    reading(name, filters[name], name, undefined, [{ action: 'add', filters: { [name]: filters[name] } }]))
  return [...bounds, ...named, ...words]
}

function moodReading(move) {
  const targets = move.targets.map(target => `${target.change} ${labelOf(target.descriptor)}`)
  return {
    key: 'move',
    polarity: 'filter',
    label: 'mood to ' + (targets.join(', ') || 'a place on the map'),
    note: `by ${Math.round(move.strength * 100)} %`,
    drop: [{ action: 'drop', facet: 'mood' }],
    restore: move.place && [{ action: 'move', place: move.place, strength: move.strength }],
  }
}

function keptReading(facet) {
  return {
    key: `keep:${facet}`,
    polarity: 'filter',
    label: `same ${facet}`,
    note: 'kept',
    drop: { label: `any ${facet}`, edit: plan => { plan.keep = plan.keep.filter(other => other !== facet) } },
    restore: [{ action: 'keep', facet }],
  }
}
