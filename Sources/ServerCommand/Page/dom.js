// Elements, made without markup: whatever a library says of its tracks stays text.

/** `element('button', {class: 'drop', onclick: drop, style: {width: '3px'}}, 'x')`; attributes that are undefined, null or false are left out. */
export function element(name, attributes = {}, ...children) {
  return filled(document.createElement(name), attributes, children)
}

export function graphic(name, attributes = {}, ...children) {
  return filled(document.createElementNS('http://www.w3.org/2000/svg', name), attributes, children)
}

function filled(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue
    if (typeof value === 'function') node.addEventListener(name.slice(2), value)
    // The page's security policy refuses style attributes, but not the style object.
    else if (name === 'style') for (const [property, text] of Object.entries(value)) node.style.setProperty(property, text)
    else node.setAttribute(name, value === true ? '' : value)
  }
  node.append(...children.flat().filter(child => child !== undefined && child !== null && child !== false))
  return node
}

export const byID = id => document.getElementById(id)

/** Text for screen readers alone. */
export const unseen = text => element('span', { class: 'unseen' }, text)

/** Puts new children in place; the focus stays on the control of the same `data-key`, or on the container, which has a `tabindex`, where that is gone. */
export function renew(container, ...children) {
  const focused = container.contains(document.activeElement) ? document.activeElement : null
  const key = focused?.dataset.key
  container.replaceChildren(...children.flat().filter(child => child !== undefined && child !== null && child !== false))
  if (!focused || focused === container) return
  const successor = key && container.querySelector(`[data-key="${CSS.escape(key)}"]`)
  const target = successor || container
  target.focus({ preventScroll: true })
}

/** Whether keys typed here are text. */
export function takesText(node) {
  return node instanceof HTMLTextAreaElement || node?.isContentEditable
    || node instanceof HTMLInputElement && node.type !== 'range'
}
