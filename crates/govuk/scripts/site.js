// Enhancements only: every page works without this file.
import { initAll } from '@asset(govuk-frontend.min.js)'

initAll()

// A browser without ::details-content keeps the filters folded on a wide screen; open them there.
if (!CSS.supports('selector(::details-content)')) {
  const wide = window.matchMedia('(min-width: 56em)')
  const unfold = () => {
    if (wide.matches) document.querySelectorAll('details.ct-filter').forEach((filter) => { filter.open = true })
  }
  wide.addEventListener('change', unfold)
  unfold()
}

// Addresses made by a filter form leave out what was left empty, so they are short enough to share.
document.querySelectorAll('form[method="get"]').forEach((form) => {
  form.addEventListener('formdata', ({ formData }) => {
    const empty = [...formData.keys()].filter((name) => formData.getAll(name).every((value) => value === ''))
    empty.forEach((name) => formData.delete(name))
  })
})

// What is typed into a form with a draft's address is kept every few seconds, and once more when it is sent and when the page is
// left. Where it is not kept, the form says so. What is typed after the form was sent is marked, so that an older draft that
// arrives late is not taken for it.
document.querySelectorAll('form[data-draft]').forEach((form) => {
  const said = form.querySelector('[data-lost]')
  let typed = false
  let sent = false
  let again = false
  const say = (text) => { if (said && said.textContent !== text) said.textContent = text }
  const keep = async () => {
    if (!typed) return
    typed = false
    const body = new URLSearchParams(new FormData(form))
    if (again) body.append('again', '1')
    try {
      // A browser takes no more than 64 KiB along when it leaves a page.
      const reply = await fetch(form.dataset.draft, { method: 'POST', body, keepalive: body.toString().length < 60000 })
      say(reply.status === 204 ? '' : said?.dataset.lost ?? '')
    } catch {
      typed = true
      say(said?.dataset.offline ?? '')
    }
  }
  form.addEventListener('input', () => {
    typed = true
    again = sent
  })
  form.addEventListener('submit', () => {
    keep()
    sent = true
  })
  setInterval(keep, 4000)
  window.addEventListener('pagehide', keep)
})

// A long list of choices gets a box that narrows it as one types: a facet, whose label is its own legend, and a fieldset whose
// choices are folded in parts (data-group). A part without a match is hidden, one with a match is opened.
document.querySelectorAll('fieldset[data-search]').forEach((fieldset, index) => {
  const items = [...fieldset.querySelectorAll('li')]
  const groups = [...fieldset.querySelectorAll('[data-group]')].map((part) => ({ part, open: part.open }))
  const first = fieldset.querySelector('legend + *')
  if (!first || !items.length) return
  const facet = fieldset.classList.contains('ct-facet')

  const label = document.createElement('label')
  label.className = facet ? 'govuk-visually-hidden' : 'govuk-label'
  label.htmlFor = `ct-facet-search-${index}`
  label.textContent = fieldset.dataset.search

  const box = document.createElement('input')
  box.type = 'search'
  box.id = label.htmlFor
  box.className = facet ? 'govuk-input ct-facet__search' : 'govuk-input govuk-!-width-one-half govuk-!-margin-bottom-3'
  box.autocomplete = 'off'

  const said = document.createElement('p')
  said.className = 'govuk-visually-hidden'
  said.setAttribute('role', 'status')

  box.addEventListener('input', () => {
    const wanted = box.value.trim().toLowerCase()
    let shown = 0
    items.forEach((item) => {
      const match = item.textContent.toLowerCase().includes(wanted)
      item.hidden = !match
      if (match) shown += 1
    })
    groups.forEach(({ part, open }) => {
      part.hidden = !part.querySelector('li:not([hidden])')
      if (part.tagName === 'DETAILS') part.open = Boolean(wanted) || open || Boolean(part.querySelector('input:checked'))
    })
    said.textContent = `${shown} of ${items.length}`
  })
  // Enter in the box must not send the whole form before the choice is made.
  box.addEventListener('keydown', (event) => { if (event.key === 'Enter') event.preventDefault() })

  if (facet) first.classList.add('ct-facet__list--long')
  first.before(label, box, said)
})

// Passkeys: a form marked with data-passkey asks the server for a challenge, the browser for the passkey, and sends the answer.
const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), (letter) => letter.charCodeAt(0))
const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '')

const readOptions = (options) => {
  options.challenge = bytes(options.challenge)
  if (options.user) options.user.id = bytes(options.user.id)
  for (const name of ['excludeCredentials', 'allowCredentials']) {
    options[name]?.forEach((credential) => { credential.id = bytes(credential.id) })
  }
  return options
}

const writeCredential = ({ id, rawId, type, response }, extensions) => {
  const answer = { clientDataJSON: text(response.clientDataJSON) }
  for (const name of ['attestationObject', 'authenticatorData', 'signature', 'userHandle']) {
    if (response[name]) answer[name] = text(response[name])
  }
  if (response.getTransports) answer.transports = response.getTransports()
  return JSON.stringify({ id, rawId: text(rawId), type, response: answer, extensions })
}

document.querySelectorAll('form[data-passkey]').forEach((form) => {
  if (!window.PublicKeyCredential) return
  form.hidden = false
  const said = form.querySelector('[role="status"]')
  form.addEventListener('submit', async (event) => {
    if (form.elements.passkey.value) return
    event.preventDefault()
    said.textContent = 'Your browser is asking you for the passkey.'
    try {
      const reply = await fetch(form.dataset.challenge, { method: 'POST', credentials: 'same-origin' })
      if (!reply.ok) throw new Error('no challenge')
      const { publicKey } = await reply.json()
      const credential = await navigator.credentials[form.dataset.passkey]({ publicKey: readOptions(publicKey) })
      form.elements.passkey.value = writeCredential(credential, credential.getClientExtensionResults())
      form.submit()
    } catch {
      said.textContent = 'No passkey was used. Try again, or choose another way.'
    }
  })
})
