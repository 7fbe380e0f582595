import { type RefObject, useEffect, useRef, useState } from 'react'
import type { FormAnswer } from '../../ui/form.tsx'

type Values = NonNullable<FormAnswer['values']>

const NOT_KEPT = new Set(['csrf', 'submission'])

/**
 * Keeps what is typed into a form for this tab until it was taken, so that a reload or a wrong turn loses nothing. Files cannot be
 * kept. `values` is null until the browser was asked; `refused` is the action's answer when the form was not taken.
 */
export function useKeptForm(
  key: string,
  form: RefObject<HTMLFormElement | null>,
  refused: unknown,
): { values: Values | null; drop(): void } {
  const [values, setValues] = useState<Values | null>(null)
  const posted = useRef(false)
  useEffect(() => {
    try {
      setValues(JSON.parse(sessionStorage.getItem(key) ?? '{}'))
    } catch {
      setValues({})
    }
  }, [key])
  const ready = values !== null
  useEffect(() => {
    const held = form.current
    if (!ready || !held) return
    const onSubmit = () => {
      posted.current = true
    }
    const keep = () => {
      // What leaves with the page, a last change of the field that had the focus, was posted already.
      if (posted.current) return
      const typed: Values = {}
      for (const [name, value] of new FormData(held)) if (typeof value === 'string' && !NOT_KEPT.has(name)) typed[name] = value
      try {
        sessionStorage.setItem(key, JSON.stringify(typed))
      } catch {
        // A browser without room for it keeps nothing; the form still works.
      }
    }
    held.addEventListener('submit', onSubmit)
    held.addEventListener('input', keep)
    held.addEventListener('change', keep)
    return () => {
      held.removeEventListener('submit', onSubmit)
      held.removeEventListener('input', keep)
      held.removeEventListener('change', keep)
    }
  }, [key, form, ready])
  const drop = () => sessionStorage.removeItem(key)
  useEffect(() => {
    if (refused) posted.current = false
  }, [refused])
  // It was posted and the page is left for what came of it: it was taken.
  useEffect(
    () => () => {
      if (posted.current) sessionStorage.removeItem(key)
    },
    [key],
  )
  return { values, drop }
}
