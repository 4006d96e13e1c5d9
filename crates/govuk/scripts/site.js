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

// What is typed into a form with a draft's address is kept every few seconds, and once more when the page is left.
document.querySelectorAll('form[data-draft]').forEach((form) => {
  let typed = false
  const keep = () => {
    if (!typed) return
    typed = false
    fetch(form.dataset.draft, { method: 'POST', body: new URLSearchParams(new FormData(form)), keepalive: true })
      .catch(() => { typed = true })
  }
  form.addEventListener('input', () => { typed = true })
  form.addEventListener('submit', () => { typed = false })
  setInterval(keep, 4000)
  window.addEventListener('pagehide', keep)
})

// A long facet gets a box that narrows its list as one types. The label is the facet's own legend.
document.querySelectorAll('.ct-facet[data-search]').forEach((facet, index) => {
  const items = [...facet.querySelectorAll('li')]
  const list = facet.querySelector('ul')
  if (!list) return

  const label = document.createElement('label')
  label.className = 'govuk-visually-hidden'
  label.htmlFor = `ct-facet-search-${index}`
  label.textContent = facet.dataset.search

  const box = document.createElement('input')
  box.type = 'search'
  box.id = label.htmlFor
  box.className = 'govuk-input ct-facet__search'
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
    said.textContent = `${shown} of ${items.length}`
  })
  // Enter in the box must not send the whole form before the choice is made.
  box.addEventListener('keydown', (event) => { if (event.key === 'Enter') event.preventDefault() })

  list.classList.add('ct-facet__list--long')
  list.before(label, box, said)
})
