/*
 * The small script of pages that work without any: it saves a customer a wrong turn and adds nothing that is needed.
 * Plain JavaScript, loaded as a module, no dependency.
 */

const locale = document.documentElement.lang || 'en'

// A guest reads times in the zone of the browser; someone with a profile keeps the zone they chose.
for (const time of document.querySelectorAll('time[data-local]')) {
  const at = new Date(time.dateTime)
  if (Number.isNaN(at.getTime())) continue
  const day = time.dataset.local === 'weekday' ? { weekday: 'short' } : { weekday: 'short', day: 'numeric', month: 'short' }
  time.textContent = new Intl.DateTimeFormat(locale, {
    ...day,
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    timeZoneName: 'short',
  }).format(at)
}

// The first guess of a new desk's zone.
for (const select of document.querySelectorAll('select[data-guess="time-zone"]')) {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone
  if (select.value === 'UTC' && [...select.options].some((option) => option.value === zone)) select.value = zone
}

// After a form came back with errors, the first of them is where to go on.
document.querySelector('[aria-invalid="true"]')?.focus()

// A mail's own frame is as high as the mail; without script it scrolls.
for (const frame of document.querySelectorAll('iframe')) {
  frame.addEventListener('load', () => {
    const height = frame.contentDocument?.documentElement.scrollHeight ?? 0
    if (height > 0) frame.style.height = `${Math.min(height + 2, 20000)}px`
  })
}

const megabytes = (bytes) => `${Math.max(0.1, bytes / 1048576).toFixed(1)} MB`

for (const form of document.querySelectorAll('form[method="post"]')) {
  const limit = Number(form.dataset.uploadLimit ?? 0)
  const picker = form.querySelector('input[type="file"]')
  if (limit && picker) {
    const check = () => {
      const size = [...picker.files].reduce((sum, file) => sum + file.size, 0)
      // The browser says it in its own bubble, before anything is sent.
      picker.setCustomValidity(size > limit ? `${megabytes(size)} > ${megabytes(limit)}` : '')
      if (size > limit) picker.reportValidity()
    }
    picker.addEventListener('change', check)
  }
  // Heard last of all: what the page's own script sends by itself is its business, and the form stays on the page.
  addEventListener('submit', (event) => {
    if (event.target !== form || event.defaultPrevented) return
    if (form.dataset.sent) {
      event.preventDefault()
      return
    }
    form.dataset.sent = 'yes'
    for (const button of form.querySelectorAll('button[type="submit"]')) button.setAttribute('aria-busy', 'true')
  })
  // Coming back by the browser's history must find a form that can be sent again.
  addEventListener('pageshow', () => {
    delete form.dataset.sent
    for (const button of form.querySelectorAll('button[type="submit"]')) button.removeAttribute('aria-busy')
  })
}

// How long a new password is, in words, while it is typed.
for (const input of document.querySelectorAll('input[data-strength]')) {
  const words = JSON.parse(input.dataset.strength)
  const line = document.createElement('p')
  line.className = 'mt-1 text-small text-ink-muted'
  line.setAttribute('role', 'status')
  input.insertAdjacentElement('afterend', line)
  input.addEventListener('input', () => {
    const letters = [...input.value]
    const length = new Set(letters).size < 5 ? 0 : letters.length
    const grade = length < words.min ? words.short : length < words.min + 6 ? words.fair : words.good
    line.textContent = input.value ? `${words.label}: ${grade}` : ''
  })
}
